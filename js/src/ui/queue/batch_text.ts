import type { Translate } from "../i18n/translate";
import type { Batch } from "../protocol/generated";
import type { Session } from "../session";

/** Of the requests of a batch with unknown outcome, those not taken over or dismissed since. */
export function stillUnknown({ uncertain }: Batch, { jobs }: Session): number {
  const shown = jobs.ordered.value.filter(({ job }) => job.status === "uncertain" && !job.hidden);
  return Math.min(uncertain, shown.length);
}

/** How far a batch is. A request that made no job, or of unknown outcome, is not called done. */
export function batchFacts(batch: Batch, unknown: number, t: Translate): string {
  const { done, failed, sent, state, total, uncertain, waiting } = batch;
  const earlier = state === "earlier";
  const facts = [
    earlier ? t("batch.count", { count: total }) : t("batch.sent", { sent, total }),
    earlier ? "" : t("batch.done", { count: Math.max(0, done - failed - uncertain) }),
    failed > 0 ? t("batch.failed", { count: failed }) : "",
    unknown > 0 ? t("queue.uncertain", { count: unknown }) : "",
    waiting > 0 ? t("batch.waiting", { count: waiting }) : "",
  ];
  return facts.filter(Boolean).join(" · ");
}

/** How a batch ended, and where to look; empty while it runs. */
export function batchEnd({ failed, left, state }: Batch, unknown: number, t: Translate): string {
  if (state === "running") return "";
  const look = unknown > 0 ? t("batch.uncertain") : "";
  const ended =
    state === "stopped"
      ? t("batch.stopped")
      : failed + left > 0
        ? t("batch.ended")
        : look
          ? ""
          : t("batch.finished");
  return `${look} ${ended}`.trim();
}

import { ReuseButton } from "../gallery/reuse_button";
import { localize, localizeBefore, titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Face, Job } from "../protocol/generated";
import { useScene } from "../shared/context";
import { CloseIcon, WarningIcon } from "../shared/icons";
import { clock } from "../state/format";
import { Candidates } from "../take/outcome";
import { QueueRow } from "./queue_row";

export const isUncertain = (job: Job): boolean => job.status === "uncertain";

/** A job that failed, or a request with an unknown outcome. */
export function EndedJob({ job, face }: { job: Job; face: Face }) {
  const { session } = useScene();
  const t = useTranslate();
  const title = titleOf(job, t);
  const spent = job.points.consumed;
  const uncertain = isUncertain(job);
  const facts = [
    job.elapsed === null || uncertain ? "" : t("gallery.took", { time: clock(job.elapsed) }),
    spent === null ? "" : t("queue.points", { count: spent }),
  ].filter(Boolean);
  return (
    <QueueRow
      job={job}
      class={uncertain ? "ended uncertain" : "ended"}
      icon={<WarningIcon />}
      action={
        <button
          type="button"
          class="icon-button"
          aria-label={t("queue.dismiss_for", { title })}
          onClick={() => session.dismiss(job.id)}
        >
          <CloseIcon />
        </button>
      }
    >
      {job.error && (
        <p class="queue-error" dir="auto">
          {localizeBefore(job.error.next, job.error.message, t)}{" "}
          <span class="queue-next">{localize(job.error.next, t)}</span>
        </p>
      )}
      <div class="queue-foot">
        {facts.length > 0 && <p class="queue-meta">{facts.join(" · ")}</p>}
        {face === "studio" && <ReuseButton job={job} title={title} look="link" />}
      </div>
      {face === "studio" && uncertain && (
        <div class="queue-candidates">
          <Candidates of={job.candidates} />
        </div>
      )}
    </QueueRow>
  );
}

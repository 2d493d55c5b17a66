import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { CloseIcon } from "../shared/icons";
import { Bar, ProgressBar } from "../shared/progress";
import { BatchTable, dismissalOf } from "./batch_table";

export function BatchProgress() {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const batch = session.batch.value;
  if (!batch || view.dismissed.value.has(dismissalOf(batch))) return null;
  const running = batch.state === "running";
  const earlier = batch.state === "earlier";
  const facts = [
    earlier
      ? t("batch.count", { count: batch.total })
      : t("batch.sent", { sent: batch.sent, total: batch.total }),
    earlier ? "" : t("batch.done", { count: batch.done }),
    batch.failed > 0 ? t("batch.failed", { count: batch.failed }) : "",
    batch.uncertain > 0 ? t("queue.uncertain", { count: batch.uncertain }) : "",
    batch.waiting > 0 ? t("batch.waiting", { count: batch.waiting }) : "",
  ].filter(Boolean);
  const whole = batch.state === "done" && batch.left === 0;
  const ended = whole ? t("batch.finished") : t("batch.stopped");
  return (
    <section class="batch" aria-labelledby={id}>
      <div class="section-head">
        <h3 id={id}>{t("batch.title")}</h3>
        <span class="section-note">{facts.join(" · ")}</span>
        <span class="spacer" />
        {!running && batch.left > 0 && (
          <button
            type="button"
            class="button small"
            title={t("batch.resume_hint")}
            disabled={!session.alive.value}
            onClick={() => session.resumeBatch()}
          >
            {t("batch.resume")}
          </button>
        )}
        {running ? (
          <button
            type="button"
            class="button small"
            title={t("batch.stop_hint")}
            onClick={() => session.stopBatch()}
          >
            {t("batch.stop")}
          </button>
        ) : (
          <button
            type="button"
            class="icon-button"
            aria-label={`${t("generate.dismiss")}: ${t("batch.title")}`}
            onClick={() => {
              view.dismiss(dismissalOf(batch));
              session.forgetBatch();
            }}
          >
            <CloseIcon />
          </button>
        )}
      </div>
      {!earlier && (
        <>
          <ProgressBar class="two" label={t("batch.title")} now={batch.done} max={batch.total}>
            <Bar class="sent" part={batch.sent / batch.total} />
          </ProgressBar>
          <p class="hint" role="status">
            {[running ? "" : ended, localize(batch.reason, t)].join(" ").trim()}
          </p>
        </>
      )}
      <BatchTable />
    </section>
  );
}

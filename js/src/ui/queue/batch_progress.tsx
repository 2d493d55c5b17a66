import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { CloseIcon } from "../shared/icons";
import { Bar, ProgressBar } from "../shared/progress";
import { BatchTable, dismissalOf } from "./batch_table";
import { batchEnd, batchFacts, stillUnknown } from "./batch_text";

export function BatchProgress() {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const batch = session.batch.value;
  if (!batch || view.dismissed.value.has(dismissalOf(batch))) return null;
  const running = batch.state === "running";
  const earlier = batch.state === "earlier";
  const unknown = stillUnknown(batch, session);
  return (
    <section class="batch" aria-labelledby={id}>
      <div class="section-head">
        <h3 id={id}>{t("batch.title")}</h3>
        <span class="section-note">{batchFacts(batch, unknown, t)}</span>
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
            {[batchEnd(batch, unknown, t), localize(batch.reason, t)].join(" ").trim()}
          </p>
        </>
      )}
      <BatchTable />
    </section>
  );
}

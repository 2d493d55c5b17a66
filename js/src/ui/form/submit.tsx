import { useTranslate } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { Spinner, WarningIcon } from "../shared/icons";
import { CostLine } from "./cost_line";

const DEFAULT_BATCH = 4;

export function Submit() {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const sending = session.sending.value;
  const gone = session.connection.value === "lost";
  const problems = Object.keys(session.problems.value).length;
  const { overBudget, jobs } = session.cost.value;
  const several = session.batchDraft.on.value;
  const underWay = several && session.batch.value?.state === "running";
  const inputs = session.drafts.all();
  const batch = inputs.batch_size || DEFAULT_BATCH;
  const news = problems > 0 && view.submitTried.value ? t("generate.fix", { count: problems }) : "";
  const note = several
    ? `${t("batch.count", { count: jobs })} · ${t("batch.review")}`
    : inputs.source === "text"
      ? t("generate.makes_images")
      : t("generate.makes_videos", { count: batch });
  const forbidden = gone
    ? t("generate.no_kernel")
    : overBudget
      ? `${t("cost.over_budget")} ${t("cost.over_budget_next")}`
      : "";
  const apple = /Mac|iPhone|iPad/.test(navigator.platform);
  return (
    <div class="submit">
      <button
        type="submit"
        class="button primary"
        aria-describedby={id}
        // Not `disabled`: pressing it while something is missing shows what is missing.
        aria-disabled={sending || problems > 0 || forbidden ? "true" : undefined}
        aria-keyshortcuts="Control+Enter Meta+Enter"
      >
        {sending && <Spinner />}
        <span>{t("generate.label")}</span>
        <span class="shortcut" aria-hidden="true">
          {apple ? "⌘ ↵" : "Ctrl ↵"}
        </span>
      </button>
      <div class="submit-note" id={id}>
        {news && <p>{news}</p>}
        {underWay && <p>{t("batch.running")}</p>}
        <CostLine cost={session.cost.value} note={note} />
        {forbidden && (
          <p class="problem">
            <WarningIcon />
            <span>{forbidden}</span>
          </p>
        )}
      </div>
    </div>
  );
}

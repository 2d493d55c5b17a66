import { useWords } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { Spinner, WarningIcon } from "../shared/icons";
import { CostLine } from "./cost_line";

const DEFAULT_BATCH = 4;

export function Submit() {
  const { session, view } = useScene();
  const words = useWords();
  const id = useElementId();
  const sending = session.sending.value;
  const gone = session.connection.value === "gone";
  const problems = Object.keys(session.problems.value).length;
  const { overBudget, jobs } = session.cost.value;
  const several = session.batchDraft.on.value;
  const underWay = several && session.batch.value?.state === "running";
  const inputs = session.drafts.all();
  const batch = inputs.batch_size || DEFAULT_BATCH;
  const news = sending
    ? session.click.value?.state === "unanswered"
      ? words.generate.waiting
      : words.generate.sending
    : problems > 0 && view.submitTried.value
      ? words.generate.fix(problems)
      : "";
  const note = several
    ? `${words.batch.count(jobs)} · ${words.batch.review}`
    : words.generate.makes({ source: inputs.source, batch });
  const forbidden = gone
    ? words.generate.noKernel
    : overBudget
      ? `${words.cost.overBudget} ${words.cost.overBudgetNext}`
      : underWay
        ? words.batch.running
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
        <span>{words.generate.label}</span>
        <span class="shortcut" aria-hidden="true">
          {apple ? "⌘ ↵" : "Ctrl ↵"}
        </span>
      </button>
      <div class="submit-note" id={id}>
        {news && <p>{news}</p>}
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

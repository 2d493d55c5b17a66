import { useWords } from "../i18n/translate";
import { useScene } from "../shared/context";
import { CloseIcon, WarningIcon } from "../shared/icons";
import { outcomeMessage, outcomeTitle } from "./outcome_words";

/** What became of the last click when it needs more words than a job in the queue says. */
export function Outcome() {
  const { session, view } = useScene();
  const words = useWords();
  const outcome = session.submission.value;
  const key = `outcome/${outcome?.click}`;
  const shown =
    outcome &&
    (outcome.phase === "refused" || outcome.phase === "uncertain") &&
    !view.dismissed.value.has(key);
  return (
    <div role="status">
      {shown && (
        <div class="notice" data-phase={outcome.phase}>
          <WarningIcon />
          <div class="notice-body" dir="auto">
            <p class="notice-title">{outcomeTitle(outcome, words)}</p>
            {outcome.message && <p>{outcomeMessage(outcome, words)}</p>}
            {outcome.candidates.length > 0 && (
              <>
                <p>{words.generate.candidates}</p>
                <ul class="plain-list">
                  {outcome.candidates.map((id) => (
                    <li key={id}>
                      <button
                        type="button"
                        class="link-button mono"
                        onClick={() => session.lookUpJob(id)}
                      >
                        {id}
                      </button>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
          <button
            type="button"
            class="icon-button"
            aria-label={words.generate.dismiss}
            onClick={() => view.dismiss(key)}
          >
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}

import { useWords } from "../words/words";
import { useScene } from "./context";
import { Spinner } from "./icons";

const DEFAULT_BATCH = 4;

export function Submit() {
  const { session, view } = useScene();
  const words = useWords();
  const sending = session.sending.value;
  const problems = Object.keys(session.problems.value).length;
  const inputs = session.drafts.all();
  const batch = inputs.batch_size || DEFAULT_BATCH;
  const note = sending
    ? session.click.value?.state === "unanswered"
      ? words.generate.waiting
      : words.generate.sending
    : problems > 0 && view.submitTried.value
      ? words.generate.fix(problems)
      : words.generate.makes({ source: inputs.source, batch });
  const apple = /Mac|iPhone|iPad/.test(navigator.platform);
  return (
    <div class="submit">
      <button
        type="submit"
        class="button primary"
        aria-label={words.generate.label}
        // Not `disabled`: pressing it while something is missing shows what is missing.
        aria-disabled={sending || problems > 0 ? "true" : undefined}
        aria-keyshortcuts="Control+Enter Meta+Enter"
      >
        {sending && <Spinner />}
        <span>{words.generate.label}</span>
        <span class="shortcut" aria-hidden="true">
          {apple ? "⌘ ↵" : "Ctrl ↵"}
        </span>
      </button>
      <p class="submit-note">{note}</p>
    </div>
  );
}

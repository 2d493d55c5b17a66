import { problemText, useWords } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { Problem } from "../shared/field";
import { MOST_AT_ONCE } from "../state/batch_draft";

/** The switch between one prompt and several. */
export function SeveralSwitch() {
  const { session, view } = useScene();
  const words = useWords();
  const { on } = session.batchDraft;
  return (
    <label class="toggle-line several">
      <input
        type="checkbox"
        role="switch"
        checked={on.value}
        aria-checked={on.value}
        onChange={(event) => {
          session.batchDraft.turn(event.currentTarget.checked);
          view.confirming.value = false;
        }}
      />
      <span class="toggle-label">{words.batch.toggle}</span>
    </label>
  );
}

/** Several prompts, one a line, and how many jobs they make. */
export function BatchField({ shown }: { shown: boolean }) {
  const { session, view } = useScene();
  const words = useWords();
  const id = useElementId();
  const { text, expansion } = session.batchDraft;
  const { total } = expansion.value;
  const problem = useBatchProblem(shown);
  return (
    <div class="field">
      <div class="label-line">
        <label class="label" for={id}>
          {words.batch.label}
        </label>
        <span class="count" data-level={total > MOST_AT_ONCE ? "over" : "well"}>
          {words.batch.count(total)}
        </span>
      </div>
      <textarea
        id={id}
        class="input"
        dir="auto"
        rows={4}
        maxLength={session.config.value.promptsLimit}
        data-field="prompt"
        value={text.value}
        placeholder={words.batch.placeholder}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={`${problem ? `${id}-problem ` : ""}${id}-hint`}
        autoComplete="off"
        onInput={(event) => {
          session.batchDraft.type(event.currentTarget.value);
          view.confirming.value = false;
        }}
      />
      <Problem id={`${id}-problem`} text={problem} />
      <p class="hint" id={`${id}-hint`}>
        {words.batch.hint}
      </p>
    </div>
  );
}

function useBatchProblem(shown: boolean): string | undefined {
  const { session } = useScene();
  const words = useWords();
  const { batchDraft, config, drafts } = session;
  const { total } = batchDraft.expansion.value;
  if (total === 0) return shown ? words.batch.needed : undefined;
  if (total > MOST_AT_ONCE) return words.batch.tooMany(total, MOST_AT_ONCE);
  const found = batchDraft.lineProblem(drafts.all(), config.value);
  if (!found) return undefined;
  const limit = config.value.promptLimit;
  const text =
    found.code === "too_long"
      ? words.problems.too_long
      : problemText(words, "prompt", found.code, { used: limit, limit });
  return words.batch.lineProblem(found.line, text);
}

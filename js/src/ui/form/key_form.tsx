import { useRef, useState } from "preact/hooks";
import { tell, useWords } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { Problem } from "../shared/field";
import { KeyIcon, Spinner } from "../shared/icons";

/**
 * Takes a key and hands it to the kernel. The field is emptied before anything else happens, and
 * no state, trait or attribute ever holds what stood in it.
 */
export function KeyForm({ open }: { open: boolean }) {
  const words = useWords();
  return (
    <details class="more key" open={open}>
      <summary>
        <KeyIcon />
        {words.key.use}
      </summary>
      <KeyFields />
    </details>
  );
}

function KeyFields() {
  const { session, view } = useScene();
  const words = useWords();
  const id = useElementId();
  const field = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<"idle" | "checking">("idle");
  const [problem, setProblem] = useState<string>();

  async function hand() {
    const input = field.current;
    if (!input || state === "checking") return;
    const key = input.value.trim();
    input.value = "";
    if (!key) return setProblem(words.key.empty);
    setProblem(undefined);
    setState("checking");
    const error = await session.saveKey(key);
    setState("idle");
    // The kernel never says a key back; should it, it is not shown.
    setProblem(error ? tell(error, words).replaceAll(key, "…") : undefined);
    if (error === null) view.announcement.value = words.key.saved;
  }

  return (
    <form
      class="key-body"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void hand();
      }}
    >
      <label class="label" for={id}>
        {words.key.label}
      </label>
      <div class="input-line">
        <input
          ref={field}
          id={id}
          class="input mono"
          type="password"
          dir="ltr"
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          data-1p-ignore
          data-lpignore="true"
          aria-invalid={problem ? "true" : undefined}
          aria-describedby={`${problem ? `${id}-problem ` : ""}${id}-hint`}
        />
        <button type="submit" class="button" aria-disabled={state === "checking" || undefined}>
          {state === "checking" && <Spinner />}
          {words.key.save}
        </button>
      </div>
      <div role="status">
        {state === "checking" && <p class="hint">{words.key.saving}</p>}
        <Problem id={`${id}-problem`} text={problem} />
      </div>
      <p class="hint" id={`${id}-hint`}>
        {words.key.where} {words.key.keep}
      </p>
    </form>
  );
}

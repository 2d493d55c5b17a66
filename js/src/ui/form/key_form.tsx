import { useRef, useState } from "preact/hooks";
import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { Problem } from "../shared/field";
import { KeyIcon, Spinner } from "../shared/icons";

/**
 * Takes an API key for the kernel. The field is emptied before anything else happens, and no
 * state, trait or attribute ever holds its value.
 */
export function KeyForm({ open }: { open: boolean }) {
  const t = useTranslate();
  return (
    <details class="more key" open={open}>
      <summary>
        <KeyIcon />
        {t("key.use")}
      </summary>
      <KeyFields />
    </details>
  );
}

function KeyFields() {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const field = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<"idle" | "checking">("idle");
  const [problem, setProblem] = useState<string>();

  async function hand() {
    const input = field.current;
    if (!input || state === "checking") return;
    const key = input.value.trim();
    input.value = "";
    if (!key) return setProblem(t("key.empty"));
    setProblem(undefined);
    setState("checking");
    const error = await session.saveKey(key);
    setState("idle");
    // The kernel never repeats a key; should it, the key is not shown.
    setProblem(error ? localize(error, t).replaceAll(key, "…") : undefined);
    if (error === null) view.announcement.value = t("key.saved");
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
        {t("key.label")}
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
          {t("key.save")}
        </button>
      </div>
      <div role="status">
        {state === "checking" && <p class="hint">{t("key.saving")}</p>}
        <Problem id={`${id}-problem`} text={problem} />
      </div>
      <p class="hint" id={`${id}-hint`}>
        {t("key.where")} {t("key.keep")}
      </p>
    </form>
  );
}

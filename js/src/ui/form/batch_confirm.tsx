import { useEffect, useRef } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { CostLine } from "./cost_line";

/** Confirm a batch before it is sent: the number of jobs, their cost and every prompt. */
export function BatchConfirm() {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const start = useRef<HTMLButtonElement>(null);
  const { prompts } = session.batchDraft.expansion.value;
  const forbidden = session.sending.value || session.cost.value.overBudget;
  useEffect(() => start.current?.focus(), []);

  return (
    <section class="confirm" aria-labelledby={id}>
      <h3 id={id}>{t("batch.confirm_title", { count: prompts.length })}</h3>
      <CostLine cost={session.cost.value} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <ol class="confirm-prompts" tabIndex={0} aria-labelledby={id}>
        {prompts.map((prompt, at) => (
          <li key={at} dir="auto">
            {prompt}
          </li>
        ))}
      </ol>
      <div class="confirm-buttons">
        <button
          type="button"
          class="button"
          onClick={() => {
            view.confirming.value = false;
            view.focusPrompt.value += 1;
          }}
        >
          {t("batch.cancel")}
        </button>
        <button
          ref={start}
          type="button"
          class="button primary"
          aria-disabled={forbidden ? "true" : undefined}
          // A key that is held down on Generate, or a double click there, is no answer.
          onKeyDown={(event) => {
            if (event.repeat) event.preventDefault();
          }}
          onClick={(event) => {
            if (event.detail > 1 || !session.submitMany(prompts)) return;
            view.confirming.value = false;
            view.submitTried.value = false;
          }}
        >
          {t("batch.start", { count: prompts.length })}
        </button>
      </div>
    </section>
  );
}

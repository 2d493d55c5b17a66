import { useEffect, useRef } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { CostLine } from "./cost_line";

/** Milliseconds for which a press counts as the end of the one before, not as an answer. */
const SETTLE_MS = 500;

/** The same request again: ask whether a second job is meant, where the button was. */
export function AnotherTake() {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const back = useRef<HTMLButtonElement>(null);
  const since = useRef(performance.now());
  // On the answer that costs nothing: a key that is held down must not go on to send.
  useEffect(() => back.current?.focus(), []);

  function close() {
    const form = back.current?.form;
    view.another.value = false;
    requestAnimationFrame(() =>
      form?.querySelector<HTMLElement>("button[type=submit]")?.focus({ preventScroll: true }),
    );
  }

  function confirm(event: MouseEvent) {
    if (event.detail > 1 || performance.now() - since.current < SETTLE_MS) return;
    if (session.submit()) close();
  }

  return (
    <section
      class="confirm another"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        close();
      }}
    >
      <h3 id={id}>{t("another.title")}</h3>
      <p class="hint">{t("another.explained")}</p>
      <CostLine cost={session.cost.value} />
      <div class="confirm-buttons">
        <button ref={back} type="button" class="button" onClick={close}>
          {t("another.no")}
        </button>
        <button
          type="button"
          class="button primary"
          aria-disabled={session.cost.value.overBudget ? "true" : undefined}
          onClick={confirm}
        >
          {t("another.yes")}
        </button>
      </div>
    </section>
  );
}

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { CostLine } from "../form/cost_line";
import { useTranslate } from "../i18n/translate";
import type { Takes } from "../protocol/generated";
import { useElementId } from "../shared/context";
import type { Cost } from "../state/cost";

/** Milliseconds for which a press counts as the end of the one before, not as an answer. */
const SETTLE_MS = 500;

interface TakeQuestionProps {
  title: string;
  explained: ComponentChildren;
  cost: Cost;
  /** What the buttons say; no `reuse` where there is no job to show. */
  labels: { new: string; reuse: string | null };
  answer(takes: Takes): void;
  close(): void;
}

/** Ask whether the same request is meant once more, where its button was. */
export function TakeQuestion({ title, explained, cost, labels, answer, close }: TakeQuestionProps) {
  const t = useTranslate();
  const id = useElementId();
  const back = useRef<HTMLButtonElement>(null);
  const since = useRef(performance.now());
  // On the answer that costs nothing: a key that is held down must not go on to send.
  useEffect(() => back.current?.focus(), []);

  function press(takes: Takes, event: MouseEvent) {
    if (event.detail > 1 || performance.now() - since.current < SETTLE_MS) return;
    answer(takes);
  }

  return (
    <section
      class="confirm another"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        // A dialog around it stays open.
        event.stopPropagation();
        close();
      }}
    >
      <h3 id={id}>{title}</h3>
      <p class="hint">{explained}</p>
      <CostLine cost={cost} />
      <div class="confirm-buttons">
        <button ref={back} type="button" class="button" onClick={close}>
          {t("another.no")}
        </button>
        {labels.reuse !== null && (
          <button type="button" class="button" onClick={(event) => press("reuse", event)}>
            {labels.reuse}
          </button>
        )}
        <button
          type="button"
          class="button primary"
          aria-disabled={cost.overBudget ? "true" : undefined}
          onClick={(event) => press("new", event)}
        >
          {labels.new}
        </button>
      </div>
    </section>
  );
}

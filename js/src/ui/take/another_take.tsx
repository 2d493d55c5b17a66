import { useEffect, useRef } from "preact/hooks";
import { CostLine } from "../form/cost_line";
import { type Translate, useTranslate } from "../i18n/translate";
import type { Submission, Takes } from "../protocol/generated";
import { useElementId, useScene } from "../shared/context";

/** Milliseconds for which a press counts as the end of the one before, not as an answer. */
const SETTLE_MS = 500;

/**
 * The same request again: ask whether another job is meant, where the button was.
 *
 * `found` is what the library has of it; null where it was only just sent from this page.
 */
export function AnotherTake({ found }: { found: Submission | null }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const back = useRef<HTMLButtonElement>(null);
  const since = useRef(performance.now());
  const several = session.batchDraft.on.value;
  const { prompts } = session.batchDraft.expansion.value;
  const total = several ? prompts.length : 1;
  // On the answer that costs nothing: a key that is held down must not go on to send.
  useEffect(() => back.current?.focus(), []);

  function close() {
    const form = back.current?.form;
    view.another.value = false;
    if (found) view.dismiss(anotherKey(found));
    requestAnimationFrame(() =>
      form?.querySelector<HTMLElement>("button[type=submit]")?.focus({ preventScroll: true }),
    );
  }

  function answer(takes: Takes, event: MouseEvent) {
    if (event.detail > 1 || performance.now() - since.current < SETTLE_MS) return;
    if (several ? session.submitMany(prompts, takes) : session.submit(takes)) close();
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
      <h3 id={id}>{several ? t("another.title_many") : t("another.title")}</h3>
      <p class="hint">{explained(found, several, total, t)}</p>
      <CostLine cost={session.cost.value} />
      <div class="confirm-buttons">
        <button ref={back} type="button" class="button" onClick={close}>
          {t("another.no")}
        </button>
        {found && (several || found.job_id !== null) && (
          <button type="button" class="button" onClick={(event) => answer("reuse", event)}>
            {!several
              ? t("another.show")
              : found.made_before < total
                ? t("another.only_others")
                : t("another.show_all")}
          </button>
        )}
        <button
          type="button"
          class="button primary"
          aria-disabled={session.cost.value.overBudget ? "true" : undefined}
          onClick={(event) => answer("new", event)}
        >
          {several ? t("another.yes_many") : t("another.yes")}
        </button>
      </div>
    </section>
  );
}

/** The key under which a question is dismissed. */
export const anotherKey = (found: Submission): string => `another/${found.click}`;

function explained(found: Submission | null, several: boolean, total: number, t: Translate) {
  if (!found) return t("another.explained");
  if (several) return t("another.found_many", { count: found.made_before, total });
  return found.job_id === null ? t("another.under_way") : t("another.found");
}

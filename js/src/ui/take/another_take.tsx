import { useRef } from "preact/hooks";
import { type Translate, useTranslate } from "../i18n/translate";
import type { Submission, Takes } from "../protocol/generated";
import { useScene } from "../shared/context";
import { TakeQuestion } from "./take_question";

/**
 * Ask whether what the form holds is meant once more.
 *
 * `found` is what the library has of it; null where it was only just sent from this page.
 */
export function AnotherTake({ found }: { found: Submission | null }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const place = useRef<HTMLDivElement>(null);
  const several = session.batchDraft.on.value;
  const { prompts } = session.batchDraft.expansion.value;
  const total = several ? prompts.length : 1;
  const many = total > 1;
  const reuse = !found
    ? null
    : !many
      ? showLabel(found, t)
      : found.made_before < total
        ? t("another.only_others")
        : t("another.show_all");

  function close() {
    const form = place.current?.closest("form");
    view.another.value = false;
    if (found) view.dismiss(anotherKey(found));
    requestAnimationFrame(() =>
      form?.querySelector<HTMLElement>("button[type=submit]")?.focus({ preventScroll: true }),
    );
  }

  function answer(takes: Takes) {
    if (several ? session.submitMany(prompts, takes) : session.submit(takes)) close();
  }

  return (
    <div ref={place}>
      <TakeQuestion
        title={many ? t("another.title_many") : t("another.title")}
        explained={
          many && found
            ? t("another.found_many", { count: found.made_before, total })
            : explainedFor(found, t)
        }
        cost={session.cost.value}
        labels={{ new: many ? t("another.yes_many") : t("another.yes"), reuse }}
        answer={answer}
        close={close}
      />
    </div>
  );
}

/** The key under which a question is dismissed. */
export const anotherKey = (found: Submission): string => `another/${found.click}`;

/** What the answer that gives the earlier job is called; null where no job is known. */
export const showLabel = (found: Submission | null, t: Translate): string | null =>
  found?.job_id ? t("another.show") : null;

/** Why one request is asked about. */
export function explainedFor(found: Submission | null, t: Translate): string {
  if (!found) return t("another.explained");
  return found.job_id === null ? t("another.under_way") : t("another.found");
}

import { localize, problemText } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Field } from "../protocol/generated";
import { FIELDS } from "../protocol/messages";
import { useScene } from "../shared/context";
import { codePoints, compose } from "../state/prompt";

export type ShownProblems = Partial<Record<Field, string>>;

/** The problems in words, of the fields that were touched or all after a try to send. */
export function useShownProblems(): ShownProblems {
  const { session, view } = useScene();
  const t = useTranslate();
  const length = {
    used: codePoints(compose(session.drafts.all())),
    limit: session.config.value.limits.prompt,
  };
  const shown: ShownProblems = {};
  for (const field of FIELDS) {
    const code = session.problems.value[field];
    // Several prompts say themselves what is wrong with which of their lines.
    if (!code || (field === "prompt" && session.batchDraft.on.value)) continue;
    // Only emptiness waits for the field to be left; what is wrong is said while typing.
    const visible = view.submitTried.value || view.touched.value.has(field) || code !== "required";
    if (visible) shown[field] = problemText(t, field, code, length);
  }
  const outcome = session.submission.value;
  if (outcome?.phase === "refused" && !view.dismissed.value.has(`outcome/${outcome.click}`)) {
    const field = FIELDS.find((name) => name === outcome.field);
    if (field) shown[field] ??= localize(outcome.message, t);
  }
  return shown;
}

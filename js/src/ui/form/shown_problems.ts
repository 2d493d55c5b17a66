import { localize, problemText } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Field } from "../protocol/generated";
import { FIELDS } from "../protocol/messages";
import { useScene } from "../shared/context";
import { codePoints, compose } from "../values/prompt";

export type ShownProblems = Partial<Record<Field, string>>;

/** The problems as text: of the fields that were touched, or of all after an attempt to send. */
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
    // The field for several prompts shows its own problems, by line.
    if (!code || (field === "prompt" && session.batchDraft.on.value)) continue;
    // Only an empty field waits until it is left; other problems show during typing.
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

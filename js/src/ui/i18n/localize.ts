import type { Field, Job, LocalizedMessage } from "../protocol/generated";
import type { ProblemCode } from "../values/problems";
import type { Translate } from "./translate";

/**
 * Show a message of the kernel in the language of the page. A message without a translation stays
 * as it came: in English, or in the language of the service.
 */
export function localize(message: LocalizedMessage | null, t: Translate): string {
  if (!message) return "";
  const { text, code, values, field } = message;
  if (field && t.language !== "en") {
    const problem = t.problemWith(field, code ?? "");
    if (problem !== undefined) return problem;
  }
  return (code === null ? undefined : t.kernelMessage(code, values)) ?? text;
}

/**
 * Show what happened, for what is to be done about it to follow: a text of the service need not
 * end like a sentence.
 */
export function localizeBefore(
  next: LocalizedMessage | null,
  message: LocalizedMessage | null,
  t: Translate,
): string {
  const text = localize(message, t);
  const ended = !text || !next || /[.!?…。！？][)\]"'”’»]*$/u.test(text);
  return ended ? text : `${text}.`;
}

/** What happened, and what to do about it. */
export function errorText(
  error: { message: LocalizedMessage | null; next: LocalizedMessage | null } | null,
  t: Translate,
): string {
  if (!error) return "";
  const { message, next } = error;
  return `${localizeBefore(next, message, t)} ${localize(next, t)}`.trim();
}

/** What is wrong with an input. */
export function problemText(
  t: Translate,
  field: Field,
  code: ProblemCode,
  length: { used: number; limit: number },
): string {
  if (code === "too_long") return t("problems.too_long_by", { count: length.used - length.limit });
  return t.problemWith(field, code) ?? t(`problems.${code}`);
}

/** The word for a status or kind; the service may know more of them than we do. */
export function nameOf(t: Translate, names: "status" | "kind", name: string): string {
  const key = `${names}.${name}`;
  return t.has(key) ? t(key) : name;
}

/** A job's prompt, or its kind where it has none. */
export function titleOf(job: Job, t: Translate): string {
  const prompt = job.prompt.trim();
  if (prompt) return prompt;
  const key = `untitled.${job.kind}`;
  return t.has(key) ? t(key) : t("untitled.video_diffusion");
}

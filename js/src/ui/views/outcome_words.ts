import type { Submission } from "../contract";
import type { Words } from "../words/en";
import { said } from "../words/words";

/** The kernel says its titles in English; by their phase they are known in every language. */
export function outcomeTitle(outcome: Submission, words: Words): string {
  const own = outcome.phase === "uncertain" ? words.generate.uncertain : words.generate.refused;
  return words.language === "en" ? outcome.title || own : own;
}

export const outcomeMessage = (outcome: Submission, words: Words): string =>
  said(outcome.message, words);

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Field } from "../contract";
import type { ProblemCode } from "../state/problems";
import { en, type Words } from "./en";

const WordsContext = createContext<Words>(en);

export const WordsProvider = WordsContext.Provider;
export const useWords = (): Words => useContext(WordsContext);

/** The words for a locale such as `es-MX`; English where there are none. */
export function wordsFor(_locale: string | null): Words {
  return en;
}

export function problemText(
  words: Words,
  field: Field,
  code: ProblemCode,
  length: { used: number; limit: number },
): string {
  if (code === "too_long") return words.tooLong(length.used, length.limit);
  return words.problemSpecial[`${field}.${code}`] ?? words.problems[code];
}

/** A text of the kernel, its known sentences in the language of these words. */
export function said(text: string, words: Words): string {
  let told = text;
  for (const [english, own] of Object.entries(words.said)) told = told.replace(english, () => own);
  return told;
}

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Field } from "../contract";
import type { ProblemCode } from "../state/problems";
import { en, type Words } from "./en";
import { es } from "./es";
import { type Language, languageFor } from "./language";
import { zhCN } from "./zh-CN";

const WordsContext = createContext<Words>(en);

export const WordsProvider = WordsContext.Provider;
export const useWords = (): Words => useContext(WordsContext);

const all: Readonly<Record<Language, Words>> = { en, "zh-CN": zhCN, es };

/** The words for a locale such as `es-MX`; English where there are none. */
export const wordsFor = (locale: string | null): Words => all[languageFor(locale)];

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

/** The word for a name that came from outside; as it came when there is none. */
export function nameOf(names: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}

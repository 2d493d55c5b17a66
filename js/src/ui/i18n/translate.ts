import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Field } from "../protocol/contract";
import type { Told } from "../protocol/told";
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

/**
 * A sentence of the kernel in the language of these words; as it came, in English or in whatever
 * language the service speaks, where it is not known.
 */
export function tell(told: Told | null, words: Words): string {
  if (!told) return "";
  const { text, code, values, field } = told;
  const problem =
    field && words.language !== "en" ? words.problems[code as ProblemCode] : undefined;
  if (problem) return words.problemSpecial[`${field as Field}.${code as ProblemCode}`] ?? problem;
  const own = code !== null && Object.hasOwn(words.told, code) ? words.told[code] : undefined;
  return own?.replace(/\{(\w+)\}/g, (_, name) => shownValue(values[name], words)) ?? text;
}

const shownValue = (value: unknown, words: Words): string =>
  typeof value === "number" ? words.counted(value) : String(value ?? "…");

/** The word for a name that came from outside; as it came when there is none. */
export function nameOf(names: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}

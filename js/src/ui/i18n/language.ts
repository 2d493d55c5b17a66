export type Language = "en" | "zh-CN" | "es";

/** The language with words for a locale such as `es-MX`; English where there are none. */
export function languageFor(locale: string | null): Language {
  const named = locale?.toLowerCase().split(/[-_]/)[0];
  if (named === "zh") return "zh-CN";
  return named === "es" ? "es" : "en";
}

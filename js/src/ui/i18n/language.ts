export type Language = "en" | "zh-CN" | "es";

/** Pick the language for a locale such as `es-MX`; English where there is no translation. */
export function languageFor(locale: string | null): Language {
  const primary = locale?.toLowerCase().split(/[-_]/)[0];
  if (primary === "zh") return "zh-CN";
  return primary === "es" ? "es" : "en";
}

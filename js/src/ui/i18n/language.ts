export type Language = "en" | "zh-CN" | "es";

/**
 * The locale of a page: JupyterLab's where one is set there, else that of the browser. JupyterLab
 * writes its language into the page, English also where nothing is set.
 */
export function localeOf({ body, documentElement }: Document): string {
  const lab = body?.dataset.jpThemeName !== undefined ? documentElement.lang : "";
  return lab && lab !== "en" ? lab : navigator.language;
}

/** Pick the language for a locale such as `es-MX`; English where there is no translation. */
export function languageFor(locale: string | null): Language {
  const primary = locale?.toLowerCase().split(/[-_]/)[0];
  if (primary === "zh") return "zh-CN";
  return primary === "es" ? "es" : "en";
}

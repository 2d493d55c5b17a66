export type Theme = "light" | "dark";

/** Detect the theme of the page around the widget; without a sign of one, that of the system. */
export function detectTheme(document: Document, systemDark: boolean): Theme {
  const { body, documentElement: root } = document;
  const jupyter = body?.getAttribute("data-jp-theme-light");
  if (jupyter) return jupyter === "true" ? "light" : "dark";
  const classes = `${body?.className ?? ""} ${root.className}`;
  if (/\bvscode-high-contrast-light\b|\bvscode-light\b/.test(classes)) return "light";
  if (/\bvscode-dark\b|\bvscode-high-contrast\b/.test(classes)) return "dark";
  for (const element of [body, root]) {
    const named = element?.getAttribute("data-theme") ?? element?.getAttribute("theme");
    if (named) return /dark|night/i.test(named) ? "dark" : "light";
  }
  if (/(^|\s)dark(-mode|-theme)?(\s|$)/.test(classes)) return "dark";
  if (/(^|\s)light(-mode|-theme)?(\s|$)/.test(classes)) return "light";
  return systemDark ? "dark" : "light";
}

/** Call with the theme now and whenever it changes; returns what ends that. */
export function watchTheme(document: Document, listener: (theme: Theme) => void): () => void {
  const view = document.defaultView;
  const system = view?.matchMedia?.("(prefers-color-scheme: dark)");
  let last: Theme | null = null;
  const check = () => {
    const theme = detectTheme(document, system?.matches ?? false);
    if (theme !== last) listener(theme);
    last = theme;
  };
  const observer = new MutationObserver(check);
  const watched = ["class", "data-jp-theme-light", "data-theme", "theme", "data-vscode-theme-kind"];
  for (const element of [document.documentElement, document.body]) {
    if (element) observer.observe(element, { attributes: true, attributeFilter: watched });
  }
  system?.addEventListener?.("change", check);
  check();
  return () => {
    observer.disconnect();
    system?.removeEventListener?.("change", check);
  };
}

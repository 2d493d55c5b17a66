import { languageFor } from "../ui/words/language";
import { type LoadingWords, loadingWords } from "../ui/words/loading";
import type { Phase } from "./loading";
import type { Model } from "./widget_kind";

export interface Placeholder {
  show(phase: Phase): void;
  remove(): void;
}

/**
 * Keeps the widget's place while its code comes, so that nothing jumps; when nobody answers it
 * shrinks to a line, and leaves the page to the copy for readers.
 */
export function placeholder(el: HTMLElement, model: Model): Placeholder {
  const { locale } = { ...(model.get("_config") as { locale?: string | null } | null) };
  const language = languageFor(locale ?? navigator.language);
  const words = loadingWords[language];
  const line = el.ownerDocument.createElement("div");
  line.className = "legnext-loading";
  line.lang = language;
  line.setAttribute("role", "status");
  line.style.cssText = "font:13px/1.45 system-ui,sans-serif;opacity:.75;padding:4px 0";
  el.append(line);
  const height = model.get("_face") === "gallery" ? "12rem" : "30rem";
  return {
    show(phase) {
      const onItsWay = phase === "quick" || phase === "slow";
      line.style.minHeight = onItsWay ? height : "";
      line.setAttribute("aria-busy", String(onItsWay));
      line.textContent = textOf(phase, words);
    },
    remove: () => line.remove(),
  };
}

function textOf(phase: Phase, words: LoadingWords): string {
  if (phase === "quick") return "";
  if (phase === "slow") return words.loading;
  return phase === "silent" ? words.silent : words.failed(phase.failed);
}

import { languageFor } from "../ui/i18n/language";
import { type LoadingWords, loadingWords } from "../ui/i18n/loading";
import type { Phase } from "./loading";
import { readingCopy } from "./static_copy";
import type { Model } from "./types";

export interface Placeholder {
  show(phase: Phase): void;
  remove(): void;
}

/** Pixels that a widget takes at first in a cell of common width. */
const HEIGHT = { studio: 860, gallery: 286 };

/**
 * Keeps the widget's place while its code comes, so that nothing jumps. When that takes long the
 * copy for readers is shown and holds the place; when nobody answers, only a line is left here.
 */
export function placeholder(el: HTMLElement, model: Model): Placeholder {
  const document = el.ownerDocument;
  const { locale } = { ...(model.get("_config") as { locale?: string | null } | null) };
  const language = languageFor(locale ?? navigator.language);
  const words = loadingWords[language];
  const height = HEIGHT[model.get("_face") === "gallery" ? "gallery" : "studio"];
  const copy = readingCopy(document, model);
  const line = document.createElement("div");
  line.className = "legnext-loading";
  line.lang = language;
  line.setAttribute("role", "status");
  line.style.cssText = "font:13px/1.45 system-ui,sans-serif;opacity:.75;padding:4px 0";
  el.append(line);
  return {
    show(phase) {
      // A copy that is seen for a moment only would be a flicker.
      if (phase === "quick") copy.hide();
      else copy.show();
      const holds = phase === "quick" || (phase === "slow" && !copy.holds());
      line.style.minHeight = holds ? `${height}px` : "";
      line.setAttribute("aria-busy", String(phase === "quick" || phase === "slow"));
      line.textContent = textOf(phase, words);
    },
    remove() {
      copy.show();
      line.remove();
    },
  };
}

function textOf(phase: Phase, words: LoadingWords): string {
  if (phase === "quick") return "";
  if (phase === "slow") return words.loading;
  return phase === "silent" ? words.silent : words.failed(phase.failed);
}

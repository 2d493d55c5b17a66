import type { Language } from "../ui/i18n/language";
import loadingMessages from "../ui/i18n/loading.json";
import { detectTheme } from "../ui/shell/theme";
import type { Phase } from "./code_transfer";
import { staticCopy } from "./static_copy";
import type { Model } from "./types";

export interface Placeholder {
  show(phase: Phase): void;
  remove(): void;
}

type LoadingMessages = (typeof loadingMessages)[Language];

const SHAPE = "font:13px/1.45 system-ui,sans-serif;padding:6px 10px;border-radius:6px";
/** Of its own, so that the line is readable whatever the host draws behind it. */
const COLOURS = {
  light: { color: "#1c2128", background: "#f3f4f6" },
  dark: { color: "#e6e9ee", background: "#22272e" },
};

/** Pixels that a widget takes at first in a cell of common width. */
const HEIGHT = { studio: 860, gallery: 286 };

/**
 * Keep the widget's place while its code arrives, so that nothing jumps. When that takes long, the
 * static copy shows and holds the place; without an answer, only a line is left here.
 */
export function placeholder(el: HTMLElement, model: Model, language: Language): Placeholder {
  const document = el.ownerDocument;
  const messages = loadingMessages[language];
  const height = HEIGHT[model.get("_face") === "gallery" ? "gallery" : "studio"];
  const copy = staticCopy(document, model);
  const line = document.createElement("div");
  line.className = "legnext-loading";
  line.lang = language;
  line.setAttribute("role", "status");
  line.style.cssText = SHAPE;
  el.append(line);
  return {
    show(phase) {
      // A copy that shows for a moment only would flicker.
      if (phase === "quick") copy.hide();
      else copy.show();
      const holdsPlace = phase === "quick" || (phase === "slow" && !copy.hasContent());
      line.style.minHeight = holdsPlace ? `${height}px` : "";
      line.setAttribute("aria-busy", String(phase === "quick" || phase === "slow"));
      line.textContent = textOf(phase, messages);
      // Without a text, nothing is to be seen: a place in colours would flash.
      if (line.textContent) Object.assign(line.style, COLOURS[themeOf(document)]);
    },
    remove() {
      copy.show();
      line.remove();
    },
  };
}

function themeOf(document: Document) {
  const system = document.defaultView?.matchMedia?.("(prefers-color-scheme: dark)");
  return detectTheme(document, system?.matches ?? false);
}

function textOf(phase: Phase, messages: LoadingMessages): string {
  if (phase === "quick") return "";
  if (phase === "slow") return messages.loading;
  if (phase === "silent") return messages.silent;
  return messages.failed.replace("{reason}", () => phase.failed);
}

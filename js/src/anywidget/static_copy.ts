import type { Model } from "./types";

export interface ReadingCopy {
  hide(): void;
  show(): void;
  /** Whether there is anything to read in it. */
  holds(): boolean;
}

/**
 * The script-free copy that the kernel displays beside a widget, for readers without a kernel: it
 * is hidden while a live widget stands for it. Each view brings its own rule and takes it away
 * again, so the copy shows once the last view that lives is gone, without anyone counting. Copies
 * of other widgets, which may be dead, stay as they are.
 */
export function readingCopy(document: Document, model: Model): ReadingCopy {
  const name = String(model.get("_reading_copy"));
  const selector = `.${/^[\w-]+$/.test(name) ? name : "legnext-of-none"}`;
  let rule: HTMLStyleElement | null = null;
  return {
    hide() {
      if (rule) return;
      rule = document.createElement("style");
      rule.dataset.legnext = "reading-copy";
      rule.textContent = `${selector}{display:none!important}`;
      document.head.append(rule);
    },
    show() {
      rule?.remove();
      rule = null;
    },
    holds: () => document.querySelector(`${selector} > *`) !== null,
  };
}

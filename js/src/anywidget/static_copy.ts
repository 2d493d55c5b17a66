import type { Model } from "./types";

export interface StaticCopy {
  hide(): void;
  show(): void;
  /** Whether it has any content. */
  hasContent(): boolean;
}

/**
 * The script-free copy that the kernel displays beside a widget, for readers without a kernel. It
 * is hidden while a live widget shows the same. Each view adds a rule of its own and removes it
 * again, so the copy shows once the last live view is gone, without a count of views. Copies of
 * other widgets, which may have no kernel, stay as they are.
 */
export function staticCopy(document: Document, model: Model): StaticCopy {
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
    hasContent: () => document.querySelector(`${selector} > *`) !== null,
  };
}

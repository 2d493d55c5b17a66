/** The class of the script-free copy that the kernel puts beside a widget, for readers without it. */
export const COPY = "legnext-reading-copy";

export interface Hidden {
  hide(): void;
  show(): void;
}

/**
 * Hides the copy while a live widget stands for it. Each view brings its own rule and takes it
 * away again, so the copy shows once the last view that lives is gone, without anyone counting.
 */
export function hideReadingCopy(document: Document): Hidden {
  let rule: HTMLStyleElement | null = null;
  return {
    hide() {
      if (rule) return;
      rule = document.createElement("style");
      rule.dataset.legnext = "reading-copy";
      rule.textContent = `.${COPY}{display:none!important}`;
      document.head.append(rule);
    },
    show() {
      rule?.remove();
      rule = null;
    },
  };
}

import { type Language, languageFor, localeOf } from "../ui/i18n/language";
import { startTransfer, type Transfer } from "./code_transfer";
import { placeholder } from "./placeholder";
import type { Initialize, Model, Render, Widget } from "./types";

/**
 * The only part of the front end that stands in a widget's state, and so in every saved notebook.
 * It gets the rest from the kernel and hands over to it. Without a kernel it shows one line.
 *
 * A function, as `widget` is, so that each model gets a closure of its own.
 */
export default function loader(): Widget {
  let shared: Opened | null = null;
  return {
    initialize(props) {
      const opened = open(props.model, props);
      shared = opened;
      const close = () => {
        opened.close();
        if (shared === opened) shared = null;
      };
      props.signal?.addEventListener("abort", close, { once: true });
      return close;
    },

    render(props) {
      const own = shared ? null : open(props.model, null);
      const opened = shared ?? own;
      if (!opened) return undefined;
      const endView = show(props, opened);
      const close = () => {
        endView();
        own?.close();
      };
      props.signal?.addEventListener("abort", close, { once: true });
      return close;
    },
  };
}

interface Opened {
  readonly language: Language;
  readonly transfer: Transfer;
  /** Call with the model's widget once its code is loaded. */
  whenLoaded(use: (widget: Widget, css: string) => void): void;
  close(): void;
}

/** The language of a model's views: its own, else that of the page. */
function languageOf(model: Model): Language {
  const { locale } = { ...(model.get("_config") as { locale?: string | null } | null) };
  return languageFor(locale ?? localeOf(document));
}

/** Load the code for a model, and initialize the widget if `initialize` was called. */
function open(model: Model, initialize: Initialize | null): Opened {
  const ended = new AbortController();
  const language = languageOf(model);
  const transfer = startTransfer(model, language);
  let widget: Widget | null = null;
  let endModel: (() => void) | undefined;
  transfer.whenLoaded((code) => {
    widget = code.make();
    if (initialize) endModel = widget.initialize({ ...initialize, signal: ended.signal });
  });
  return {
    language,
    transfer,
    whenLoaded: (use) => transfer.whenLoaded(({ css }) => widget && use(widget, css)),
    close() {
      transfer.end();
      ended.abort();
      endModel?.();
      endModel = undefined;
    },
  };
}

/** Show one view: a placeholder first, then the widget with its styles. */
function show(props: Render, opened: Opened): () => void {
  const { model, el } = props;
  const ended = new AbortController();
  const place = placeholder(el, model, opened.language);
  const stopWatching = opened.transfer.watch(place.show);
  let style: HTMLStyleElement | undefined;
  let endView: (() => void) | undefined;
  opened.whenLoaded((widget, css) => {
    if (ended.signal.aborted) return;
    // Inside the view, so that it applies in a document and under a shadow root alike: which of
    // them it is shows only once the host has put the view there.
    style = el.ownerDocument.createElement("style");
    style.textContent = css;
    el.append(style);
    endView = widget.render({ ...props, signal: ended.signal });
    stopWatching();
    place.remove();
  });
  return () => {
    stopWatching();
    ended.abort();
    endView?.();
    endView = undefined;
    style?.remove();
    place.remove();
  };
}

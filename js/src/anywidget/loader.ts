import { type Loading, load } from "./loading";
import { placeholder } from "./placeholder";
import type { Initialize, Model, Render, Widget } from "./types";

/**
 * All of the front end that stands in a widget's state, and so in each saved notebook: it gets the
 * rest from the kernel, and then stands aside. Where no kernel answers it says so in one line.
 *
 * A function for the same reason as `widget`: each model gets a closure of its own.
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
  readonly loading: Loading;
  /** Calls with the model's own widget, once its code is there. */
  whenThere(use: (widget: Widget, css: string) => void): void;
  close(): void;
}

/** Begins to load for a model, and initializes what comes if `initialize` has been called. */
function open(model: Model, initialize: Initialize | null): Opened {
  const ended = new AbortController();
  const loading = load(model);
  let widget: Widget | null = null;
  let endModel: (() => void) | undefined;
  loading.whenThere((code) => {
    widget = code.make();
    if (initialize) endModel = widget.initialize({ ...initialize, signal: ended.signal });
  });
  return {
    loading,
    whenThere: (use) => loading.whenThere(({ css }) => widget && use(widget, css)),
    close() {
      loading.end();
      ended.abort();
      endModel?.();
      endModel = undefined;
    },
  };
}

/** Shows one view: first its place, then, with its styles, what has come. */
function show(props: Render, opened: Opened): () => void {
  const { model, el } = props;
  const ended = new AbortController();
  const place = placeholder(el, model);
  const stopWatching = opened.loading.watch(place.show);
  let style: HTMLStyleElement | undefined;
  let endView: (() => void) | undefined;
  opened.whenThere((widget, css) => {
    if (ended.signal.aborted) return;
    // Within the view, so that it holds wherever that is: in a document or under a shadow root,
    // which nobody knows before the host puts the view there.
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

import { effect } from "@preact/signals";
import { readCatalogs } from "../ui/i18n/translate";
import { mount } from "../ui/mount";
import { readSamples } from "../ui/protocol/decode";
import { createSession, type Session } from "../ui/session";
import { newId } from "../ui/state/ids";
import { modelHost } from "./host";
import { staticCopy } from "./static_copy";
import type { Initialize, Model, Render, Widget } from "./types";

/** Where the texts of a page stand whose loader hands none over. */
const TEXTS = Symbol.for("legnext-widgets:texts");
const PAGE: { readonly [name: symbol]: unknown } = globalThis;

/**
 * A function, so that each model gets a closure of its own: the views of one model share one
 * session, and nothing is kept at namespace level. `signal` is missing in older front ends, so
 * everything is also cleaned up by the returned functions.
 *
 * @param samples Thumbnails that came with the code.
 * @param catalogs Texts that came with it, by language. A loader of version 0.1 passes none: its
 *   page finds them under `TEXTS`.
 */
export default function widget(samples?: unknown, catalogs?: unknown): Widget {
  let shared: Session | null = null;

  const open = (model: Model) => createSession(modelHost(model), readSamples(samples));

  return {
    initialize({ model, signal }: Initialize) {
      const session = open(model);
      shared = session;
      const close = () => {
        session.dispose();
        if (shared === session) shared = null;
      };
      signal?.addEventListener("abort", close, { once: true });
      return close;
    },

    render({ model, el, signal }: Render) {
      const own = shared ? null : open(model);
      const session = shared ?? own;
      if (!session) return undefined;
      const face = model.get("_face") === "gallery" ? "gallery" : "studio";
      const unmount = mount(el, session, face, readCatalogs(catalogs ?? PAGE[TEXTS]));
      const copy = staticCopy(el.ownerDocument, model);
      // Once the kernel is lost, the copy is what remains.
      const stop = effect(() => (session.alive.value ? copy.hide() : copy.show()));
      session.requestJobs();
      const endReports = reportPresence(session, el.ownerDocument.defaultView);
      const close = () => {
        stop();
        endReports();
        copy.show();
        unmount();
        own?.dispose();
      };
      signal?.addEventListener("abort", close, { once: true });
      return close;
    },
  };
}

/**
 * Report to the kernel that a view is open, until it or its page goes away: Notebook 6 does not
 * say which cell it runs, and only a studio without views may be replaced by the next one.
 */
function reportPresence(session: Session, page: Window | null): () => void {
  const view = newId();
  let open = false;
  const report = (now: boolean) => {
    if (now !== open) session.reportView(view, now);
    open = now;
  };
  const onShow = () => report(true);
  const onHide = () => report(false);
  onShow();
  page?.addEventListener("pagehide", onHide);
  page?.addEventListener("pageshow", onShow);
  return () => {
    page?.removeEventListener("pagehide", onHide);
    page?.removeEventListener("pageshow", onShow);
    onHide();
  };
}

import { effect } from "@preact/signals";
import { mount } from "../ui/mount";
import { createSession, type Session } from "../ui/session";
import { modelHost } from "./host";
import { readingCopy } from "./static_copy";
import type { Initialize, Model, Render, Widget } from "./types";
import { announceView } from "./view_presence";

/**
 * A function, so that each model gets a closure of its own: the views of one model share one
 * session, and nothing is kept at module level. `signal` is missing in older front ends, so
 * everything is also cleaned up through the returned functions.
 */
export default function widget(): Widget {
  let shared: Session | null = null;

  const open = (model: Model) => createSession(modelHost(model));

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
      const unmount = mount(el, session, face);
      const copy = readingCopy(el.ownerDocument, model);
      // Once the kernel is gone the copy is what lasts.
      const stop = effect(() => (session.alive.value ? copy.hide() : copy.show()));
      session.hello();
      const leave = announceView(session, el.ownerDocument.defaultView);
      const close = () => {
        stop();
        leave();
        copy.show();
        unmount();
        own?.dispose();
      };
      signal?.addEventListener("abort", close, { once: true });
      return close;
    },
  };
}

import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { effect } from "@preact/signals";
import { mount } from "../ui/mount";
import { createSession, type Session } from "../ui/session";
import { modelHost } from "./model_host";
import { hideReadingCopy } from "./reading_copy";

type Model = AnyModel<Record<string, unknown>>;
type Initialize = Pick<InitializeProps<Record<string, unknown>>, "model"> & {
  signal?: AbortSignal;
};
type Render = Pick<RenderProps<Record<string, unknown>>, "model" | "el"> & {
  signal?: AbortSignal;
};

/**
 * A function, so that each model gets a closure of its own: the views of one model share one
 * session, and nothing is kept at module level. `signal` is missing in older front ends, so
 * everything is also cleaned up through the returned functions.
 */
export default function widget() {
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
      const copy = hideReadingCopy(el.ownerDocument);
      // Saved state may be shown with nobody behind it: then the copy is what can be read.
      const stop = effect(() => (session.alive.value ? copy.hide() : copy.show()));
      session.hello();
      const close = () => {
        stop();
        copy.show();
        unmount();
        own?.dispose();
      };
      signal?.addEventListener("abort", close, { once: true });
      return close;
    },
  };
}

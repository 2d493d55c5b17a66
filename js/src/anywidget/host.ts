import type { AnyModel } from "@anywidget/types";
import type { Host } from "../ui/host";

/** Binary parts arrive as DataView, ArrayBuffer or a typed array, depending on the front end. */
function dataView(buffer: unknown): DataView | null {
  if (buffer instanceof DataView) return buffer;
  if (buffer instanceof ArrayBuffer) return new DataView(buffer);
  if (ArrayBuffer.isView(buffer)) {
    return new DataView(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
  }
  return null;
}

/** The `Host` of an anywidget model. A call that throws, as when the kernel is gone, ends here. */
export function modelHost(model: AnyModel<Record<string, unknown>>): Host {
  const lost = new Set<() => void>();
  const guarded = (action: () => void) => {
    try {
      action();
    } catch {
      for (const listener of [...lost]) listener();
    }
  };

  return {
    get: (name) => model.get(name),
    set: (name, value) => model.set(name, value),
    save: () => guarded(() => model.save_changes()),
    send: (message) => guarded(() => model.send(message)),
    onChange(name, listener) {
      model.on(`change:${name}`, listener);
      return () => model.off(`change:${name}`, listener);
    },
    onMessage(listener) {
      const handler = (message: unknown, buffers?: readonly unknown[]) => {
        const views = (buffers ?? []).map(dataView).filter((view) => view !== null);
        listener(message, views);
      };
      model.on("msg:custom", handler);
      return () => model.off("msg:custom", handler);
    },
    onDisconnect(listener) {
      lost.add(listener);
      // Jupyter's own models report a closed or replaced kernel with these two events.
      model.on("comm_live_update", listener);
      model.on("comm:close", listener);
      return () => {
        lost.delete(listener);
        model.off("comm_live_update", listener);
        model.off("comm:close", listener);
      };
    },
  };
}

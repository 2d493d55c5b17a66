/**
 * The webview of a notebook in VS Code: its own widget manager, of ipywidgets 8 or 7, over a kernel
 * whose messages go through the extension host. Modules of widgets are loaded by RequireJS.
 */
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection";
import { placeOf, showPlain, WIDGET } from "./outputs.js";

const version = new URLSearchParams(location.search).get("ipywidgets");
const { activate } = await import(/* as VS Code does: a module of its own */ `/ipywidgets${version}.js`);
activate();
window[`vscIPyWidgets${version}`].load();

const host = (message) => window.parent.postMessage(message, "*");
let session = null;
let protocol = null;
let socket = null;
let manager = null;

/** The kernel's connection believes that this is a socket. */
class SocketOfHost extends EventTarget {
  readyState = WebSocket.OPEN;
  binaryType = "arraybuffer";
  protocol = protocol;

  constructor() {
    super();
    socket = this;
  }

  send(data) {
    host({ type: "send", data });
  }

  close() {}
}

const scripts = {
  widgetsRegisteredInRequireJs: new Set(),
  async loadWidgetScript(name) {
    window.requirejs.config({ paths: { [name]: `/nbextensions/${name}/index` } });
  },
  successHandler() {},
  errorHandler: (className, name, _version, error) => console.error(name, className, String(error)),
};

function start() {
  if (!session || protocol === null || manager) return;
  const settings = { baseUrl: "http://nowhere.invalid/", wsUrl: "ws://nowhere.invalid/" };
  const kernel = new KernelConnection({
    ...session,
    username: "",
    handleComms: true,
    serverSettings: ServerConnection.makeSettings({ ...settings, WebSocket: SocketOfHost }),
  });
  // The extension host has asked for it: a busy kernel would not answer before its cell ends.
  const { requestKernelInfo } = kernel;
  kernel.requestKernelInfo = async () => ({ content: {} });
  socket.onopen?.(new Event("open"));
  kernel.requestKernelInfo = requestKernelInfo;
  const place = document.createElement("div");
  manager = new window.vscIPyWidgets.WidgetManager(kernel, place, scripts, () => {}, undefined);
  host({ type: "ready" });
}

async function model(id) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      const found = await manager?.get_model(id);
      if (found) return found;
    } catch {
      // It may be on its way, or belong to a kernel of the past.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return null;
}

async function show({ cell, number, output }) {
  const place = placeOf(document.body, cell, number);
  const shown = output.data?.[WIDGET];
  if (!shown) {
    showPlain(output, place);
    return;
  }
  const found = await model(shown.model_id);
  if (!place.isConnected) return;
  if (!found) {
    showPlain(output, place);
    return;
  }
  const background = document.createElement("div");
  background.className = "cell-output-ipywidget-background";
  place.replaceChildren(background);
  const view = await manager.create_view(found, { el: background });
  place.view = await manager.display_view(shown, view, { node: background });
}

const handlers = {
  session: ({ model, clientId }) => {
    session = { model, clientId };
    start();
  },
  kernel: (message) => {
    protocol = message.protocol;
    start();
  },
  receive: ({ data }) => socket?.onmessage?.({ data }),
  show,
  clear: ({ cell }) => {
    for (const place of document.querySelectorAll(`[data-cell="${cell}"]`)) {
      place.view?.dispose();
      place.remove();
    }
  },
};

window.addEventListener("message", ({ data }) => {
  Promise.resolve(handlers[data.type]?.(data)).catch((error) => console.error(error));
});
host({ type: "open" });

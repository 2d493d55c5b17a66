/**
 * The frame of one cell's outputs in a Colab-like editor: a manager of its own on what Colab's
 * extends, with modules by URL, and models made from the state that the page around it knows. The
 * packages have the versions that Colab's public manager names, and all widgets come from them.
 */
import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import "@jupyter-widgets/controls/css/widgets.css";
import "@lumino/widgets/style/index.css";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import { placeOf, showPlain, WIDGET } from "./outputs.js";

const BUNDLED = { "@jupyter-widgets/base": base, "@jupyter-widgets/controls": controls };
const modules = new Map(Object.entries(BUNDLED));
const answers = new Map();
const comms = new Map();
let asks = 0;

const post = (message) => window.parent.postMessage(message, "*");

function ask(message) {
  asks += 1;
  post({ ...message, ask: asks });
  return new Promise((resolve) => answers.set(asks, resolve));
}

class Comm {
  target_name = "jupyter.widget";

  constructor(id) {
    this.comm_id = id;
    comms.set(id, this);
  }

  send(data, callbacks, _metadata, buffers = []) {
    ask({ type: "send", id: this.comm_id, data: JSON.parse(JSON.stringify(data)), buffers }).then(
      () => callbacks?.iopub?.status?.({ content: { execution_state: "idle" } }),
    );
    return "";
  }

  on_msg(callback) {
    this.receive = (data, buffers) =>
      callback({
        content: { comm_id: this.comm_id, data },
        buffers: buffers.map((each) => new Uint8Array(each)),
      });
  }

  on_close() {}

  close() {
    return "";
  }
}

class Manager extends ManagerBase {
  known = new Map();

  async loadClass(className, name, version) {
    if (!modules.has(name)) modules.set(name, loadByUrl(name, version));
    return (await modules.get(name))[className];
  }

  get_model(id) {
    const model = this.known.get(id) ?? this.make(id);
    this.known.set(id, model);
    return model;
  }

  async make(id) {
    const found = await ask({ type: "model", id });
    if (!found) throw new Error(`not found: ${id}`);
    const { _model_name, _model_module, _model_module_version } = found.about;
    const about = {
      model_name: _model_name,
      model_module: _model_module,
      model_module_version: _model_module_version,
      model_id: id,
      comm: new Comm(id),
    };
    return this.new_model(about, found.state);
  }

  /** Put a view into the page, with the messages that its widget waits for. */
  async render(model, place) {
    const { luminoWidget, el } = await this.create_view(model);
    const tell = (type) =>
      luminoWidget.processMessage({ type, isConflatable: false, conflate: () => false });
    tell("before-attach");
    place.append(el);
    tell("after-attach");
  }
}

/** Load a module of the kind that RequireJS takes, from where packages are served. */
async function loadByUrl(name, version) {
  const url = `http://packages.localhost:${location.port}/${name}@${version}/dist/index.js`;
  const source = await (await fetch(url)).text();
  let made;
  const define = (needs, factory) => {
    made = factory(...needs.map((need) => BUNDLED[need]));
  };
  new Function("define", source)(define);
  return made;
}

const manager = new Manager();

async function show({ cell, number, output }) {
  const place = placeOf(document.body, cell, number);
  const shown = output.data?.[WIDGET];
  if (!shown) {
    showPlain(output, place);
    return;
  }
  try {
    const model = await manager.get_model(shown.model_id);
    place.replaceChildren();
    await manager.render(model, place);
  } catch (error) {
    console.error(String(error));
    showPlain(output, place);
  }
}

const handlers = {
  show,
  answer({ ask, value }) {
    answers.get(ask)?.(value);
    answers.delete(ask);
  },
  comm: ({ id, data, buffers }) => comms.get(id)?.receive?.(data, buffers),
};

window.addEventListener("message", ({ data }) => {
  Promise.resolve(handlers[data.type]?.(data)).catch((error) => console.error(error));
});
new ResizeObserver(() => post({ type: "height", height: document.body.scrollHeight })).observe(
  document.body,
);
post({ type: "open" });

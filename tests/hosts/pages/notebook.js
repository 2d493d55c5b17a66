/**
 * What both harnesses share of a notebook editor: the session of the kernel, and cells with their
 * outputs. Where outputs are shown is the business of a screen.
 */
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection";

/**
 * @typedef {object} Screen
 * @property {(cell: number) => void} clear Remove the outputs of a cell.
 * @property {(cell: number, number: number, output: object) => void} show Show an output, or
 *   show one of this number anew.
 * @property {(cell: number) => object} metadata What the editor says of a cell that it runs.
 */

/**
 * Open the notebook that the address names, with the outputs that it was saved with.
 *
 * @param {Screen} screen
 * @param {typeof WebSocket} socket Makes the connection to the kernel.
 */
export async function openNotebook(screen, socket = WebSocket) {
  const path = new URLSearchParams(location.search).get("notebook");
  const file = await request(`contents/${path}?type=notebook&content=1`);
  const { kernel: model } = await request("sessions", "POST", {
    path,
    name: path,
    type: "notebook",
    kernel: { name: "stand" },
  });
  const settings = { baseUrl: `${location.origin}/`, wsUrl: `ws://${location.host}/`, token: "" };
  const serverSettings = ServerConnection.makeSettings({ ...settings, WebSocket: socket });
  const kernel = new KernelConnection({ model, serverSettings, handleComms: false });
  const cells = file.content.cells;

  function put(cell, output) {
    const outputs = cells[cell].outputs;
    const last = outputs.at(-1);
    if (output.output_type === "stream" && last?.name === output.name) {
      last.text += output.text;
      screen.show(cell, outputs.length - 1, last);
    } else {
      outputs.push(output);
      screen.show(cell, outputs.length - 1, output);
    }
  }

  function empty(cell) {
    cells[cell].outputs = [];
    screen.clear(cell);
  }

  function take(cell, { header, content }) {
    const type = header.msg_type;
    if (type === "clear_output") empty(cell);
    if (type === "stream") put(cell, { output_type: type, name: content.name, text: content.text });
    if (type === "error") put(cell, { output_type: type, ...content });
    if (type !== "display_data" && type !== "execute_result") return;
    const { data, metadata, transient } = content;
    put(cell, { output_type: type, data, metadata, transient });
  }

  kernel.iopubMessage.connect((_, { header, content }) => {
    if (header.msg_type !== "update_display_data") return;
    cells.forEach(({ outputs }, cell) => {
      outputs.forEach((output, number) => {
        if (output.transient?.display_id !== content.transient.display_id) return;
        output.data = content.data;
        screen.show(cell, number, output);
      });
    });
  });

  window.editor = {
    kernel,
    /** Run a cell; returns at once. */
    run(cell) {
      empty(cell);
      const code = cells[cell].source;
      const future = kernel.requestExecute({ code }, false, screen.metadata(cell));
      future.onIOPub = (message) => take(cell, message);
      future.done.catch((error) => console.error(String(error)));
    },
    runAll: () => cells.forEach((_, cell) => window.editor.run(cell)),
    save: () => request(`contents/${path}`, "PUT", saved(file)),
  };
  cells.forEach(({ outputs }, cell) => {
    outputs.forEach((output, number) => screen.show(cell, number, output));
  });
  return { kernel };
}

/** Say that cells can be run. */
export function ready() {
  document.documentElement.dataset.ready = "yes";
}

/** The notebook without what only the editor knows of an output. */
function saved({ type, format, content }) {
  const cells = content.cells.map((cell) => ({
    ...cell,
    outputs: cell.outputs.map(({ transient, ...output }) =>
      output.output_type === "execute_result" ? { execution_count: null, ...output } : output,
    ),
  }));
  return { type, format, content: { ...content, cells } };
}

async function request(path, method = "GET", body = undefined) {
  const answer = await fetch(`/api/${path}`, { method, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/**
 * The notebook page of a Colab-like editor. It alone talks with the kernel. The outputs of each cell
 * stand in a sandboxed frame of another origin, which has its own models and gets their states and
 * messages from here. As Colab's manager does, it leaves out the buffers that a comm is opened with.
 */
import * as KernelMessage from "@jupyterlab/services/lib/kernel/messages";
import { openNotebook, ready } from "./notebook.js";

/** What is known of each model: the state that the kernel has sent. */
const models = new Map();
const frames = new Map();

class Frame {
  waiting = [];
  comms = new Set();

  constructor(cell) {
    this.element = document.createElement("iframe");
    this.element.src = `http://cell-${cell}.localhost:${location.port}/colab_frame.html`;
    this.element.sandbox = "allow-scripts allow-forms allow-popups allow-downloads";
    this.element.allow = "fullscreen";
    document.getElementById(`cell-${cell}`).append(this.element);
  }

  post(message, transfer = []) {
    if (this.isOpen) this.element.contentWindow.postMessage(message, "*", transfer);
    else this.waiting.push(message);
  }

  open() {
    this.isOpen = true;
    for (const message of this.waiting.splice(0)) this.post(message);
  }
}

const screen = {
  clear(cell) {
    frames.get(cell)?.element.remove();
    frames.delete(cell);
  },
  show(cell, number, output) {
    if (!frames.has(cell)) frames.set(cell, new Frame(cell));
    frames.get(cell).post({ type: "show", cell, number, output: structuredClone(output) });
  },
  metadata: (cell) => ({ colab: { cell_id: `cell-${cell}` } }),
};

const { kernel } = await openNotebook(screen);

kernel.iopubMessage.connect((_, { header, content, buffers }) => {
  const { comm_id: id, data } = content;
  if (header.msg_type === "comm_open") {
    const { _model_name, _model_module, _model_module_version } = data.state;
    const about = { _model_name, _model_module, _model_module_version };
    models.set(id, { about, state: data.state });
  }
  const model = models.get(id);
  if (header.msg_type !== "comm_msg" || !model) return;
  if (data.method === "update") model.state = { ...model.state, ...data.state };
  for (const frame of frames.values()) {
    if (frame.comms.has(id)) frame.post({ type: "comm", id, data, buffers: buffers.map(copied) });
  }
});

function copied(buffer) {
  const { buffer: bytes, byteOffset, byteLength } = ArrayBuffer.isView(buffer)
    ? buffer
    : new Uint8Array(buffer);
  return bytes.slice(byteOffset, byteOffset + byteLength);
}

const handlers = {
  open: (frame) => frame.open(),
  height: (frame, { height }) => {
    frame.element.style.height = `${height}px`;
  },
  model(frame, { ask, id }) {
    frame.comms.add(id);
    frame.post({ type: "answer", ask, value: structuredClone(models.get(id) ?? null) });
  },
  send(frame, { ask, id, data, buffers }) {
    const message = KernelMessage.createMessage({
      msgType: "comm_msg",
      channel: "shell",
      username: "",
      session: kernel.clientId,
      content: { comm_id: id, data },
      buffers,
    });
    const future = kernel.sendShellMessage(message, false, true);
    const answer = () => frame.post({ type: "answer", ask, value: null });
    future.done.then(answer, answer);
  },
};

window.addEventListener("message", ({ data, source }) => {
  for (const frame of frames.values()) {
    if (frame.element.contentWindow === source) handlers[data.type]?.(frame, data);
  }
});
await kernel.info;
ready();

/**
 * The extension host of VS Code, as far as widgets see it: it alone talks with the kernel, runs the
 * cells, and hands each message of the kernel on to the webview, which has no other way to it.
 */
import { openNotebook, ready } from "./notebook.js";

const webview = document.querySelector("iframe");
const waiting = [];
let isOpen = false;
let socket;

function post(message) {
  if (isOpen) webview.contentWindow.postMessage(message, "*");
  else waiting.push(message);
}

class SharedSocket extends WebSocket {
  constructor(...address) {
    super(...address);
    socket = this;
    this.addEventListener("open", () => post({ type: "kernel", protocol: this.protocol }));
    this.addEventListener("message", ({ data }) => post({ type: "receive", data }));
  }
}

const screen = {
  clear: (cell) => post({ type: "clear", cell }),
  show: (cell, number, output) =>
    post({ type: "show", cell, number, output: JSON.parse(JSON.stringify(output)) }),
  metadata: (cell) => ({ cellId: `vscode-notebook-cell:stand#${cell}` }),
};

window.addEventListener("message", ({ data, source }) => {
  if (source !== webview.contentWindow) return;
  if (data.type === "open") {
    isOpen = true;
    for (const message of waiting.splice(0)) post(message);
  }
  if (data.type === "send") socket.send(data.data);
  if (data.type === "ready") ready();
});

const { kernel } = await openNotebook(screen, SharedSocket);
post({ type: "session", model: kernel.model, clientId: kernel.clientId });
webview.src = webview.dataset.src;

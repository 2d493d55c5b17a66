import type { Model } from "../../src/anywidget/types";

type Values = Record<string, unknown>;
type Listener = (...values: unknown[]) => void;

/** A model as anywidget passes it: get, set, events, and no more. */
export class FakeModel {
  readonly listeners = new Map<string, Set<Listener>>();
  readonly sent: Values[] = [];
  constructor(readonly values: Values) {}
  get = (name: string) => this.values[name];
  set = (name: string, value: unknown) => {
    this.values[name] = value;
    this.emit(`change:${name}`);
  };
  save_changes = () => undefined;
  send = (message: Values) => {
    this.sent.push(message);
  };
  on = (name: string, listener: Listener) => {
    const known = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, known.add(listener));
  };
  off = (name: string, listener: Listener) => {
    this.listeners.get(name)?.delete(listener);
  };
  emit(name: string, ...values: unknown[]) {
    for (const listener of [...(this.listeners.get(name) ?? [])]) listener(...values);
  }
  get count() {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }
  asModel() {
    return this as unknown as Model;
  }
}

export function place(): HTMLElement {
  const el = document.createElement("div");
  document.body.append(el);
  return el;
}

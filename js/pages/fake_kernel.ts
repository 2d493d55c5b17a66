import type { Host } from "../src/ui/host";

type Values = Record<string, unknown>;

/**
 * Stands in for a notebook's model: values, changes, messages. Several hosts can use one
 * kernel, as several pages do. Sent messages are recorded for tests.
 */
export class FakeKernel {
  readonly sent: Values[] = [];
  readonly saves: Values[] = [];
  /** Answers a message as Python would; tests and the page replace it. */
  answer: (message: Values) => void = () => undefined;
  private readonly values: Values;
  private readonly changes = new Map<string, Set<() => void>>();
  private readonly messages = new Set<(message: unknown, buffers: readonly DataView[]) => void>();
  private readonly losses = new Set<() => void>();
  private pending: Values = {};

  constructor(values: Values = {}) {
    this.values = { ...values };
  }

  get listeners(): number {
    let count = this.messages.size + this.losses.size;
    for (const set of this.changes.values()) count += set.size;
    return count;
  }

  get(name: string): unknown {
    return this.values[name];
  }

  /** A change that comes from Python. */
  change(values: Values): void {
    for (const [name, value] of Object.entries(values)) {
      this.values[name] = value;
      for (const listener of [...(this.changes.get(name) ?? [])]) listener();
    }
  }

  /** A message that comes from Python. */
  emit(message: Values, buffers: readonly DataView[] = []): void {
    for (const listener of [...this.messages]) listener(message, buffers);
  }

  disconnect(): void {
    for (const listener of [...this.losses]) listener();
  }

  host(): Host {
    return {
      get: (name) => this.values[name],
      set: (name, value) => {
        if (this.values[name] === value) return;
        this.pending[name] = value;
        this.change({ [name]: value });
      },
      save: () => {
        this.saves.push(this.pending);
        this.pending = {};
      },
      send: (message) => {
        this.sent.push({ ...message });
        this.answer({ ...message });
      },
      onChange: (name, listener) => {
        const set = this.changes.get(name) ?? new Set();
        this.changes.set(name, set.add(listener));
        return () => set.delete(listener);
      },
      onMessage: (listener) => {
        this.messages.add(listener);
        return () => this.messages.delete(listener);
      },
      onDisconnect: (listener) => {
        this.losses.add(listener);
        return () => this.losses.delete(listener);
      },
    };
  }
}

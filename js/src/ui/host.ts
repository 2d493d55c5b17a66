/**
 * The only thing the UI knows about where it runs: a place that holds named values, tells of
 * their changes and carries messages. A notebook is one such place, the plain page another.
 */
export interface Host {
  get(name: string): unknown;
  /** Sets a value here; `save` carries everything set since to the other side. */
  set(name: string, value: unknown): void;
  save(): void;
  send(message: Readonly<Record<string, unknown>>): void;
  onChange(name: string, listener: () => void): () => void;
  onMessage(listener: (message: unknown, buffers: readonly DataView[]) => void): () => void;
  /** Told when the place suspects that the other side went away. */
  onDisconnect(listener: () => void): () => void;
}

import type { StudioTraits } from "./protocol/generated";
import type { ToKernel } from "./protocol/messages";

/** A trait that Python declares; a gallery has some of them. */
export type TraitName = keyof StudioTraits;

/**
 * All that the UI knows of its surroundings: named values, their changes, and messages. A notebook
 * is one host, the plain page another.
 */
export interface Host {
  get(name: TraitName): unknown;
  /** Set a value here; `save` sends everything set since to the kernel. */
  set(name: TraitName, value: unknown): void;
  save(): void;
  send(message: ToKernel): void;
  onChange(name: TraitName, listener: () => void): () => void;
  onMessage(listener: (message: unknown, buffers: readonly DataView[]) => void): () => void;
  /** Calls when the connection to the kernel may be lost. */
  onDisconnect(listener: () => void): () => void;
}

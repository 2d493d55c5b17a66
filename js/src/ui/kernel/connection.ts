import { computed, type ReadonlySignal, signal } from "@preact/signals";

/** `slow`: no answer yet, perhaps a busy kernel. `lost`: the kernel or the comm is gone. */
export type ConnectionState = "ok" | "slow" | "lost";

/** Milliseconds after which a missing answer is worth a word. */
export const SLOW_AFTER_MS = 8_000;

/** What is known of the kernel, from what arrives and what does not. */
export interface Connection {
  readonly state: ReadonlySignal<ConnectionState>;
  /** False once the kernel is lost: what is shown is all there will be. */
  readonly alive: ReadonlySignal<boolean>;
  /** Something arrived from the kernel. */
  seen(): void;
  /** A message was sent whose answer has no id: silence from here on counts as slow. */
  expectAnswer(): void;
  /** A request has waited for its answer too long. */
  slow(): void;
  lost(): void;
  dispose(): void;
}

export function createConnection(): Connection {
  // The kernel was there at the beginning: this code came from it.
  const state = signal<ConnectionState>("ok");
  let silence: ReturnType<typeof setTimeout> | undefined;

  function slow() {
    if (state.peek() === "ok") state.value = "slow";
  }

  return {
    state,
    alive: computed(() => state.value !== "lost"),
    seen() {
      clearTimeout(silence);
      state.value = "ok";
    },
    expectAnswer() {
      clearTimeout(silence);
      silence = setTimeout(slow, SLOW_AFTER_MS);
    },
    slow,
    lost() {
      state.value = "lost";
    },
    dispose() {
      clearTimeout(silence);
    },
  };
}

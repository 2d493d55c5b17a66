import { computed, type ReadonlySignal, signal } from "@preact/signals";

/** `quiet`: asked, no answer yet, perhaps busy. `gone`: told that the other side went away. */
export type Connection = "well" | "quiet" | "gone";

const ANSWER_WITHIN_MS = 8_000;

/** What is known of whether somebody listens: by what was heard, and what was not. */
export interface Listening {
  readonly state: ReadonlySignal<Connection>;
  /** False when nobody stands behind what is shown any more. */
  readonly alive: ReadonlySignal<boolean>;
  heard(): void;
  /** Something was asked: silence from here on means something, and `unanswered` is told of it. */
  expectAnswer(unanswered?: () => void): void;
  lose(): void;
  dispose(): void;
}

export function createListening(): Listening {
  const state = signal<Connection>("well");
  let silence: ReturnType<typeof setTimeout> | undefined;
  return {
    state,
    // A kernel was there at the beginning: this code came from it.
    alive: computed(() => state.value !== "gone"),
    heard() {
      clearTimeout(silence);
      state.value = "well";
    },
    expectAnswer(unanswered) {
      clearTimeout(silence);
      silence = setTimeout(() => {
        unanswered?.();
        if (state.peek() === "well") state.value = "quiet";
      }, ANSWER_WITHIN_MS);
    },
    lose() {
      state.value = "gone";
    },
    dispose() {
      clearTimeout(silence);
    },
  };
}

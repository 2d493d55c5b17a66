import { effect, type ReadonlySignal } from "@preact/signals";

/** Milliseconds of silence, while news is expected, after which the page asks for it. */
export const RESYNC_AFTER_MS = 5_000;
/** The longest pause: a kernel that a cell keeps busy gathers what it is asked. */
const LONGEST_PAUSE_MS = 60_000;

/** Asks the kernel for news while jobs run: what it sends of its own accord may get lost. */
export interface Resync {
  /** Something arrived from the kernel. */
  received(): void;
  dispose(): void;
}

/**
 * @param expecting Whether news is expected: a job runs, or a request is on its way.
 * @param ask Called after each silence. As long as no answer comes, the pauses double.
 */
export function createResync(expecting: ReadonlySignal<boolean>, ask: () => void): Resync {
  let pause = RESYNC_AFTER_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function wait() {
    clearTimeout(timer);
    timer = expecting.peek() ? setTimeout(askAgain, pause) : undefined;
  }

  function askAgain() {
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    wait();
    ask();
  }

  function received() {
    pause = RESYNC_AFTER_MS;
    wait();
  }

  const stop = effect(() => {
    if (expecting.value) received();
    else clearTimeout(timer);
  });

  return {
    received,
    dispose() {
      stop();
      clearTimeout(timer);
    },
  };
}

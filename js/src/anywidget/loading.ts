import { type Code, codeOf, digests } from "./code";
import type { Model } from "./types";

/** `slow`: takes long enough to say so. `silent`: nobody answers; busy, or not there. */
export type Phase = "quick" | "slow" | "silent" | { readonly failed: string };

/** The way of the code from the kernel to one model; all its views wait for the same. */
export interface Loading {
  /** Tells now and later how it stands; returns what ends that. */
  watch(tell: (phase: Phase) => void): () => void;
  /** Calls with the code: now, when it comes, or never. */
  whenThere(use: (code: Code) => void): void;
  end(): void;
}

/** Seconds after the start at which it is asked for again: a message may get lost on the way. */
const ASK_AGAIN = [2, 6, 14, 30];
const SLOW = 0.7;
const SILENT = 4;

export function load(model: Model): Loading {
  const watchers = new Set<(phase: Phase) => void>();
  const uses: ((code: Code) => void)[] = [];
  const timers: ReturnType<typeof setTimeout>[] = [];
  let phase: Phase = "quick";
  let code: Code | null = null;

  function enter(next: Phase) {
    phase = next;
    for (const tell of [...watchers]) tell(phase);
  }

  function stopTimers() {
    for (const timer of timers.splice(0)) clearTimeout(timer);
  }

  function end() {
    model.off("msg:custom", take);
    stopTimers();
    watchers.clear();
    uses.length = 0;
  }

  function ask() {
    try {
      model.send({ type: "front_end", has: digests() });
    } catch {
      // Without a kernel; when nobody answers, that is said.
    }
  }

  async function take(message: unknown) {
    const coming = codeOf(message);
    if (!coming) return;
    try {
      const come = await coming;
      if (code) return;
      code = come;
      for (const use of uses) use(come);
      end();
    } catch (problem) {
      stopTimers();
      enter({ failed: problem instanceof Error ? problem.message : String(problem) });
    }
  }

  model.on("msg:custom", take);
  for (const seconds of ASK_AGAIN) timers.push(setTimeout(ask, seconds * 1000));
  timers.push(setTimeout(enter, SLOW * 1000, "slow"), setTimeout(enter, SILENT * 1000, "silent"));
  ask();

  return {
    watch(tell) {
      watchers.add(tell);
      tell(phase);
      return () => watchers.delete(tell);
    },
    whenThere(use) {
      if (code) use(code);
      else uses.push(use);
    },
    end,
  };
}

import type { Language } from "../ui/i18n/language";
import { type Code, digestsWith, keep, type Parts, speaks } from "./page_code";
import type { Model } from "./types";

/** `slow`: takes long enough to say so. `silent`: no answer; the kernel is busy or gone. */
export type Phase = "quick" | "slow" | "silent" | { readonly failed: string };

/** The transfer of the code from the kernel to one model; all its views wait for the same one. */
export interface Transfer {
  /** Call with the phase, now and whenever it changes; returns what ends that. */
  watch(listener: (phase: Phase) => void): () => void;
  /** Call with the code: now, when it arrives, or never. */
  whenLoaded(use: (code: Code) => void): void;
  end(): void;
}

/** Seconds after the start at which the request is sent again: a message may get lost. */
const RESEND_S = [2, 6, 14, 30];
const SLOW_S = 0.7;
const SILENT_S = 4;

/** Get the code for one model, and the texts of the language that its page shows. */
export function startTransfer(model: Model, language: Language): Transfer {
  const watchers = new Set<(phase: Phase) => void>();
  const uses: ((code: Code) => void)[] = [];
  const timers: ReturnType<typeof setTimeout>[] = [];
  let phase: Phase = "quick";
  let code: Code | null = null;
  let wanted: string | null = null;

  function enter(next: Phase) {
    phase = next;
    for (const listener of [...watchers]) listener(phase);
  }

  function stopTimers() {
    for (const timer of timers.splice(0)) clearTimeout(timer);
  }

  function end() {
    model.off("msg:custom", receive);
    stopTimers();
    watchers.clear();
    uses.length = 0;
  }

  function request(want: string | null = null) {
    wanted = want;
    try {
      const has = digestsWith(language);
      model.send({ type: "front_end", has, language, ...(want && { want }) });
    } catch {
      // There is no kernel; without an answer, `silent` says so.
    }
  }

  async function receive(message: unknown) {
    const { type, digest, ...parts } = { ...(message as Record<string, unknown> | null) };
    if (type !== "front_end" || typeof digest !== "string") return;
    const loading = keep(digest, parts as Parts);
    // The kernel has sent this code before, and it did not arrive here, or it came for a page of
    // another language: ask for it, once. Without an answer in this language it is English.
    const complete = loading !== null && speaks(digest, language);
    if (!complete && wanted !== digest) return request(digest);
    if (!loading) return;
    try {
      const loaded = await loading;
      if (code) return;
      code = loaded;
      for (const use of uses) use(loaded);
      end();
    } catch (error) {
      stopTimers();
      enter({ failed: error instanceof Error ? error.message : String(error) });
    }
  }

  model.on("msg:custom", receive);
  for (const seconds of RESEND_S) timers.push(setTimeout(request, seconds * 1000));
  timers.push(setTimeout(enter, SLOW_S * 1000, "slow"));
  timers.push(setTimeout(enter, SILENT_S * 1000, "silent"));
  request();

  return {
    watch(listener) {
      watchers.add(listener);
      listener(phase);
      return () => watchers.delete(listener);
    },
    whenLoaded(use) {
      if (code) use(code);
      else uses.push(use);
    },
    end,
  };
}

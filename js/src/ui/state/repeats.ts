import type { Inputs, Submission } from "../protocol/generated";

/** Milliseconds within which the same inputs count as the same request pressed again. */
export const REPEAT_MS = 60_000;

interface Sent {
  click: string;
  at: number;
  jobId: string | null;
}

/** Requests that were sent from here: the same one again may be meant, or a second press. */
export interface Repeats {
  note(inputs: Inputs, click: string, now: number): void;
  receive(outcome: Submission | null): void;
  /** Whether these inputs were sent within the last minute, or their job still runs. */
  has(inputs: Inputs, now: number): boolean;
}

/** Name what the inputs ask for, with the prompts of a batch or null. */
export function requestKey(inputs: Inputs, prompts: readonly string[] | null): string {
  const values = prompts ? { ...inputs, prompt: "" } : inputs;
  return JSON.stringify([
    Object.values(values).map((value) => (typeof value === "string" ? value.trim() : value)),
    prompts,
  ]);
}

export function createRepeats(isRunning: (jobId: string) => boolean): Repeats {
  const sent = new Map<string, Sent>();
  const keyOf = (inputs: Inputs) => requestKey(inputs, null);
  return {
    note(inputs, click, now) {
      sent.set(keyOf(inputs), { click, at: now, jobId: null });
    },
    receive(outcome) {
      for (const [key, request] of sent) {
        if (outcome?.click !== request.click) continue;
        if (outcome.phase === "refused" || outcome.phase === "made_before") sent.delete(key);
        else request.jobId = outcome.job_id;
      }
    },
    has(inputs, now) {
      const request = sent.get(keyOf(inputs));
      if (!request) return false;
      const running = request.jobId !== null && isRunning(request.jobId);
      return running || now - request.at < REPEAT_MS;
    },
  };
}

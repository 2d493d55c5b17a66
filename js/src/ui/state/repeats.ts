import type { Inputs, Submission } from "../protocol/generated";
import type { Step } from "../protocol/messages";

/** Milliseconds within which the same request counts as the same one pressed again. */
const REPEAT_MS = 60_000;

interface Sent {
  click: string;
  at: number;
  jobId: string | null;
  /** Nothing is known of its job: to send it again may pay for it twice, however late. */
  uncertain: boolean;
}

/** Requests that were sent from here: the same one again may be meant, or a second press. */
export interface Repeats {
  /** @param key What names the request: see `requestKey` and `stepKey`. */
  note(key: string, click: string, now: number): void;
  receive(outcome: Submission | null): void;
  /** Whether it was sent within the last minute, its job still runs, or its outcome is unknown. */
  has(key: string, now: number): boolean;
}

/** Name what the inputs ask for, with the prompts of a batch or null. */
export function requestKey(inputs: Inputs, prompts: readonly string[] | null): string {
  const values = prompts ? { ...inputs, prompt: "" } : inputs;
  return JSON.stringify([
    Object.values(values).map((value) => (typeof value === "string" ? value.trim() : value)),
    prompts,
  ]);
}

/** Name what a next step asks for. */
export const stepKey = (step: Step): string =>
  JSON.stringify([step.type, step.job_id, step.index, "prompt" in step ? step.prompt.trim() : ""]);

export function createRepeats(isRunning: (jobId: string) => boolean): Repeats {
  const sent = new Map<string, Sent>();
  return {
    note(key, click, now) {
      sent.set(key, { click, at: now, jobId: null, uncertain: false });
    },
    receive(outcome) {
      for (const [key, request] of sent) {
        if (outcome?.click !== request.click) continue;
        request.uncertain = outcome.phase === "uncertain";
        if (outcome.phase === "refused" || outcome.phase === "made_before") sent.delete(key);
        else request.jobId = outcome.job_id;
      }
    },
    has(key, now) {
      const request = sent.get(key);
      if (!request) return false;
      const running = request.jobId !== null && isRunning(request.jobId);
      return running || request.uncertain || now - request.at < REPEAT_MS;
    },
  };
}

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Host } from "../host";
import type { KernelMessage } from "../protocol/messages";
import type { Told } from "../protocol/told";
import type { Listening } from "./connection";

/** A job that is brought in by its id, to choose from its images. */
export interface LookUp {
  jobId: string;
  state: "asked" | "found" | "failed";
  error: Told | null;
}

export interface LookUps {
  readonly last: ReadonlySignal<LookUp | null>;
  ask(jobId: string): void;
  take(message: Extract<KernelMessage, { type: "looked_up" }>): void;
}

export function createLookUps(host: Host, listening: Listening): LookUps {
  const last = signal<LookUp | null>(null);
  return {
    last,
    ask(jobId) {
      last.value = { jobId, state: "asked", error: null };
      host.send({ type: "look_up", job_id: jobId });
      listening.expectAnswer();
    },
    take({ jobId, error }) {
      if (last.peek()?.jobId !== jobId) return;
      last.value = { jobId, state: error === null ? "found" : "failed", error };
    },
  };
}

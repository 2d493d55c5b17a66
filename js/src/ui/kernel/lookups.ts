import { type ReadonlySignal, signal } from "@preact/signals";
import type { LocalizedMessage, LookedUpMessage } from "../protocol/generated";
import type { FromKernel } from "../protocol/messages";
import type { Connection } from "./connection";
import type { Requests } from "./requests";

/** The search for one job by its id, at the service. */
export interface Lookup {
  jobId: string;
  state: "running" | "found" | "failed";
  error: LocalizedMessage | null;
}

export interface Lookups {
  /** The newest one; answers to older ones are ignored. */
  readonly last: ReadonlySignal<Lookup | null>;
  start(jobId: string): void;
}

export function createLookups(requests: Requests, connection: Connection): Lookups {
  const last = signal<Lookup | null>(null);
  const accept = (message: FromKernel): message is LookedUpMessage => message.type === "looked_up";

  async function start(jobId: string): Promise<void> {
    last.value = { jobId, state: "running", error: null };
    const build = () => ({ type: "look_up", job_id: jobId }) as const;
    // The answer carries the job's id and no other.
    const options = { id: jobId, accept, onSlow: connection.slow };
    const { error } = (await requests.send(build, options)).message;
    if (last.peek()?.jobId !== jobId) return;
    last.value = { jobId, state: error === null ? "found" : "failed", error };
  }

  return {
    last,
    start(jobId) {
      start(jobId).catch(() => undefined);
    },
  };
}

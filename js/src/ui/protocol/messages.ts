import { type Delta, type Job, readDelta, readJob } from "./contract";
import { bag, kept, list, number, text, textOrNull } from "./decode";
import { readTold, type Told } from "./told";

/** What the kernel sends besides the values that it keeps: answers, and bytes. */

export interface Described {
  requests: number;
  points: number;
  overBudget: boolean;
  json: string;
  curl: string;
  python: string;
  problem: Told | null;
}

export interface Paged {
  jobs: readonly Job[];
  /** Where the next page begins; null after the last one. */
  next: string | null;
  total: number;
}

export type Answer =
  | { type: "described"; ask: string; described: Described }
  | { type: "paged"; ask: string; paged: Paged }
  | { type: "key_saved"; ask: string; error: Told | null };

export type KernelMessage =
  | Answer
  | { type: "jobs"; delta: Delta }
  | { type: "looked_up"; jobId: string; error: Told | null }
  | { type: "media"; pull: string; chunk: number; chunks: number; bytes: number; mime: string }
  | { type: "media_error"; pull: string; message: string; retry: boolean };

type Reader = (message: Readonly<Record<string, unknown>>) => KernelMessage | null;

const READERS: Readonly<Record<string, Reader>> = {
  jobs(message) {
    const delta = readDelta(message);
    return delta ? { type: "jobs", delta } : null;
  },
  looked_up: ({ job_id, error }) => ({
    type: "looked_up",
    jobId: text(job_id),
    error: readTold(error),
  }),
  described: (message) => ({
    type: "described",
    ask: text(message.ask),
    described: {
      requests: number(message.requests) ?? 0,
      points: number(message.points) ?? 0,
      overBudget: message.over_budget === true,
      json: text(message.json),
      curl: text(message.curl),
      python: text(message.python),
      problem: readTold(message.problem),
    },
  }),
  paged: (message) => ({
    type: "paged",
    ask: text(message.ask),
    paged: {
      jobs: kept(list(message.jobs).map(readJob)),
      next: textOrNull(message.next),
      total: number(message.total) ?? 0,
    },
  }),
  key_saved: ({ ask, error }) => ({
    type: "key_saved",
    ask: text(ask),
    error: readTold(error),
  }),
  media(message) {
    const pull = text(message.pull);
    const error = bag(message.error);
    if (error) {
      const retry = error.retry === true;
      return { type: "media_error", pull, message: text(error.message), retry };
    }
    return {
      type: "media",
      pull,
      chunk: number(message.chunk) ?? 0,
      chunks: number(message.chunks) ?? 1,
      bytes: number(message.bytes) ?? 0,
      mime: text(message.mime) || "video/mp4",
    };
  },
};

export function readMessage(value: unknown): KernelMessage | null {
  const message = bag(value);
  const kind = text(message?.type);
  return message && Object.hasOwn(READERS, kind) ? (READERS[kind]?.(message) ?? null) : null;
}

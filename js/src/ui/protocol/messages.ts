import {
  number,
  object,
  readDelta,
  readJob,
  readList,
  readLocalizedMessage,
  readTakenPicture,
  text,
  textOrNull,
} from "./decode";
import {
  type DescribedMessage,
  type ExportedMessage,
  type ExtendRequest,
  type Field,
  type FromKernel as FromKernelOnTheWire,
  type FrontEndMessage,
  type InputsMessage,
  type KeySavedMessage,
  NEUTRAL_INPUTS,
  type PackedMessage,
  type PagedMessage,
  type PictureMessage,
  type SubmitManyRequest,
  type SubmitRequest,
  type UpscaleRequest,
} from "./generated";

export type { ToKernel } from "./generated";

/** All inputs of a request, in the order in which they are checked. */
export const FIELDS = Object.keys(NEUTRAL_INPUTS) as readonly Field[];

/** What may cost points. The kernel takes each click once, however often it is sent. */
export type PaidRequest = SubmitRequest | SubmitManyRequest | ExtendRequest | UpscaleRequest;

type Unclicked<R> = Omit<R, "click" | "takes">;

/** The next step from a clip: a longer one, or a larger one. */
export type Step = Unclicked<ExtendRequest> | Unclicked<UpscaleRequest>;

/** Answers that carry the id of their question. */
export type Answer =
  | DescribedMessage
  | PagedMessage
  | PictureMessage
  | KeySavedMessage
  | PackedMessage
  | ExportedMessage;

/** The messages that the UI takes; the loader takes the code. */
export type FromKernel = Exclude<FromKernelOnTheWire, FrontEndMessage>;

type Reader = (message: Readonly<Record<string, unknown>>) => FromKernel | null;

const READERS: Readonly<Record<string, Reader>> = {
  jobs(message) {
    const delta = readDelta(message);
    return delta && { type: "jobs", ...delta };
  },
  inputs: ({ values }) => ({
    type: "inputs",
    values: (object(values) ?? {}) as InputsMessage["values"],
  }),
  looked_up: ({ job_id, error }) => ({
    type: "looked_up",
    job_id: text(job_id),
    error: readLocalizedMessage(error),
  }),
  described: (message) => ({
    type: "described",
    ask: text(message.ask),
    requests: number(message.requests) ?? 0,
    json: text(message.json),
    curl: text(message.curl),
    python: text(message.python),
    problem: readLocalizedMessage(message.problem),
  }),
  paged: (message) => ({
    type: "paged",
    ask: text(message.ask),
    jobs: readList(message.jobs, readJob),
    next: textOrNull(message.next),
    total: number(message.total) ?? 0,
    shown: number(message.shown) ?? 0,
    error: readLocalizedMessage(message.error),
  }),
  packed: ({ ask, name, missing, error }) => ({
    type: "packed",
    ask: text(ask),
    name: text(name),
    missing: number(missing) ?? 0,
    error: readLocalizedMessage(error),
  }),
  exported: ({ ask, path, error }) => ({
    type: "exported",
    ask: text(ask),
    path: text(path),
    error: readLocalizedMessage(error),
  }),
  picture: ({ ask, picture, error }) => ({
    type: "picture",
    ask: text(ask),
    picture: readTakenPicture(picture),
    error: readLocalizedMessage(error),
  }),
  key_saved: ({ ask, error }) => ({
    type: "key_saved",
    ask: text(ask),
    error: readLocalizedMessage(error),
  }),
  media(message) {
    const pull = text(message.pull);
    const error = object(message.error);
    if (error) {
      const reason = { message: text(error.message), retry: error.retry === true };
      return { type: "media", pull, error: reason };
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

/** Read a message of the kernel; null for one that the UI does not know. */
export function readMessage(value: unknown): FromKernel | null {
  const message = object(value);
  const type = text(message?.type);
  return message && Object.hasOwn(READERS, type) ? (READERS[type]?.(message) ?? null) : null;
}

/** The id of the request that a message answers; null for one that was sent unasked. */
export function answeredId(message: FromKernel): string | null {
  if (message.type === "jobs" || message.type === "inputs") return null;
  if (message.type === "media") return message.pull;
  return message.type === "looked_up" ? message.job_id : message.ask;
}

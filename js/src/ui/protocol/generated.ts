/**
 * The traits and messages that Python and the browser exchange, as they are on the wire.
 * Declarations only: `decode.ts` and `messages.ts` read what really arrives.
 */

// Traits.

export type Face = "studio" | "gallery";
export type Source = "image_url" | "image_job" | "text";
export type Motion = "" | "low" | "high";

export interface Inputs {
  source: Source;
  prompt: string;
  image_url: string;
  source_job_id: string;
  image_no: number;
  video_type: number;
  motion: Motion;
  raw: boolean;
  loop: boolean;
  end_image_url: string;
  /** 0 leaves the number of videos to the service. */
  batch_size: number;
  callback: string;
}

export type Field = keyof Inputs;

export const NEUTRAL_INPUTS: Readonly<Inputs> = {
  source: "image_url",
  prompt: "",
  image_url: "",
  source_job_id: "",
  image_no: 0,
  video_type: 0,
  motion: "",
  raw: false,
  loop: false,
  end_image_url: "",
  batch_size: 0,
  callback: "",
};

export interface Limits {
  /** Characters of one request's text. */
  prompt: number;
  /** Characters of all prompts of a batch together. */
  prompts: number;
  /** Images of one job. */
  images: number;
  batch_sizes: readonly number[];
}

export interface Config {
  limits: Limits;
  locale: string | null;
}

export interface Example {
  title: string;
  url: string;
  /** No browser can reach the link: the kernel sends the bytes. */
  pull: boolean;
}

export interface Service {
  sandbox: boolean;
  speed: number;
  host: string;
  note: string | null;
  has_key: boolean;
  examples: readonly Example[];
}

/** A message of the kernel in English, with what the other languages need to translate it. */
export interface LocalizedMessage {
  text: string;
  /** Null for a message of the service, which has no translation. */
  code: string | null;
  /** The message's placeholders by name. */
  values: Readonly<Record<string, unknown>>;
  /** The input that it is about, when it reports a problem with one. */
  field: string | null;
}

export interface Budget {
  limit: number;
  spent: number;
}

export interface Library {
  path: string;
  bytes: number;
  keeps: boolean;
  /** What is wrong with it, one message each. */
  troubles: readonly LocalizedMessage[];
}

export interface Account {
  balance: number | null;
  low: boolean;
  budget: Budget | null;
  /** Points last charged for a kind of job. */
  costs: Readonly<Record<string, number>>;
  library: Library | null;
  /** Jobs of earlier sessions that were still running when the studio opened. */
  recalled: number;
}

export type BatchState = "running" | "stopped" | "done";

export interface Batch {
  click: string;
  total: number;
  sent: number;
  done: number;
  failed: number;
  state: BatchState;
  /** Why it stopped by itself. */
  reason: LocalizedMessage | null;
}

export type MediaKind = "video" | "image";

export interface Media {
  kind: MediaKind;
  index: number;
  url: string | null;
  /** Unix seconds after which `url` stops working. */
  expires: number | null;
  /** The kernel can send the bytes. */
  pull: boolean;
  /** The kernel has a small still of the clip. */
  poster: boolean;
}

export interface JobSettings {
  video_type: number | null;
  motion: string | null;
  raw: boolean;
  loop: boolean;
  batch_size: number | null;
  image_url: string | null;
  end_image_url: string | null;
}

/** One clip or image of a job. */
export interface Selection {
  job_id: string;
  index: number;
}

export interface JobPoints {
  frozen: number | null;
  consumed: number | null;
}

export interface JobError {
  message: LocalizedMessage | null;
  /** What to do about it. */
  next: LocalizedMessage | null;
}

/** What can be made of a job. */
export interface NextSteps {
  extend: boolean;
  upscale: boolean;
  reuse: boolean;
}

export interface Job {
  id: string;
  kind: string;
  status: string;
  done: boolean;
  prompt: string;
  settings: JobSettings;
  parent: Selection | null;
  sandbox: boolean;
  /** Unix seconds. */
  created: number | null;
  /** Seconds. */
  elapsed: number | null;
  /** Seconds; an estimate. */
  remaining: number | null;
  points: JobPoints;
  error: JobError | null;
  warning: LocalizedMessage | null;
  media: readonly Media[];
  favourite: boolean;
  note: string;
  can: NextSteps;
}

/** Jobs that changed between two revisions; `since` 0 replaces all. */
export interface Delta {
  revision: number;
  since: number;
  jobs: readonly Job[];
  total: number;
}

export type SubmissionPhase = "sending" | "accepted" | "refused" | "uncertain";

/** The state of the last click that asked for a job. */
export interface Submission {
  click: string | null;
  phase: SubmissionPhase;
  job_id: string | null;
  message: LocalizedMessage | null;
  next: LocalizedMessage | null;
  field: string | null;
  /** Ids of jobs that an uncertain submission may have become. */
  candidates: readonly string[];
}

// Messages from Python.

export interface JobsMessage extends Delta {
  type: "jobs";
}

export interface DescribedMessage {
  type: "described";
  ask: string;
  requests: number;
  json: string;
  curl: string;
  python: string;
  problem: LocalizedMessage | null;
}

export interface PagedMessage {
  type: "paged";
  ask: string;
  jobs: readonly Job[];
  /** Where the next page begins; null after the last one. */
  next: string | null;
  total: number;
}

export interface KeySavedMessage {
  type: "key_saved";
  ask: string;
  error: LocalizedMessage | null;
}

export interface LookedUpMessage {
  type: "looked_up";
  job_id: string;
  error: LocalizedMessage | null;
}

/** One chunk of a file; its bytes are the message's buffer. */
export interface MediaMessage {
  type: "media";
  pull: string;
  chunk: number;
  chunks: number;
  /** Size of the whole file. */
  bytes: number;
  mime: string;
}

export interface MediaErrorMessage {
  type: "media";
  pull: string;
  error: { message: string; retry: boolean };
}

export interface FrontEndMessage {
  type: "front_end";
  digest: string;
  /** Missing when the page has this code already. */
  js?: string;
  css?: string;
}

// Messages to Python.

export interface FrontEndRequest {
  type: "front_end";
  /** Digests of the code that the page has. */
  has: readonly string[];
  /** A digest that was announced but never arrived: send it whole. */
  want?: string;
}

export interface SyncRequest {
  type: "sync";
  since: number;
}

export interface ViewMessage {
  type: "view";
  view: string;
  open: boolean;
}

export interface SubmitRequest {
  type: "submit";
  click: string;
  inputs: Inputs;
}

export interface SubmitManyRequest {
  type: "submit_many";
  click: string;
  inputs: Inputs;
  prompts: readonly string[];
}

export interface ExtendRequest {
  type: "extend";
  click: string;
  job_id: string;
  index: number;
  prompt: string;
}

export interface UpscaleRequest {
  type: "upscale";
  click: string;
  job_id: string;
  index: number;
}

export interface StopBatchRequest {
  type: "stop_batch";
}

export interface BalanceRequest {
  type: "balance";
}

export interface JobRequest {
  type: "refresh" | "look_up" | "reuse" | "dismiss";
  job_id: string;
}

export interface FavouriteRequest {
  type: "favourite";
  job_id: string;
  on: boolean;
}

export interface AnnotateRequest {
  type: "annotate";
  job_id: string;
  note: string;
}

export interface DescribeRequest {
  type: "describe";
  ask: string;
  inputs: Inputs;
  prompts: readonly string[] | null;
}

export interface PageRequest {
  type: "page";
  ask: string;
  before: string | null;
  search: string;
  favourite: boolean | null;
}

export interface SaveKeyRequest {
  type: "save_key";
  ask: string;
  key: string;
}

/** What the kernel can send in chunks. The index of a poster is that of its clip. */
export type ChunkedKind = "video" | "image" | "poster" | "sample";

export interface MediaRequest {
  type: "media";
  pull: string;
  job_id: string;
  media: ChunkedKind;
  index: number;
  chunk: number;
}

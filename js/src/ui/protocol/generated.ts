/**
 * The traits and messages that Python and the browser exchange, as they are on the wire.
 * Written by `scripts/generate_protocol.py` from the modules in
 * `legnext_widgets/widgets/kernel/protocol`. Do not edit: change those modules and run the script.
 */

/** A message in English, with what the other languages need to translate it. */
export interface LocalizedMessage {
  text: string;
  /** Null for a message of the service, which has no translation. */
  code: string | null;
  /** The message's placeholders by name; a value may be a message itself. */
  values: Readonly<Record<string, unknown>>;
  /** The input that it is about, when it reports a problem with one. */
  field: string | null;
}

export type MediaKind = "video" | "image";

/** A clip or an image of a job. */
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
  favourite: boolean;
  /** Its own note, else that of the job. */
  note: string;
  hidden: boolean;
}

export type ChunkedKind = "video" | "image" | "poster" | "sample" | "gif" | "webp" | "zip";

/** Why no chunk comes. */
export interface MediaFailure {
  message: string;
  /** Asking again may help. */
  retry: boolean;
}

/** The options that a job was submitted with. */
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

/** A clip of a job, or a whole job. */
export interface Chosen {
  job_id: string;
  /** Null for the job. */
  index: number | null;
}

/** Points of one job. */
export interface JobPoints {
  frozen: number | null;
  consumed: number | null;
}

/** Why a job failed, or is not followed any more. */
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

/** A running job that a submission of unknown outcome may have become. */
export interface Candidate {
  id: string;
  /** Unix seconds. */
  created: number | null;
}

/** One job as the browser shows it. */
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
  /** Position in the queue of a class, from 1, while it waits there. */
  place: number | null;
  points: JobPoints;
  error: JobError | null;
  warning: LocalizedMessage | null;
  media: readonly Media[];
  /** Of the job, or of any of its clips. */
  favourite: boolean;
  note: string;
  /** Of the job, or of all its clips. */
  hidden: boolean;
  can: NextSteps;
  /** Of a request of unknown outcome. */
  candidates: readonly Candidate[];
}

/** Jobs that changed between two revisions; `since` 0 replaces all. */
export interface Delta {
  revision: number;
  since: number;
  jobs: readonly Job[];
  total: number;
}

export type Face = "studio" | "gallery";

export type Source = "image_url" | "image_job" | "text";

export type Motion = "" | "low" | "high";

/** The values of the input traits; an empty text means that the input is not set. */
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

/** Limits of what a person can enter. */
export interface Limits {
  /** Characters of one request's text. */
  prompt: number;
  /** Characters of all prompts of a batch together. */
  prompts: number;
  /** Images of one job. */
  images: number;
  batch_sizes: readonly number[];
}

export const LIMITS: Readonly<Limits> = {
  prompt: 8192,
  prompts: 65536,
  images: 4,
  batch_sizes: [1, 2, 4],
};

/** Jobs that one batch may start. */
export const MAX_BATCH = 200;

/** Jobs in one page, newest first. */
export const PAGE_SIZE = 24;

/** Seconds for which a deletion can be undone. */
export const UNDO_SECONDS = 30;

/** Bytes of a file in one message: front ends lose messages far above it. */
export const CHUNK_BYTES = 1_048_576;

/** What the front end needs to know from the start. */
export interface Config {
  limits: Limits;
  /** Null follows the browser. */
  locale: string | null;
}

/** A sample picture of the sandbox. */
export interface Example {
  title: string;
  url: string;
  /** No browser can reach the link: the kernel sends the bytes. */
  pull: boolean;
}

/** Where the person's own pictures go when a request is sent. */
export interface Uploads {
  /** Such as `s3://bucket/prefix`; empty where they cannot go anywhere. */
  where: string;
  /** How long the link works; Null where that is not known. */
  hours: number | null;
  /** They stay on the kernel's machine. */
  stays: boolean;
}

/** A picture of the person that the kernel holds. */
export interface TakenPicture {
  /** Stands for it in `image_url` and `end_image_url`. */
  link: string;
  name: string;
  /** Pixels and bytes, such as `2048 x 1536, 812 KB`. */
  size: string;
  /** A small copy as a data: link. */
  preview: string | null;
}

/** The service that the widget works with; never a key. */
export interface Service {
  sandbox: boolean;
  speed: number;
  host: string;
  note: string | null;
  has_key: boolean;
  /** It is the gateway of a class, which holds the key. */
  gateway: boolean;
  /** Whether it may reach what only this machine reaches. */
  private_urls: boolean;
  examples: readonly Example[];
  uploads: Uploads;
}

/** Points that the jobs of this studio may take in all, and what they took. */
export interface Budget {
  limit: number;
  spent: number;
}

/** The library on the kernel's machine. */
export interface Library {
  path: string;
  bytes: number;
  /** Of the account, running and failed ones included. */
  jobs: number;
  /** Those of them that the gallery shows: with clips or images. */
  shown: number;
  keeps: boolean;
  /** What is wrong with it, one message each. */
  problems: readonly LocalizedMessage[];
}

/** The class that a student works in: see docs/guides/class.md. */
export interface Classroom {
  /** The teacher lets nothing start. */
  stopped: boolean;
  /** The teacher lets this student start nothing. */
  blocked: boolean;
  /** The service takes no requests of the class at the moment. */
  held_up: boolean;
  /** Jobs of the class that run. */
  running: number;
  /** Jobs of the class that wait. */
  waiting: number;
}

/** What a person needs to know of the account; never its id or key. */
export interface Account {
  balance: number | null;
  low: boolean;
  budget: Budget | null;
  /** Points last charged for a kind of job. */
  costs: Readonly<Record<string, number>>;
  library: Library | null;
  /** Jobs of earlier sessions that still ran when the studio opened. */
  recalled: number;
  /** Null where the service is no gateway. */
  classroom: Classroom | null;
}

export type BatchState = "running" | "stopped" | "done" | "earlier";

/** The progress of a batch. */
export interface Batch {
  click: string;
  total: number;
  sent: number;
  done: number;
  /** Requests that certainly did not become jobs. */
  failed: number;
  /** Requests of unknown outcome; each is shown as an attempt. */
  uncertain: number;
  state: BatchState;
  /** Id of the job of each prompt; empty while it has none. */
  jobs: readonly string[];
  /** Why it stopped by itself, waits, or made no job of a request. */
  reason: LocalizedMessage | null;
  /** Requests that can be sent still, once it has ended. */
  left: number;
  /** Batches that start one after the other when it is done. */
  waiting: number;
}

export type SubmissionPhase =
  | "sending"
  | "accepted"
  | "refused"
  | "uncertain"
  | "made_before"
  | "queued";

/** The state of the last click that asked for a job. */
export interface Submission {
  click: string | null;
  phase: SubmissionPhase;
  job_id: string | null;
  message: LocalizedMessage | null;
  next: LocalizedMessage | null;
  field: string | null;
  candidates: readonly Candidate[];
  /** Requests of the click that the library has a job of already. */
  made_before: number;
}

/** The traits of every widget of this package that the browser sees. */
export interface GalleryTraits {
  _face: Face;
  _config: Config;
  _service: Service;
  /** The last change; empty before the first one. */
  _live: Delta;
  _selected: Selection | null;
  /** A class of the static copy beside the widget. */
  _reading_copy: string;
}

/** The traits of a studio that the browser sees. */
export interface StudioTraits {
  _face: Face;
  _config: Config;
  _service: Service;
  /** The last change; empty before the first one. */
  _live: Delta;
  _selected: Selection | null;
  /** A class of the static copy beside the widget. */
  _reading_copy: string;
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
  /** The form makes a batch. */
  _several: boolean;
  /** What is entered for a batch. */
  _prompts: string;
  /** A request is on its way. */
  busy: boolean;
  _submission: Submission | null;
  _batch: Batch | null;
  _account: Account;
}

/** Clips were copied to a folder of the kernel's machine. */
export interface ExportedMessage {
  type: "exported";
  ask: string;
  path: string;
  /** Why there is no copy. */
  error: LocalizedMessage | null;
}

/** A zip file of clips is ready to be fetched in chunks, as media `zip` of the job `ask`. */
export interface PackedMessage {
  type: "packed";
  ask: string;
  /** A name for the file. */
  name: string;
  /** Clips that could not be fetched. */
  missing: number;
  /** Why there is no file. */
  error: LocalizedMessage | null;
}

/** The answer to a `SyncRequest`, or many changes at once. */
export interface JobsMessage {
  revision: number;
  since: number;
  jobs: readonly Job[];
  total: number;
  type: "jobs";
}

/** The inputs as they are, for a new view whose page may know them in an older state. */
export interface InputsMessage {
  type: "inputs";
  /** By trait, those of a batch as well. */
  values: Readonly<Record<string, string | number | boolean>>;
}

/** What the inputs would send: as JSON, as a curl command and as Python. */
export interface DescribedMessage {
  type: "described";
  ask: string;
  requests: number;
  json: string;
  curl: string;
  python: string;
  problem: LocalizedMessage | null;
}

/** A page of older jobs. */
export interface PagedMessage {
  type: "paged";
  ask: string;
  jobs: readonly Job[];
  /** Where the next page begins; Null after the last one. */
  next: string | null;
  total: number;
  /** Those of all that the gallery shows: with clips or images. */
  shown: number;
  /** Why the page could not be read; it has no jobs. */
  error: LocalizedMessage | null;
}

/** The answer to a picture, or to a part of one: taken, awaiting further parts, or refused. */
export interface PictureMessage {
  type: "picture";
  ask: string;
  /** Null while parts are missing. */
  picture: TakenPicture | null;
  error: LocalizedMessage | null;
}

/** Whether an entered key works. */
export interface KeySavedMessage {
  type: "key_saved";
  ask: string;
  error: LocalizedMessage | null;
}

/** Whether the service knows a job. */
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

/** The answer to a `MediaRequest` that cannot be met. */
export interface MediaErrorMessage {
  type: "media";
  pull: string;
  error: MediaFailure;
}

/** The front end's code. */
export interface FrontEndMessage {
  type: "front_end";
  digest: string;
  /** Missing when the page has this code already. */
  js?: string;
  css?: string;
  /** Thumbnails of the service's examples, as data: links. */
  samples?: readonly string[];
  /** Texts by language: that of the page, or all. */
  catalogs?: Readonly<Record<string, unknown>>;
}

export type FromKernel =
  | JobsMessage
  | InputsMessage
  | DescribedMessage
  | PagedMessage
  | PictureMessage
  | KeySavedMessage
  | LookedUpMessage
  | PackedMessage
  | ExportedMessage
  | MediaMessage
  | MediaErrorMessage
  | FrontEndMessage;

/** Set the note of a job, or of one of its clips. */
export interface AnnotateRequest {
  type: "annotate";
  job_id: string;
  /** The clip; Null or missing for the job. */
  index?: number | null;
  note: string;
}

/** Delete clips and jobs from the library, after the time in which this can be undone. */
export interface DeleteRequest {
  type: "delete";
  /** The id by which it can be undone. */
  undo: string;
  clips?: readonly Chosen[];
}

/** Copy clips to a folder beside the notebook. */
export interface ExportRequest {
  type: "export";
  ask: string;
  clips?: readonly Chosen[];
}

/** Mark a job, or one of its clips, or take the mark away. */
export interface FavouriteRequest {
  type: "favourite";
  job_id: string;
  /** The clip; Null or missing for the job. */
  index?: number | null;
  on: boolean;
}

/** Hide clips and jobs, or show them again. */
export interface HideRequest {
  type: "hide";
  clips?: readonly Chosen[];
  on: boolean;
}

/** Ask for a zip file of clips. */
export interface PackRequest {
  type: "pack";
  ask: string;
  clips?: readonly Chosen[];
}

/** Undo a deletion, or complete it: its time is over in the page that asked for it. */
export interface UndoRequest {
  type: "undo" | "complete";
  undo: string;
}

/** A page asks for the front end's code. */
export interface FrontEndRequest {
  type: "front_end";
  /** Digests of the code that the page has, with its language. */
  has?: readonly string[];
  /** What the page shows; one that does not name it gets all catalogs. */
  language?: string;
  /** A digest that was announced but never arrived. */
  want?: string;
}

/** A page asks for the jobs that changed after a revision, and the traits that report state. */
export interface SyncRequest {
  type: "sync";
  since: number;
}

/** A view opens or closes. */
export interface ViewMessage {
  type: "view";
  view: string;
  open: boolean;
}

export type Takes = "ask" | "reuse" | "new";

/** Generate. */
export interface SubmitRequest {
  type: "submit";
  click: string;
  inputs: Inputs;
  takes?: Takes;
}

/** Generate one job for each prompt. */
export interface SubmitManyRequest {
  type: "submit_many";
  click: string;
  inputs: Inputs;
  prompts: readonly string[];
  takes?: Takes;
}

/** Extend a clip. */
export interface ExtendRequest {
  type: "extend";
  click: string;
  job_id: string;
  index: number;
  prompt: string;
  takes?: Takes;
}

/** Upscale a clip. */
export interface UpscaleRequest {
  type: "upscale";
  click: string;
  job_id: string;
  index: number;
  takes?: Takes;
}

/** Stop sending the batch. */
export interface StopBatchRequest {
  type: "stop_batch";
}

/** Send what is left of the batch: not sent, or certainly not accepted. */
export interface ResumeBatchRequest {
  type: "resume_batch";
}

/** Show the last batch no more, also in later sessions. Its jobs stay. */
export interface ForgetBatchRequest {
  type: "forget_batch";
  /** Its `click`. */
  batch: string;
}

/** Ask for the account's balance. */
export interface BalanceRequest {
  type: "balance";
}

/** Ask for something about one job. */
export interface JobRequest {
  type: "refresh" | "look_up" | "reuse" | "dismiss";
  job_id: string;
}

/** Ask what the inputs would send. */
export interface DescribeRequest {
  type: "describe";
  ask: string;
  inputs: Inputs;
  prompts: readonly string[] | null;
}

/** Ask for a page of older jobs. */
export interface PageRequest {
  type: "page";
  ask: string;
  /** `next` of the page before. */
  before: string | null;
  search: string;
  favourite: boolean | null;
  /** Hidden jobs, and no others. */
  hidden?: boolean;
}

/** Go on with another API key. */
export interface SaveKeyRequest {
  type: "save_key";
  ask: string;
  key: string;
}

/** Send a part of the user's picture to the kernel; each is answered. */
export interface PictureRequest {
  type: "picture";
  ask: string;
  /** The same for all parts of a file. */
  upload: string;
  part: number;
  parts: number;
  /** In base64: not every host carries bytes to the kernel. */
  data: string;
  name: string;
}

/** Ask about a picture that the kernel was given before, such as after a reload of the page. */
export interface KnownPictureRequest {
  type: "known_picture";
  ask: string;
  /** Stands for it in the inputs. */
  link: string;
}

/** Take a frame of a clip as a picture. */
export interface FrameRequest {
  type: "frame";
  ask: string;
  job_id: string;
  index: number;
  /** Milliseconds. */
  at: number;
}

/**
 * Ask for one chunk of a file. The index of a poster is that of its clip. A zip file goes by the
 * `ask` of its `PackRequest`.
 */
export interface MediaRequest {
  type: "media";
  pull: string;
  job_id: string;
  media: ChunkedKind;
  index: number;
  chunk: number;
}

export type ToKernel =
  | FrontEndRequest
  | SyncRequest
  | ViewMessage
  | SubmitRequest
  | SubmitManyRequest
  | ExtendRequest
  | UpscaleRequest
  | StopBatchRequest
  | ResumeBatchRequest
  | ForgetBatchRequest
  | BalanceRequest
  | JobRequest
  | FavouriteRequest
  | AnnotateRequest
  | HideRequest
  | DeleteRequest
  | UndoRequest
  | PackRequest
  | ExportRequest
  | DescribeRequest
  | PageRequest
  | SaveKeyRequest
  | PictureRequest
  | KnownPictureRequest
  | FrameRequest
  | MediaRequest;

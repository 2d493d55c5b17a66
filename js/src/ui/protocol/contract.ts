/**
 * What Python and the browser say to each other, and the reading of it. Everything that comes
 * in is `unknown` until it went through here: a wrong or missing part becomes its neutral value.
 */
import { bag, kept, list, number, text, textOrNull } from "./decode";
import { readTold, type Told } from "./told";

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

export const NEUTRAL_INPUTS: Readonly<Inputs> = Object.freeze({
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
});
export const FIELDS = Object.keys(NEUTRAL_INPUTS) as readonly Field[];

export interface Config {
  promptLimit: number;
  /** Characters that the several prompts may have together. */
  promptsLimit: number;
  images: number;
  batchSizes: readonly number[];
  motions: readonly string[];
  locale: string | null;
}

export interface Sample {
  title: string;
  url: string;
  /** No browser can reach its link: the kernel gives its bytes. */
  pull: boolean;
}

export interface Service {
  sandbox: boolean;
  speed: number;
  host: string;
  note: string | null;
  hasKey: boolean;
  samples: readonly Sample[];
}

export type MediaKind = "video" | "image";

export interface Media {
  kind: MediaKind;
  index: number;
  url: string | null;
  /** Unix seconds after which `url` stops working. */
  expires: number | null;
  pull: boolean;
  /** The kernel has a small still of it. */
  poster: boolean;
  /** A file on the kernel's machine. */
  kept: boolean;
}

/** What can be asked for by a pull: a clip's still is asked for by the clip's number. */
export type PulledKind = MediaKind | "poster" | "sample";

export type Step = "extend" | "upscale" | "animate" | "reuse";

export interface JobSettings {
  video_type: number | null;
  motion: string | null;
  raw: boolean;
  loop: boolean;
  batch_size: number | null;
  image_url: string | null;
  end_image_url: string | null;
}

export interface JobError {
  message: Told | null;
  /** What can be done about it. */
  next: Told | null;
}

export interface Job {
  id: string;
  kind: string;
  status: string;
  done: boolean;
  prompt: string;
  settings: JobSettings;
  parent: { job_id: string; index: number } | null;
  sandbox: boolean;
  created: number | null;
  elapsed: number | null;
  remaining: number | null;
  points: { frozen: number | null; consumed: number | null };
  error: JobError | null;
  warning: Told | null;
  media: readonly Media[];
  favourite: boolean;
  note: string;
  can: Readonly<Record<Step, boolean>>;
}

export interface Delta {
  revision: number;
  since: number;
  jobs: readonly Job[];
  total: number;
}

export type Phase = "sending" | "accepted" | "refused" | "uncertain";

export interface Submission {
  click: string | null;
  phase: Phase;
  jobId: string | null;
  message: Told | null;
  next: Told | null;
  field: string | null;
  candidates: readonly string[];
}

export interface Selection {
  job_id: string;
  index: number;
}

export function readConfig(value: unknown): Config {
  const config = bag(value) ?? {};
  const limits = bag(config.limits) ?? {};
  const sizes = kept(list(limits.batch_sizes).map(number));
  const motions = list(config.motions).map(text).filter(Boolean);
  return {
    promptLimit: number(limits.prompt) ?? 8192,
    promptsLimit: number(limits.prompts) ?? 65_536,
    images: number(limits.images) ?? 4,
    batchSizes: sizes.length > 0 ? sizes : [1, 2, 4],
    motions: motions.length > 0 ? motions : ["low", "high"],
    locale: textOrNull(config.locale),
  };
}

export function readService(value: unknown): Service {
  const service = bag(value) ?? {};
  const samples = list(service.examples).map((entry): Sample | null => {
    const sample = bag(entry);
    if (!sample) return null;
    return { title: text(sample.title), url: text(sample.url), pull: sample.pull === true };
  });
  return {
    sandbox: service.sandbox === true,
    speed: number(service.speed) ?? 1,
    host: text(service.host),
    note: textOrNull(service.note),
    hasKey: service.has_key !== false,
    samples: kept(samples),
  };
}

function readMedia(value: unknown): Media | null {
  const media = bag(value);
  const index = number(media?.index);
  if (!media || index === null) return null;
  return {
    kind: media.kind === "image" ? "image" : "video",
    index,
    url: textOrNull(media.url),
    expires: number(media.expires),
    pull: media.pull === true,
    poster: media.poster === true,
    kept: media.kept === true,
  };
}

function readSettings(value: unknown): JobSettings {
  const settings = bag(value) ?? {};
  return {
    video_type: number(settings.video_type),
    motion: textOrNull(settings.motion),
    raw: settings.raw === true,
    loop: settings.loop === true,
    batch_size: number(settings.batch_size),
    image_url: textOrNull(settings.image_url),
    end_image_url: textOrNull(settings.end_image_url),
  };
}

export function readJob(value: unknown): Job | null {
  const job = bag(value);
  const id = text(job?.id);
  if (!job || id === "") return null;
  const parent = bag(job.parent);
  const points = bag(job.points) ?? {};
  const error = bag(job.error);
  const can = bag(job.can) ?? {};
  return {
    id,
    kind: text(job.kind),
    status: text(job.status),
    done: job.done === true,
    prompt: text(job.prompt),
    settings: readSettings(job.settings),
    parent: parent ? { job_id: text(parent.job_id), index: number(parent.index) ?? 0 } : null,
    sandbox: job.sandbox === true,
    created: number(job.created),
    elapsed: number(job.elapsed),
    remaining: number(job.remaining),
    points: { frozen: number(points.frozen), consumed: number(points.consumed) },
    error: error ? { message: readTold(error.message), next: readTold(error.next) } : null,
    warning: readTold(job.warning),
    media: kept(list(job.media).map(readMedia)),
    favourite: job.favourite === true,
    note: text(job.note),
    can: {
      extend: can.extend === true,
      upscale: can.upscale === true,
      animate: can.animate === true,
      reuse: can.reuse === true,
    },
  };
}

export function readDelta(value: unknown): Delta | null {
  const delta = bag(value);
  const revision = number(delta?.revision);
  const since = number(delta?.since);
  if (!delta || revision === null || since === null) return null;
  const jobs = kept(list(delta.jobs).map(readJob));
  return { revision, since, jobs, total: number(delta.total) ?? jobs.length };
}

const PHASES: readonly string[] = ["sending", "accepted", "refused", "uncertain"];

export function readSubmission(value: unknown): Submission | null {
  const submission = bag(value);
  if (!submission || !PHASES.includes(text(submission.phase))) return null;
  return {
    click: textOrNull(submission.click),
    phase: submission.phase as Phase,
    jobId: textOrNull(submission.job_id),
    message: readTold(submission.message),
    next: readTold(submission.next),
    field: textOrNull(submission.field),
    candidates: list(submission.candidates).map(text).filter(Boolean),
  };
}

export function readSelection(value: unknown): Selection | null {
  const selection = bag(value);
  const index = number(selection?.index);
  const jobId = text(selection?.job_id);
  return jobId === "" || index === null ? null : { job_id: jobId, index };
}

/**
 * Tolerant reading of traits and of the parts of messages. Everything that comes in is `unknown`
 * until it went through here: a wrong or missing part becomes its neutral value.
 */
import type {
  Account,
  Batch,
  Candidate,
  Classroom,
  Config,
  Delta,
  Example,
  Job,
  JobSettings,
  Library,
  LocalizedMessage,
  Media,
  Selection,
  Service,
  Submission,
  SubmissionPhase,
  TakenPicture,
  Uploads,
} from "./generated";
import { LIMITS } from "./generated";

export type JsonObject = Readonly<Record<string, unknown>>;

export const object = (value: unknown): JsonObject | null =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const textOrNull = (value: unknown): string | null =>
  typeof value === "string" ? value : null;
export const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Read each entry of a list and leave out those that cannot be read. */
export function readList<T>(value: unknown, read: (entry: unknown) => T | null): T[] {
  return list(value)
    .map(read)
    .filter((entry): entry is T => entry !== null);
}

export function readLocalizedMessage(value: unknown): LocalizedMessage | null {
  const message = object(value);
  if (!message) return null;
  return {
    text: text(message.text),
    code: textOrNull(message.code),
    values: object(message.values) ?? {},
    field: textOrNull(message.field),
  };
}

export function readConfig(value: unknown): Config {
  const config = object(value) ?? {};
  const limits = object(config.limits) ?? {};
  const sizes = readList(limits.batch_sizes, number);
  return {
    limits: {
      prompt: number(limits.prompt) ?? LIMITS.prompt,
      prompts: number(limits.prompts) ?? LIMITS.prompts,
      images: number(limits.images) ?? LIMITS.images,
      batch_sizes: sizes.length > 0 ? sizes : LIMITS.batch_sizes,
    },
    locale: textOrNull(config.locale),
  };
}

/** Thumbnails that came with the code. A page loads nothing for them. */
export const readSamples = (value: unknown): readonly string[] =>
  readList(value, textOrNull).filter((link) => link.startsWith("data:image/"));

function readExample(value: unknown): Example | null {
  const example = object(value);
  if (!example) return null;
  return { title: text(example.title), url: text(example.url), pull: example.pull === true };
}

export function readService(value: unknown): Service {
  const service = object(value) ?? {};
  return {
    sandbox: service.sandbox === true,
    speed: number(service.speed) ?? 1,
    host: text(service.host),
    note: textOrNull(service.note),
    has_key: service.has_key !== false,
    gateway: service.gateway === true,
    // A kernel that does not say so checks the links itself.
    private_urls: service.private_urls !== false,
    examples: readList(service.examples, readExample),
    uploads: readUploads(service.uploads),
  };
}

function readUploads(value: unknown): Uploads {
  const { where, hours, stays } = object(value) ?? {};
  return { where: text(where), hours: number(hours), stays: stays === true };
}

export function readTakenPicture(value: unknown): TakenPicture | null {
  const picture = object(value);
  const link = text(picture?.link);
  if (!picture || !link) return null;
  const preview = text(picture.preview);
  return {
    link,
    name: text(picture.name),
    size: text(picture.size),
    preview: preview.startsWith("data:image/") ? preview : null,
  };
}

export function readAccount(value: unknown): Account {
  const account = object(value) ?? {};
  const budget = object(account.budget);
  const limit = number(budget?.limit);
  const costs: Record<string, number> = {};
  for (const [kind, points] of Object.entries(object(account.costs) ?? {})) {
    const cost = number(points);
    if (cost !== null) costs[kind] = cost;
  }
  return {
    balance: number(account.balance),
    low: account.low === true,
    budget: limit === null ? null : { limit, spent: number(budget?.spent) ?? 0 },
    costs,
    library: readLibrary(account.library),
    recalled: number(account.recalled) ?? 0,
    classroom: readClassroom(account.classroom),
  };
}

function readClassroom(value: unknown): Classroom | null {
  const classroom = object(value);
  if (!classroom) return null;
  return {
    stopped: classroom.stopped === true,
    blocked: classroom.blocked === true,
    held_up: classroom.held_up === true,
    running: number(classroom.running) ?? 0,
    waiting: number(classroom.waiting) ?? 0,
  };
}

function readLibrary(value: unknown): Library | null {
  const library = object(value);
  if (!library) return null;
  return {
    path: text(library.path),
    bytes: number(library.bytes) ?? 0,
    jobs: number(library.jobs) ?? 0,
    shown: number(library.shown) ?? 0,
    keeps: library.keeps === true,
    problems: readList(library.problems, readLocalizedMessage),
  };
}

export function readBatch(value: unknown): Batch | null {
  const batch = object(value);
  const total = number(batch?.total);
  if (!batch || total === null) return null;
  const { state } = batch;
  return {
    click: text(batch.click),
    total,
    sent: number(batch.sent) ?? 0,
    done: number(batch.done) ?? 0,
    failed: number(batch.failed) ?? 0,
    uncertain: number(batch.uncertain) ?? 0,
    state: state === "running" || state === "stopped" || state === "earlier" ? state : "done",
    jobs: list(batch.jobs).map(text),
    waiting: number(batch.waiting) ?? 0,
    left: number(batch.left) ?? 0,
    reason: readLocalizedMessage(batch.reason),
  };
}

function readMedia(value: unknown): Media | null {
  const media = object(value);
  const index = number(media?.index);
  if (!media || index === null) return null;
  return {
    kind: media.kind === "image" ? "image" : "video",
    index,
    url: textOrNull(media.url),
    expires: number(media.expires),
    pull: media.pull === true,
    poster: media.poster === true,
    favourite: media.favourite === true,
    note: text(media.note),
    hidden: media.hidden === true,
  };
}

function readSettings(value: unknown): JobSettings {
  const settings = object(value) ?? {};
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
  const job = object(value);
  const id = text(job?.id);
  if (!job || id === "") return null;
  const parent = object(job.parent);
  const points = object(job.points) ?? {};
  const error = object(job.error);
  const can = object(job.can) ?? {};
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
    place: number(job.place),
    points: { frozen: number(points.frozen), consumed: number(points.consumed) },
    error: error && {
      message: readLocalizedMessage(error.message),
      next: readLocalizedMessage(error.next),
    },
    warning: readLocalizedMessage(job.warning),
    media: readList(job.media, readMedia),
    favourite: job.favourite === true,
    note: text(job.note),
    hidden: job.hidden === true,
    can: {
      extend: can.extend === true,
      upscale: can.upscale === true,
      reuse: can.reuse === true,
    },
    candidates: readList(job.candidates, readCandidate),
  };
}

export function readDelta(value: unknown): Delta | null {
  const delta = object(value);
  const revision = number(delta?.revision);
  const since = number(delta?.since);
  if (!delta || revision === null || since === null) return null;
  const jobs = readList(delta.jobs, readJob);
  return { revision, since, jobs, total: number(delta.total) ?? jobs.length };
}

const PHASES: readonly string[] = [
  "sending",
  "accepted",
  "refused",
  "uncertain",
  "made_before",
] satisfies SubmissionPhase[];

function readCandidate(value: unknown): Candidate | null {
  const candidate = object(value);
  const id = text(candidate?.id);
  return id === "" ? null : { id, created: number(candidate?.created) };
}

export function readSubmission(value: unknown): Submission | null {
  const submission = object(value);
  if (!submission || !PHASES.includes(text(submission.phase))) return null;
  return {
    click: textOrNull(submission.click),
    phase: submission.phase as SubmissionPhase,
    job_id: textOrNull(submission.job_id),
    message: readLocalizedMessage(submission.message),
    next: readLocalizedMessage(submission.next),
    field: textOrNull(submission.field),
    candidates: readList(submission.candidates, readCandidate),
    made_before: number(submission.made_before) ?? 0,
  };
}

export function readSelection(value: unknown): Selection | null {
  const selection = object(value);
  const index = number(selection?.index);
  const jobId = text(selection?.job_id);
  return jobId === "" || index === null ? null : { job_id: jobId, index };
}

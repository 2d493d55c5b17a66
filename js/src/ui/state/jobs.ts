import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Delta, Job, Media, MediaKind } from "../protocol/generated";

export interface JobsState {
  revision: number;
  total: number;
  /** In no particular order; see `ordered`. */
  byId: ReadonlyMap<string, TimedJob>;
}

/** A snapshot and when it arrived, so that its seconds can be counted on. */
export interface TimedJob {
  job: Job;
  receivedAt: number;
}

export const NO_JOBS: JobsState = { revision: -1, total: 0, byId: new Map() };

/**
 * Apply a delta, or report a gap: a delta in between was missed. A delta from the beginning
 * (`since` 0) replaces everything, or, when it is only a first page, all jobs that are not older.
 * The first change of a session comes since 0, too: who has all that was there before it adds it.
 * A delta that is already known changes nothing.
 */
export function applyDelta(
  state: JobsState,
  delta: Delta,
  now: number,
): { state: JobsState; gap: boolean } {
  const first = state.revision === 0 && delta.revision === 1;
  const whole = delta.since === 0 && !first;
  if (!whole && state.revision < delta.since) return { state, gap: true };
  const known = delta.revision < state.revision;
  const empty = delta.revision === state.revision && delta.jobs.length === 0;
  if (known || empty) return { state, gap: false };
  const byId = new Map(whole ? olderThan(delta, state) : state.byId);
  for (const job of delta.jobs) byId.set(job.id, { job, receivedAt: now });
  return { state: { revision: delta.revision, total: delta.total, byId }, gap: false };
}

function* olderThan(delta: Delta, { byId }: JobsState): Iterable<[string, TimedJob]> {
  if (delta.total <= delta.jobs.length) return;
  const oldest = Math.min(...delta.jobs.map((job) => job.created ?? Number.POSITIVE_INFINITY));
  for (const [id, timed] of byId) if ((timed.job.created ?? oldest) < oldest) yield [id, timed];
}

/** Newest first; jobs of the same second in reverse order of arrival. */
function newestFirst(jobs: Iterable<TimedJob>): TimedJob[] {
  return [...jobs].reverse().sort((a, b) => (b.job.created ?? 0) - (a.job.created ?? 0));
}

export const hasMedia = (job: Job, kind: MediaKind): boolean =>
  job.media.some((media) => media.kind === kind);

export type Marks = Partial<Pick<Media, "favourite" | "note" | "hidden">>;

/** A mark of a job is one of all its clips; the job has a star while any of them has. */
function withMarks(job: Job, index: number | null, marks: Marks): Job {
  const marked = (one: Media) =>
    index === null || one.index === index ? { ...one, ...marks } : one;
  const media = job.media.map(marked);
  if (index === null) return { ...job, ...marks, media };
  const favourite = media.some((one) => one.favourite);
  return { ...job, media, favourite, hidden: media.every((one) => one.hidden) };
}

export interface JobStore {
  readonly state: ReadonlySignal<JobsState>;
  readonly ordered: ReadonlySignal<readonly TimedJob[]>;
  /** Whether any job has not ended yet. */
  readonly running: ReadonlySignal<boolean>;
  get(id: string): Job | undefined;
  /** Apply a delta; false when a `sync` is needed first. */
  take(delta: Delta, now: number): boolean;
  /** Add older jobs of the library. */
  add(jobs: readonly Job[], now: number): void;
  /** Show marks of a job, or of one of its clips, at once; the kernel confirms them later. */
  mark(id: string, index: number | null, marks: Marks): void;
  remove(id: string): void;
  clear(): void;
}

export function createJobStore(): JobStore {
  const state = signal<JobsState>(NO_JOBS);
  const ordered = computed(() => newestFirst(state.value.byId.values()));
  const running = computed(() => [...state.value.byId.values()].some(({ job }) => !job.done));
  const change = (byId: JobsState["byId"]) => {
    state.value = { ...state.peek(), byId };
  };
  return {
    state,
    ordered,
    running,
    get: (id) => state.value.byId.get(id)?.job,
    take(delta, now) {
      const next = applyDelta(state.peek(), delta, now);
      state.value = next.state;
      return !next.gap;
    },
    add(jobs, receivedAt) {
      const added = jobs.map((job) => [job.id, { job, receivedAt }] as const);
      change(new Map([...state.peek().byId, ...added]));
    },
    mark(id, index, marks) {
      const timed = state.peek().byId.get(id);
      if (!timed) return;
      const marked = { ...timed, job: withMarks(timed.job, index, marks) };
      change(new Map([...state.peek().byId, [id, marked]]));
    },
    remove(id) {
      change(new Map([...state.peek().byId].filter(([known]) => known !== id)));
    },
    clear() {
      state.value = NO_JOBS;
    },
  };
}

/** Seconds since the job was created, counted on locally while it runs. */
export function elapsedNow({ job, receivedAt }: TimedJob, now: number): number | null {
  if (job.elapsed === null) return null;
  return job.done ? job.elapsed : job.elapsed + Math.max(0, now - receivedAt) / 1000;
}

/** Seconds that remain by the estimate; negative once the estimate is exceeded. */
export function remainingNow({ job, receivedAt }: TimedJob, now: number): number | null {
  if (job.remaining === null || job.done) return null;
  return job.remaining - Math.max(0, now - receivedAt) / 1000;
}

/** The part that is done, at most 0.98 before the end; null without an estimate. */
export function progressNow(timed: TimedJob, now: number): number | null {
  if (timed.job.done) return 1;
  const elapsed = elapsedNow(timed, now);
  const remaining = remainingNow(timed, now);
  if (elapsed === null || remaining === null) return null;
  const whole = elapsed + Math.max(0, remaining);
  return whole <= 0 ? 0 : Math.min(0.98, elapsed / whole);
}

import type { Chosen, Job, Media } from "../protocol/generated";
import type { JobsState } from "./jobs";

/** One clip with its job. */
export interface Entry {
  job: Job;
  media: Media;
}

export const keyOf = (jobId: string, index: number): string => `${index}/${jobId}`;

/** The clips of jobs, in their order. */
export const clipsOf = (jobs: readonly Job[]): Entry[] =>
  jobs.flatMap((job) =>
    job.media.filter(({ kind }) => kind === "video").map((media) => ({ job, media })),
  );

/** The ticked clips that are still there, those that are shown first and in their order. */
export function tickedEntries(
  ticked: ReadonlySet<string>,
  shown: readonly Job[],
  { byId }: JobsState,
): Entry[] {
  if (ticked.size === 0) return [];
  const jobs = new Set([...shown.map(({ id }) => id), ...byId.keys()]);
  const known = [...jobs].flatMap((id) => byId.get(id)?.job ?? []);
  return clipsOf(known).filter(({ job, media }) => ticked.has(keyOf(job.id, media.index)));
}

/** The keys of all clips from one to another, both included, in the order in which they are shown. */
export function between(shown: readonly Job[], from: string, to: string): string[] {
  const keys = clipsOf(shown).map(({ job, media }) => keyOf(job.id, media.index));
  const [start, end] = [keys.indexOf(from), keys.indexOf(to)].sort((a, b) => a - b);
  return start === undefined || end === undefined || start < 0 ? [to] : keys.slice(start, end + 1);
}

export const chosenOf = (entries: readonly Entry[]): Chosen[] =>
  entries.map(({ job, media }) => ({ job_id: job.id, index: media.index }));

import type { Job } from "../protocol/generated";
import { hasMedia } from "./jobs";

/** Which of the loaded jobs a view shows, and how. */
export interface Browse {
  search: string;
  status: "" | "running" | "failed" | "uncertain";
  kind: string;
  favourites: boolean;
  /** What was hidden, and nothing else. */
  hidden: boolean;
  sort: "newest" | "oldest" | "words";
  layout: "grid" | "list";
}

export const PLAIN: Readonly<Browse> = Object.freeze({
  search: "",
  status: "",
  kind: "",
  favourites: false,
  hidden: false,
  sort: "newest",
  layout: "grid",
});

export const KINDS = ["video_diffusion", "extend_video", "video_upscale", "diffusion"] as const;

export const isNarrowed = ({ search, status, kind, favourites, hidden }: Browse): boolean =>
  search.trim() !== "" || status !== "" || kind !== "" || favourites || hidden;

/**
 * The jobs to show, in order.
 *
 * @param jobs Newest first.
 * @param found Ids of jobs that the library found: it searches in more than is loaded here.
 */
export function arrange(
  jobs: readonly Job[],
  browse: Browse,
  { images, found }: { images: boolean; found: ReadonlySet<string> },
): readonly Job[] {
  const fits = jobs
    .flatMap((job) => withClips(job, browse) ?? [])
    .filter(
      (job) =>
        hasStatus(job, browse.status, images) &&
        (browse.kind === "" || job.kind === browse.kind) &&
        (!browse.favourites || job.favourite) &&
        (found.has(job.id) || matches(job, browse.search)),
    );
  if (browse.sort === "oldest") return fits.reverse();
  if (browse.sort === "words") return fits.sort((a, b) => a.prompt.localeCompare(b.prompt));
  return fits;
}

/** A job with the clips that are wanted of it; null when it is not. */
function withClips(job: Job, { hidden, favourites }: Browse): Job | null {
  if (job.media.length === 0) return job.hidden === hidden ? job : null;
  // A kernel that knows only stars of jobs means all their clips.
  const all = !favourites || (job.favourite && !job.media.some((one) => one.favourite));
  const media = job.media.filter((one) => one.hidden === hidden && (all || one.favourite));
  if (media.length === job.media.length) return job;
  return media.length === 0 ? null : { ...job, media };
}

function hasStatus(job: Job, status: Browse["status"], images: boolean): boolean {
  if (status === "running") return !job.done;
  if (status === "uncertain") return job.status === "uncertain";
  const shows = hasMedia(job, "video") || (images && hasMedia(job, "image"));
  if (status === "") return shows;
  return job.done && job.media.length === 0 && job.status !== "uncertain";
}

const plain = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** So many characters of a search may be the beginning of an id; fewer are letters of words. */
const PART_OF_ID = /^[0-9a-f][0-9a-f-]{7,}$/;

/** Every word of the search is somewhere in the prompt or a note, or it begins the id. */
function matches(job: Job, search: string): boolean {
  const wanted = plain(search).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return true;
  const notes = job.media.map(({ note }) => note);
  const text = plain([job.prompt, job.note, ...notes].join("\n"));
  return wanted.every(
    (word) => text.includes(word) || (PART_OF_ID.test(word) && plain(job.id).startsWith(word)),
  );
}

/** The day of a job in local time, such as `2026-03-01`; empty without a date. */
export function dayOf(job: Pick<Job, "created">): string {
  if (job.created === null) return "";
  const date = new Date(job.created * 1000);
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** Jobs that are rendered together, with the days that begin among them. */
export interface Chunk {
  groups: readonly { day: string | null; jobs: readonly Job[] }[];
  jobs: readonly Job[];
  /** Index of the first job among all. */
  from: number;
}

export function chunksOf(jobs: readonly Job[], size: number, byDay: boolean): readonly Chunk[] {
  const chunks: Chunk[] = [];
  const several = byDay && new Set(jobs.map(dayOf)).size > 1;
  let last: string | null = null;
  for (let from = 0; from < jobs.length; from += size) {
    const some = jobs.slice(from, from + size);
    const groups: { day: string | null; jobs: Job[] }[] = [];
    for (const job of some) {
      const day = several ? dayOf(job) : null;
      const begins = several && day !== last;
      if (begins || groups.length === 0) groups.push({ day: begins ? day : null, jobs: [] });
      groups.at(-1)?.jobs.push(job);
      last = day;
    }
    chunks.push({ groups, jobs: some, from });
  }
  return chunks;
}

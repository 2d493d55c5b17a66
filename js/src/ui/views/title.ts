import type { Job } from "../contract";
import type { Words } from "../words/en";

export function titleOf(job: Job, words: Words): string {
  const { untitled } = words;
  const known = (kind: string): kind is keyof typeof untitled => Object.hasOwn(untitled, kind);
  return job.prompt.trim() || untitled[known(job.kind) ? job.kind : "video_diffusion"];
}

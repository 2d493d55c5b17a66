import type { Words } from "../i18n/en";
import type { Job } from "../protocol/contract";

export function titleOf(job: Job, words: Words): string {
  const { untitled } = words;
  const known = (kind: string): kind is keyof typeof untitled => Object.hasOwn(untitled, kind);
  return job.prompt.trim() || untitled[known(job.kind) ? job.kind : "video_diffusion"];
}

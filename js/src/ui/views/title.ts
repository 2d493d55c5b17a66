import type { Job } from "../contract";
import type { Words } from "../words/en";

export function titleOf(job: Job, words: Words): string {
  return job.prompt.trim() || words.untitled(job);
}

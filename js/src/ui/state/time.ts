import type { TimedJob } from "./jobs";

/** Seconds since the job was made, counted on locally while it runs. */
export function elapsedNow({ job, receivedAt }: TimedJob, now: number): number | null {
  if (job.elapsed === null) return null;
  return job.done ? job.elapsed : job.elapsed + Math.max(0, now - receivedAt) / 1000;
}

/** Seconds that remain by the estimate; negative when it takes longer than the estimate said. */
export function remainingNow({ job, receivedAt }: TimedJob, now: number): number | null {
  if (job.remaining === null || job.done) return null;
  return job.remaining - Math.max(0, now - receivedAt) / 1000;
}

/** Part of the whole that is behind us, at most 0.98 before the end; null without an estimate. */
export function progressNow(timed: TimedJob, now: number): number | null {
  if (timed.job.done) return 1;
  const elapsed = elapsedNow(timed, now);
  const remaining = remainingNow(timed, now);
  if (elapsed === null || remaining === null) return null;
  const whole = elapsed + Math.max(0, remaining);
  return whole <= 0 ? 0 : Math.min(0.98, elapsed / whole);
}

/** `0:07`, `3:56`, `1:02:09`: a clock that does not jump in width. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (part: number) => String(part).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0
    ? `${hours}:${pad(minutes)}:${pad(whole % 60)}`
    : `${minutes}:${pad(whole % 60)}`;
}

/** Remaining time rounded as far as an estimate can be trusted. */
export function roughly(seconds: number): { unit: "seconds" | "minutes"; amount: number } {
  if (seconds < 55) return { unit: "seconds", amount: Math.max(5, Math.ceil(seconds / 5) * 5) };
  return { unit: "minutes", amount: Math.max(1, Math.round(seconds / 60)) };
}

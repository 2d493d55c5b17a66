import type { Translate } from "../i18n/translate";
import { roughly } from "../state/format";
import { elapsedNow, remainingNow, type TimedJob } from "../state/jobs";

/** A job counts as late after this part of its expected time, and no less than some seconds. */
const LATE_PART = 0.25;
const LATE_S = 5;

/** The time that a running job still takes, in words; empty where nothing is known. */
export function timeText(timed: TimedJob, now: number, t: Translate): string {
  const remaining = remainingNow(timed, now);
  if (remaining === null) return timed.job.status === "processing" ? t("queue.no_estimate") : "";
  if (remaining > 0) {
    const { unit, amount } = roughly(remaining);
    return unit === "seconds"
      ? t("queue.seconds_left", { amount })
      : t("queue.minutes_left", { amount });
  }
  const expected = (elapsedNow(timed, now) ?? 0) + remaining;
  const late = -remaining > Math.max(LATE_S, expected * LATE_PART);
  return late ? t("queue.overdue") : t("queue.nearly");
}

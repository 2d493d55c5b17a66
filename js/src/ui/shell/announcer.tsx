import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { nameOf, titleOf } from "../i18n/localize";
import { type Translate, useTranslate } from "../i18n/translate";
import type { Job, Submission } from "../protocol/generated";
import type { Session } from "../session";
import { useScene } from "../shared/context";
import { hasMedia } from "../state/jobs";

/** Announce changes politely to screen readers: each once, and none of the past. */
export function Announcer() {
  const { session, view } = useScene();
  const t = useTranslate();
  // The state when the view opens is not announced.
  const known = useRef(statusById(session));
  const announced = useRef(outcomeKey(session.submission.peek()));

  useSignalEffect(() => {
    const jobs = session.jobs.ordered.value;
    const before = known.current;
    known.current = statusById(session);
    const texts = jobs
      .filter(({ job }) => before.get(job.id) !== undefined && before.get(job.id) !== job.status)
      .map(({ job }) => textOf(job, t));
    if (texts.length > 0) view.announcement.value = texts.join(" ");
  });

  useSignalEffect(() => {
    const outcome = session.submission.value;
    const key = outcomeKey(outcome);
    if (key === announced.current) return;
    announced.current = key;
    if (outcome?.phase === "accepted") view.announcement.value = t("announce.accepted");
  });

  return (
    <div class="sr-only" role="status" aria-live="polite">
      {view.announcement.value}
    </div>
  );
}

function statusById(session: Session): ReadonlyMap<string, string> {
  return new Map(session.jobs.ordered.peek().map(({ job }) => [job.id, job.status]));
}

const outcomeKey = (outcome: Submission | null): string => `${outcome?.click}/${outcome?.phase}`;

function textOf(job: Job, t: Translate): string {
  const title = titleOf(job, t);
  if (!job.done) return t("announce.status", { status: nameOf(t, "status", job.status), title });
  if (job.error) return t("announce.failed", { title });
  const count = job.media.length;
  return hasMedia(job, "image")
    ? t("announce.images_ready", { count, title })
    : t("announce.ready", { count, title });
}

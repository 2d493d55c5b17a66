import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { nameOf, titleOf } from "../i18n/localize";
import { type Translate, useTranslate } from "../i18n/translate";
import type { Job, Submission } from "../protocol/generated";
import type { Session } from "../session";
import { useScene } from "../shared/context";
import { hasMedia } from "../state/jobs";

/** Says changes politely to those who do not see them; each once, and nothing about the past. */
export function Announcer() {
  const { session, view } = useScene();
  const t = useTranslate();
  // What is there when the view opens is no news.
  const known = useRef(statusById(session));
  const told = useRef(outcomeKey(session.submission.peek()));

  useSignalEffect(() => {
    const jobs = session.jobs.ordered.value;
    const before = known.current;
    known.current = statusById(session);
    const said = jobs
      .filter(({ job }) => before.get(job.id) !== undefined && before.get(job.id) !== job.status)
      .map(({ job }) => news(job, t));
    if (said.length > 0) view.announcement.value = said.join(" ");
  });

  useSignalEffect(() => {
    const outcome = session.submission.value;
    const key = outcomeKey(outcome);
    if (key === told.current) return;
    told.current = key;
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

function news(job: Job, t: Translate): string {
  const title = titleOf(job, t);
  if (!job.done) return t("announce.status", { status: nameOf(t, "status", job.status), title });
  if (job.error) return t("announce.failed", { title });
  const count = job.media.length;
  return hasMedia(job, "image")
    ? t("announce.images_ready", { count, title })
    : t("announce.ready", { count, title });
}

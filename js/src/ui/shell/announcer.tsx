import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Words } from "../i18n/en";
import { nameOf, useWords } from "../i18n/translate";
import type { Job, Submission } from "../protocol/contract";
import type { Session } from "../session";
import { useScene } from "../shared/context";
import { titleOf } from "../shared/title";
import { hasMedia } from "../state/jobs";

/** Says changes politely to those who do not see them; each once, and nothing about the past. */
export function Announcer() {
  const { session, view } = useScene();
  const words = useWords();
  // What is there when the view opens is no news.
  const known = useRef(statusById(session));
  const told = useRef(outcomeKey(session.submission.peek()));

  useSignalEffect(() => {
    const jobs = session.jobs.ordered.value;
    const before = known.current;
    known.current = statusById(session);
    const said = jobs
      .filter(({ job }) => before.get(job.id) !== undefined && before.get(job.id) !== job.status)
      .map(({ job }) => news(job, words));
    if (said.length > 0) view.announcement.value = said.join(" ");
  });

  useSignalEffect(() => {
    const outcome = session.submission.value;
    const key = outcomeKey(outcome);
    if (key === told.current) return;
    told.current = key;
    if (outcome?.phase === "accepted") view.announcement.value = words.announce.accepted;
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

function news(job: Job, words: Words): string {
  const title = titleOf(job, words);
  if (!job.done) return words.announce.status(nameOf(words.status, job.status), title);
  if (job.error) return words.announce.failed(title);
  const count = job.media.length;
  return hasMedia(job, "image")
    ? words.announce.imagesReady(count, title)
    : words.announce.ready(count, title);
}

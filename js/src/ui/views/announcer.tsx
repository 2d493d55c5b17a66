import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { hasMedia } from "../state/jobs";
import { useWords } from "../words/words";
import { useScene } from "./context";
import { titleOf } from "./title";

/** Says changes politely to those who do not see them; each once, and nothing about the past. */
export function Announcer() {
  const { session, view } = useScene();
  const words = useWords();
  const known = useRef<Map<string, boolean> | null>(null);
  const lastOutcome = useRef<string | null>(null);

  useSignalEffect(() => {
    const jobs = session.jobs.ordered.value;
    const before = known.current;
    known.current = new Map(jobs.map(({ job }) => [job.id, job.done]));
    if (!before) return;
    const said = jobs
      .filter(({ job }) => job.done && before.get(job.id) === false)
      .map(({ job }) => {
        const title = titleOf(job, words);
        if (job.error) return words.announce.failed(title);
        const count = job.media.length;
        return hasMedia(job, "video")
          ? words.announce.ready(count, title)
          : words.announce.imagesReady(count, title);
      });
    if (said.length > 0) view.announcement.value = said.join(" ");
  });

  useSignalEffect(() => {
    const outcome = session.submission.value;
    const key = outcome ? `${outcome.click}/${outcome.phase}` : null;
    const first = lastOutcome.current === null;
    if (key === lastOutcome.current) return;
    lastOutcome.current = key ?? "";
    // What happened before this view was opened is no news.
    if (!outcome || (first && session.click.peek() === null && outcome.phase !== "sending")) return;
    if (outcome.phase === "accepted") view.announcement.value = words.announce.accepted;
  });

  return (
    <div class="sr-only" role="status" aria-live="polite">
      {view.announcement.value}
    </div>
  );
}

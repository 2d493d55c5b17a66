import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { hasMedia } from "../state/jobs";
import { useWords } from "../words/words";
import type { Face } from "./app";
import { useScene } from "./context";
import { FilmIcon } from "./icons";
import { JobCard } from "./job_card";
import { useNearViewport } from "./near_viewport";

const PAGE = 12;

/** The finished jobs, newest first. More are put in place as the end of the list comes near. */
export function Gallery({ face }: { face: Face }) {
  const { session, view } = useScene();
  const words = useWords();
  const section = useRef<HTMLElement>(null);
  const [limit, setLimit] = useState(PAGE);
  const jobs = session.jobs.ordered.value.filter(
    ({ job }) => hasMedia(job, "video") || (face === "studio" && hasMedia(job, "image")),
  );
  const running = session.jobs.ordered.value.some(({ job }) => !job.done);
  useLayoutEffect(() => {
    view.shown.value = jobs.map(({ job }) => job);
  });
  const reveal = view.reveal.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a wish to see another job counts
  useEffect(() => {
    if (!reveal) return;
    const at = jobs.findIndex(({ job }) => job.id === reveal.jobId);
    if (at >= limit) return setLimit(at + 1);
    view.reveal.value = null;
    const cards = [...(section.current?.querySelectorAll<HTMLElement>("[data-job-id]") ?? [])];
    const card = cards.find(({ dataset }) => dataset.jobId === reveal.jobId);
    card?.scrollIntoView?.({ block: "center" });
    card?.querySelectorAll<HTMLElement>(".clip-open")[reveal.index]?.focus();
  }, [reveal, limit]);
  return (
    <section ref={section} class="gallery" aria-label={words.gallery.title}>
      <div class="section-head">
        <h3>{words.gallery.title}</h3>
        {jobs.length > 0 && <span class="section-note">{words.gallery.jobs(jobs.length)}</span>}
      </div>
      {jobs.length === 0 ? (
        <div class="empty">
          <div class="empty-frames" aria-hidden="true">
            {[0, 1, 2, 3].map((frame) => (
              <span class="empty-frame" key={frame} data-running={running ? "true" : undefined}>
                <FilmIcon />
              </span>
            ))}
          </div>
          <p class="empty-title">
            {face === "studio" ? words.gallery.empty : words.gallery.emptyAlone}
          </p>
          {face === "studio" && <p class="hint">{words.gallery.emptyHint}</p>}
        </div>
      ) : (
        <ul class="plain-list cards">
          {jobs.slice(0, limit).map(({ job }) => (
            <JobCard key={job.id} job={job} face={face} />
          ))}
        </ul>
      )}
      {jobs.length > limit && <MoreOf onMore={() => setLimit((shown) => shown + PAGE)} />}
    </section>
  );
}

function MoreOf({ onMore }: { onMore: () => void }) {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const near = useNearViewport(place);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only coming near asks for more
  useEffect(() => {
    if (near) onMore();
  }, [near]);
  return (
    <div ref={place} class="more-of">
      <button type="button" class="button" onClick={onMore}>
        {words.gallery.more}
      </button>
    </div>
  );
}

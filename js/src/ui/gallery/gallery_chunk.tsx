import { useRef, useState } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import type { Face } from "../protocol/generated";
import { memo } from "../shared/memo";
import { useNearViewport } from "../shared/near_viewport";
import type { Browse, Chunk } from "../state/browse";
import { dayName } from "../state/format";
import { JobCard } from "./job_card";

/** Beyond this, above and below, a chunk is an empty box of its height. */
const MARGIN_PX = 900;
const FIRST_GUESS_PX = { grid: 290, list: 92 };
const HEADING_PX = 34;
const GAP_PX = 14;

/** The heights of cards when they were last rendered. */
export class Heights {
  private readonly known = new Map<string, number>();
  private sum = 0;

  note(jobId: string, px: number): void {
    if (px <= 0) return;
    this.sum += px - (this.known.get(jobId) ?? 0);
    this.known.set(jobId, px);
  }

  of(chunk: Chunk, layout: Browse["layout"]): number {
    const usual = this.known.size > 0 ? this.sum / this.known.size : FIRST_GUESS_PX[layout];
    const cards = chunk.jobs.reduce((sum, job) => sum + (this.known.get(job.id) ?? usual), 0);
    const headings = chunk.groups.filter(({ day }) => day !== null).length;
    return cards + headings * HEADING_PX;
  }
}

interface GalleryChunkProps {
  chunk: Chunk;
  total: number;
  face: Face;
  layout: Browse["layout"];
  heights: Heights;
  /** Rendered wherever the viewport is: the first chunk, and one that is scrolled to. */
  pinned: boolean;
}

/** A few jobs that are rendered only while they are near the viewport or have the focus. */
export const GalleryChunk = memo(function GalleryChunk(props: GalleryChunkProps) {
  const { chunk, total, face, layout, heights, pinned } = props;
  const t = useTranslate();
  const place = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(false);
  const measure = () => {
    for (const card of place.current?.querySelectorAll<HTMLElement>("[data-job-id]") ?? []) {
      heights.note(card.dataset.jobId ?? "", card.offsetHeight + GAP_PX);
    }
  };
  const options = { margin: MARGIN_PX, settle: 0, first: pinned, leaving: measure };
  const here = useNearViewport(place, options) || focused || pinned;

  if (!here) {
    const blockSize = `${Math.round(heights.of(chunk, layout))}px`;
    return <div ref={place} class="chunk" style={{ blockSize }} />;
  }
  let at = chunk.from;
  return (
    <div
      ref={place}
      class="chunk"
      onFocusIn={() => setFocused(true)}
      onFocusOut={() => {
        measure();
        setFocused(false);
      }}
    >
      {chunk.groups.map(({ day, jobs }) => (
        <div class="day" key={String(day)}>
          {day !== null && (
            <h4 class="day-title">
              {dayName(day, new Date(), t.language) || t("gallery.undated")}
            </h4>
          )}
          <ul class="plain-list cards" data-layout={layout}>
            {jobs.map((job) => {
              at += 1;
              return <JobCard key={job.id} job={job} face={face} place={at} total={total} />;
            })}
          </ul>
        </div>
      ))}
    </div>
  );
}, sameChunk);

function sameChunk(a: GalleryChunkProps, b: GalleryChunkProps): boolean {
  return (
    a.layout === b.layout &&
    a.pinned === b.pinned &&
    a.total === b.total &&
    a.heights === b.heights &&
    a.chunk.from === b.chunk.from &&
    a.chunk.jobs.length === b.chunk.jobs.length &&
    a.chunk.jobs.every((job, at) => job === b.chunk.jobs[at]) &&
    a.chunk.groups.length === b.chunk.groups.length &&
    a.chunk.groups.every(({ day }, at) => day === b.chunk.groups[at]?.day)
  );
}

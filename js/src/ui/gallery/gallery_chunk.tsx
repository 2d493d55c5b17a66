import { useRef, useState } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import type { Face } from "../protocol/generated";
import { memo } from "../shared/memo";
import { useNearViewport } from "../shared/near_viewport";
import type { Browse, Chunk } from "../state/browse";
import { dayName } from "../state/format";
import { JobCard } from "./job_card";

/** Beyond this, above and below, a chunk is an empty box of its height. */
const MARGIN_PX = 600;
const FIRST_GUESS_PX = { grid: 290, list: 92 };

/** The heights of chunks when they were last rendered. */
export class Heights {
  private readonly known = new Map<string, { px: number; jobs: number }>();
  private px = 0;
  private jobs = 0;

  note(chunk: Chunk, px: number): void {
    const first = chunk.jobs[0]?.id;
    if (px <= 0 || first === undefined) return;
    const before = this.known.get(first) ?? { px: 0, jobs: 0 };
    const now = { px, jobs: chunk.jobs.length };
    this.px += now.px - before.px;
    this.jobs += now.jobs - before.jobs;
    this.known.set(first, now);
  }

  of(chunk: Chunk, layout: Browse["layout"]): number {
    const known = this.known.get(chunk.jobs[0]?.id ?? "");
    if (known?.jobs === chunk.jobs.length) return known.px;
    const usual = this.jobs > 0 ? this.px / this.jobs : FIRST_GUESS_PX[layout];
    return chunk.jobs.length * usual;
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
  const measure = () => heights.note(chunk, place.current?.offsetHeight ?? 0);
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
          <ul
            class="plain-list cards"
            data-layout={layout}
            data-alone={total === 1 ? "true" : undefined}
          >
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

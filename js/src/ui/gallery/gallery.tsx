import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import type { Face } from "../protocol/generated";
import { useScene } from "../shared/context";
import { FilmIcon } from "../shared/icons";
import { stepOf } from "../shared/motion";
import { arrange, chunksOf, isNarrowed, PLAIN } from "../state/browse";
import { BrowseBar } from "./browse_bar";
import { ChoiceBar } from "./choice_bar";
import { GalleryChunk, Heights } from "./gallery_chunk";
import { LayoutButtons } from "./layout_buttons";
import { OlderJobs } from "./older_jobs";

/** Whole rows of one to three cards. */
const IN_A_CHUNK = { grid: 6, list: 10 };
/** With no more jobs than this, there is nothing to find or arrange. */
const MANY = 3;

/** The finished jobs. Only those near the viewport are rendered; scrolling loads older ones. */
export function Gallery({ face }: { face: Face }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const section = useRef<HTMLElement>(null);
  const browse = view.browse.value;
  const { tiles } = view.room.value;
  const { found, more, shown: inLibrary } = session.pages.state.value;
  const ordered = session.jobs.ordered.value;
  const searched = browse.search.trim() !== "";
  const onlyImages = ordered.every(({ job }) => job.kind === "diffusion");
  const images = face === "studio" || onlyImages;
  const loaded = useMemo(() => ordered.map(({ job }) => job), [ordered]);
  const jobs = useMemo(
    () => arrange(loaded, browse, { images, found: searched ? found : NONE }),
    [loaded, browse, images, found, searched],
  );
  const chunks = useMemo(
    () => chunksOf(jobs, IN_A_CHUNK[browse.layout], browse.sort !== "words"),
    [jobs, browse],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another layout has other heights
  const heights = useMemo(() => new Heights(), [browse.layout, tiles]);
  const narrowed = isNarrowed(browse);
  // Of what is filtered here, only the part that is loaded is known.
  const local = browse.status !== "" || browse.kind !== "" || (face === "gallery" && narrowed);
  const all = narrowed ? 0 : (session.account.value.library?.shown ?? 0);
  // With nothing more to load, all there is to show is shown.
  const total = local || !more ? 0 : Math.max(inLibrary, all);
  const ended = ordered.filter(({ job }) => job.done).length;
  const anyHidden = ordered.some(({ job }) => job.media.some((media) => media.hidden));
  // A gallery of jobs without clips yet shows them in its queue. Hidden clips are clips: the way
  // back to them stays.
  const onlyUnfinished =
    face === "gallery" && ordered.length > 0 && ordered.every(({ job }) => job.media.length === 0);
  const reveal = view.reveal.value;
  const wanted = reveal ? jobs.findIndex((job) => job.id === reveal.jobId) : -1;

  useLayoutEffect(() => {
    view.shown.value = jobs;
  }, [jobs, view]);

  useEffect(() => {
    if (!reveal) return;
    if (wanted < 0) {
      // Perhaps a filter hides it.
      if (narrowed) view.browse.value = { ...browse, ...PLAIN, layout: browse.layout };
      else view.reveal.value = null;
      return;
    }
    const cards = [...(section.current?.querySelectorAll<HTMLElement>("[data-job-id]") ?? [])];
    const card = cards.find(({ dataset }) => dataset.jobId === reveal.jobId);
    if (!card) return;
    card.scrollIntoView?.({ block: "center" });
    const target = card.querySelectorAll<HTMLElement>(".clip-open")[reveal.index];
    (target ?? card.querySelector<HTMLElement>("button"))?.focus();
    view.reveal.value = null;
  }, [reveal, wanted, narrowed, browse, view]);

  if (jobs.length === 0 && onlyUnfinished && !narrowed) return null;
  return (
    <section ref={section} class="gallery" data-tiles={tiles} aria-label={t("gallery.title")}>
      <div class="section-head">
        <h3>{t("gallery.title")}</h3>
        <span class="section-note" role="status">
          {jobs.length > 0 &&
            (total > jobs.length
              ? t("gallery.of", { shown: jobs.length, count: total })
              : t("gallery.jobs", { count: jobs.length }))}
        </span>
        <span class="spacer" />
        {jobs.length > 0 && <LayoutButtons face={face} several={jobs.length > 1} />}
      </div>
      {(narrowed || ended > MANY || anyHidden) && <BrowseBar />}
      <ChoiceBar />
      {jobs.length === 0 && (narrowed ? <NothingFits /> : <Empty face={face} />)}
      {chunks.map((chunk, at) => (
        <GalleryChunk
          key={at}
          chunk={chunk}
          total={jobs.length}
          face={face}
          layout={browse.layout}
          heights={heights}
          pinned={at === 0 || chunk.jobs.some((job) => job.id === reveal?.jobId)}
        />
      ))}
      <OlderJobs shown={jobs.length} />
    </section>
  );
}

const NONE: ReadonlySet<string> = new Set();

function NothingFits() {
  const { view } = useScene();
  const t = useTranslate();
  return (
    <div class="empty">
      <p class="empty-title">{t("browse.none")}</p>
      <button
        type="button"
        class="link-button"
        onClick={() => {
          view.browse.value = { ...PLAIN, layout: view.browse.peek().layout };
        }}
      >
        {t("browse.reset")}
      </button>
    </div>
  );
}

function Empty({ face }: { face: Face }) {
  const { session } = useScene();
  const t = useTranslate();
  const running = session.jobs.ordered.value.some(({ job }) => !job.done);
  return (
    <div class="empty">
      <EmptyFrames running={running} />
      <p class="empty-title">{face === "studio" ? t("gallery.empty") : t("gallery.empty_alone")}</p>
      {!running && (
        <p class="hint">
          {face === "studio" ? t("gallery.empty_hint") : t("gallery.empty_alone_hint")}
        </p>
      )}
    </div>
  );
}

/** Four places for clips. While a job runs, one after the other is dimmed. */
function EmptyFrames({ running }: { running: boolean }) {
  const { view } = useScene();
  const dimmed = running ? stepOf(view.now.value, FRAMES.length + 1) - 1 : -1;
  return (
    <div class="empty-frames" aria-hidden="true">
      {FRAMES.map((frame) => (
        <span class="empty-frame" key={frame} data-dimmed={frame === dimmed ? "true" : undefined}>
          <FilmIcon />
        </span>
      ))}
    </div>
  );
}

const FRAMES = [0, 1, 2, 3];

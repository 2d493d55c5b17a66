import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Job, Media, Selection } from "../contract";
import { useClip } from "../media/use_clip";
import { useWords } from "../words/words";
import { ClipFacts } from "./clip_facts";
import { ClipTrouble } from "./clip_trouble";
import { useScene } from "./context";
import { CopyLink } from "./copy_link";
import { placeDialog } from "./dialog_place";
import { DownloadButton } from "./download_button";
import { BackIcon, CloseIcon, NextIcon, ReuseIcon, Spinner } from "./icons";
import { inputsOf } from "./reuse";
import { titleOf } from "./title";

interface Entry {
  job: Job;
  media: Media;
}

/** The large view: one clip with controls, stepping, and all that is known about it. */
export function LargeView({ reusable }: { reusable: boolean }) {
  const { session, view } = useScene();
  const open = view.large.value;
  if (!open) return null;
  const clips = session.jobs.ordered.value.flatMap(({ job }): Entry[] =>
    job.media.filter((media) => media.kind === "video").map((media) => ({ job, media })),
  );
  const at = clips.findIndex(
    ({ job, media }) => job.id === open.job_id && media.index === open.index,
  );
  const entry = clips[at];
  if (!entry) return null;
  return <LargeDialog entry={entry} clips={clips} at={at} reusable={reusable} />;
}

interface LargeDialogProps {
  entry: Entry;
  clips: Entry[];
  at: number;
  reusable: boolean;
}

function LargeDialog({ entry, clips, at, reusable }: LargeDialogProps) {
  const { session, view } = useScene();
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  const { job, media } = entry;
  const title = titleOf(job, words);
  const ofJob = clips.filter((clip) => clip.job.id === job.id);
  const place = ofJob.findIndex((clip) => clip.media.index === media.index);
  const inputs = inputsOf(job);

  // Before the paint: what has the focus now is what gets it back.
  useLayoutEffect(() => {
    const element = dialog.current;
    const root = element?.getRootNode() as Document | ShadowRoot | undefined;
    const before = root?.activeElement;
    if (element && !element.open) {
      if (element.showModal) element.showModal();
      else element.setAttribute("open", "");
      if (before) placeDialog(element, before);
      closer.current?.focus();
    }
    return () => {
      if (element?.open) element.close?.();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  const close = () => {
    view.large.value = null;
  };
  const step = (by: number) => {
    const next = clips[at + by];
    if (!next) return;
    const selection: Selection = { job_id: next.job.id, index: next.media.index };
    view.large.value = selection;
    session.select(selection);
  };

  return (
    <dialog
      ref={dialog}
      class="large"
      aria-label={`${words.large.title(place + 1, ofJob.length)}: ${title}`}
      onClose={close}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          close();
        }
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        // Reached by keyboard, the player keeps its own arrow keys.
        const onPlayer = (event.target as HTMLElement).matches("video:focus-visible");
        if (by === undefined || onPlayer) return;
        event.preventDefault();
        step(by);
      }}
    >
      <div class="large-frame">
        <Stage key={`${job.id}/${media.index}`} entry={entry}>
          <button
            type="button"
            class="icon-button stage-step back"
            aria-label={words.large.previous}
            aria-disabled={at === 0 ? "true" : undefined}
            onClick={() => step(-1)}
          >
            <BackIcon />
          </button>
          <button
            type="button"
            class="icon-button stage-step next"
            aria-label={words.large.next}
            aria-disabled={at === clips.length - 1 ? "true" : undefined}
            onClick={() => step(1)}
          >
            <NextIcon />
          </button>
        </Stage>
        <div class="large-side">
          <div class="large-head">
            <h3>{words.large.title(place + 1, ofJob.length)}</h3>
            <button
              ref={closer}
              type="button"
              class="icon-button"
              aria-label={words.large.close}
              onClick={close}
            >
              <CloseIcon />
            </button>
          </div>
          <p class="large-prompt" dir="auto">
            {title}
          </p>
          <div class="large-actions">
            <DownloadButton key={media.index} job={job} media={media} />
            <CopyLink key={`link-${media.index}`} url={media.url} />
            {inputs && reusable && (
              <button
                type="button"
                class="button"
                onClick={() => {
                  session.drafts.choose(inputs);
                  close();
                  view.focusPrompt.value += 1;
                }}
              >
                <ReuseIcon />
                {words.large.useAgain}
              </button>
            )}
          </div>
          <ClipFacts job={job} />
        </div>
      </div>
    </dialog>
  );
}

function Stage({ entry, children }: { entry: Entry; children: ComponentChildren }) {
  const { session } = useScene();
  const words = useWords();
  const { job, media } = entry;
  const clip = useClip(session, job.id, media, { wanted: true, urgent: true });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return (
    <div class="stage" data-state={clip.state}>
      {clip.src && (
        <video
          src={clip.src}
          controls
          loop
          muted
          playsInline
          autoPlay={!still}
          onError={clip.onSourceError}
        />
      )}
      {(clip.state === "pulling" || clip.state === "busy") && (
        <span class="tile-note">
          <Spinner />
          {clip.state === "busy" ? words.gallery.kernelBusy : words.gallery.loading}
        </span>
      )}
      <ClipTrouble job={job} clip={clip} />
      {children}
    </div>
  );
}

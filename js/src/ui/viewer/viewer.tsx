import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { CameFrom, LedTo } from "../gallery/lineage";
import { NoteField } from "../gallery/marks";
import { ClipStar } from "../gallery/tiles/tick_box";
import { titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Selection } from "../protocol/generated";
import { useScene } from "../shared/context";
import { BackIcon, CloseIcon, CompareIcon, NextIcon } from "../shared/icons";
import { clipsOf, type Entry } from "../state/chosen_clips";
import { ClipActions } from "./clip_actions";
import { ClipFacts } from "./clip_facts";
import { Compare } from "./compare";
import { NextSteps } from "./next_steps";
import { keepInSight, placeDialog } from "./placement";
import { nextSpeed } from "./player_bar";
import { Stage } from "./stage";

/** The large view: one clip or a job's variations, stepping, next steps and facts. */
export function Viewer({ inStudio }: { inStudio: boolean }) {
  const { session, view } = useScene();
  const open = view.opened.value;
  if (!open) return null;
  // In the order in which the gallery shows them, and only those that it shows.
  const clips = clipsOf(view.shown.value);
  const job = session.jobs.state.value.byId.get(open.job_id)?.job;
  const media = job?.media.find(({ kind, index }) => kind === "video" && index === open.index);
  if (!job || !media) return null;
  return <ViewerDialog entry={{ job, media }} clips={clips} inStudio={inStudio} />;
}

interface ViewerDialogProps {
  entry: Entry;
  clips: Entry[];
  inStudio: boolean;
}

function ViewerDialog({ entry, clips, inStudio }: ViewerDialogProps) {
  const { session, view } = useScene();
  const t = useTranslate();
  const dialog = useRef<HTMLDialogElement>(null);
  const { job, media } = entry;
  const at = clips.findIndex((clip) => clip.job.id === job.id && clip.media.index === media.index);
  const title = titleOf(job, t);
  const ofJob = job.media.filter(({ kind }) => kind === "video");
  const place = ofJob.indexOf(media);
  const { byId } = session.jobs.state.value;
  const compared = view.compared.value.flatMap(({ job_id, index }): Entry[] => {
    const other = byId.get(job_id)?.job;
    const found = other?.media.find((each) => each.kind === "video" && each.index === index);
    return other && found ? [{ job: other, media: found }] : [];
  });
  const chosen = compared.length > 1;
  const comparing = chosen || (view.comparing.value && ofJob.length > 1);
  const heading = t("viewer.title", { number: place + 1, total: ofJob.length });

  const probe = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);
  const opened = useRef({ jobId: job.id, index: media.index });

  useEffect(() => keepInSight(dialog.current, probe.current), []);

  // Before the paint: the element that has the focus now gets it back.
  useLayoutEffect(() => {
    const element = dialog.current;
    const root = element?.getRootNode() as Document | ShadowRoot | undefined;
    const before = root?.activeElement;
    opener.current = before ?? null;
    if (element && !element.open) {
      if (element.showModal) element.showModal();
      else element.setAttribute("open", "");
      if (before) placeDialog(element, before);
      // Not a button: the space bar stops the clip and must not close the view.
      element.focus();
    }
    return () => {
      if (element?.open) element.close?.();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  const leave = () => {
    view.opened.value = null;
    view.compared.value = [];
  };
  const close = () => {
    leave();
    // Another job arrived meanwhile, and the gallery rendered new elements: focus the clip there.
    if (!opener.current?.isConnected) view.reveal.value = opened.current;
  };
  const show = (selection: Selection) => {
    view.opened.value = selection;
    session.select(selection);
  };
  const step = (by: number) => {
    const next = clips[at + by];
    if (next) show({ job_id: next.job.id, index: next.media.index });
  };
  const compareButton = (chosen || ofJob.length > 1) && (
    <button
      type="button"
      class="button small toggled"
      aria-pressed={comparing}
      onClick={() => {
        view.comparing.value = !comparing;
        view.compared.value = [];
      }}
    >
      <CompareIcon />
      {t("player.compare", { count: chosen ? compared.length : ofJob.length })}
    </button>
  );

  function onKeyDown(event: KeyboardEvent) {
    const target = event.target as HTMLElement;
    if (event.key === "Escape") {
      event.preventDefault();
      close();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // In a text field or a slider, keys keep their meaning.
    if (target.matches("input, textarea, select")) return;
    const { speed, loop } = view.player.peek();
    const keys: Record<string, () => void> = {
      ",": () => view.playerKeys.current?.frame(-1),
      ".": () => view.playerKeys.current?.frame(1),
      "<": () => {
        view.player.value = { loop, speed: nextSpeed(speed, -1) };
      },
      ">": () => {
        view.player.value = { loop, speed: nextSpeed(speed, 1) };
      },
    };
    // Focused by keyboard, the player keeps its own arrow keys and space bar.
    if (!target.matches("video:focus-visible")) {
      keys.ArrowLeft = () => step(-1);
      keys.ArrowRight = () => step(1);
      if (!target.matches("button, summary")) keys[" "] = playOrPause;
      keys.k = playOrPause;
      keys.f = () => session.favourite(job.id, !media.favourite, media.index);
    }
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
  const playOrPause = () => view.playerKeys.current?.playOrPause();

  return (
    <dialog
      ref={dialog}
      class="large"
      tabIndex={-1}
      aria-label={`${heading}: ${title}`}
      onClose={leave}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
      onKeyDown={onKeyDown}
    >
      <div ref={probe} class="large-probe" aria-hidden="true" />
      <div class="large-frame">
        <div class="large-head">
          <h3>{heading}</h3>
          <ClipStar job={job} media={media} look="" />
          <button type="button" class="icon-button" aria-label={t("viewer.close")} onClick={close}>
            <CloseIcon />
          </button>
        </div>
        {comparing ? (
          <Compare
            key={chosen ? "chosen" : job.id}
            clips={chosen ? compared : clipsOf([job])}
            chosen={media}
            choose={(clip) => show({ job_id: clip.job.id, index: clip.media.index })}
            bar={compareButton}
          />
        ) : (
          <Stage key={`${job.id}/${media.index}`} job={job} media={media} bar={compareButton}>
            <button
              type="button"
              class="icon-button stage-step back"
              aria-label={t("viewer.previous")}
              aria-disabled={at <= 0 ? "true" : undefined}
              onClick={() => step(-1)}
            >
              <BackIcon />
            </button>
            <button
              type="button"
              class="icon-button stage-step next"
              aria-label={t("viewer.next")}
              aria-disabled={at === clips.length - 1 ? "true" : undefined}
              onClick={() => step(1)}
            >
              <NextIcon />
            </button>
          </Stage>
        )}
        <div class="large-side">
          <p class="large-prompt" dir="auto">
            {title}
          </p>
          <CameFrom job={job} onJump={leave} />
          {inStudio && <NextSteps key={`${job.id}/${media.index}`} job={job} media={media} />}
          <ClipActions job={job} media={media} title={title} inStudio={inStudio} onReuse={leave} />
          <NoteField job={job} media={media} />
          <LedTo job={job} index={media.index} onJump={leave} />
          <ClipFacts job={job} />
        </div>
      </div>
    </dialog>
  );
}

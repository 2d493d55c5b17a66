import { useEffect, useRef, useState } from "preact/hooks";
import { useTranslate } from "../../i18n/translate";
import { useClip } from "../../media/use_clip";
import { usePoster } from "../../media/use_image";
import type { Job, Media } from "../../protocol/generated";
import { useScene } from "../../shared/context";
import { DownloadButton } from "../../shared/download_buttons";
import { CheckIcon, PlayIcon } from "../../shared/icons";
import { reducedMotion } from "../../shared/motion";
import { useNearViewport } from "../../shared/near_viewport";
import { keyOf } from "../../state/chosen_clips";
import { ClipState } from "./clip_state";
import { ClipStar, TickBox, tick } from "./tick_box";

const SCRUB_REST_MS = 400;

interface ClipTileProps {
  job: Job;
  media: Media;
  title: string;
  onRatio(ratio: number): void;
}

/** One clip: still until hovered or focused, then it plays muted; a press opens it in the viewer. */
export function ClipTile({ job, media, title, onRatio }: ClipTileProps) {
  const { session, view } = useScene();
  const t = useTranslate();
  const place = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const near = useNearViewport(place);
  const [playing, setPlaying] = useState(false);
  /** Where there is a still, the clip is fetched only when it is hovered or focused. */
  const [awake, setAwake] = useState(false);
  const poster = usePoster(session, job.id, media, near);
  const wanted = near && (awake || poster.missing);
  const clip = useClip(session, job.id, media, { wanted, urgent: awake });
  const selection = session.selected.value;
  const selected = selection?.job_id === job.id && selection.index === media.index;

  // A browser frees the decoder sooner when its element has no source.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new source is a new element
  useEffect(() => {
    const element = video.current;
    return () => {
      element?.removeAttribute("src");
      element?.load();
    };
  }, [clip.src]);

  const play = () => {
    if (reducedMotion()) return;
    setAwake(true);
    // Rejected when the pointer has left meanwhile or the browser forbids it: both are fine.
    video.current?.play().catch(() => undefined);
  };
  /** The place of the pointer is the place in the clip; where it rests, the clip plays on. */
  const scrub = ({ pointerType, clientX, movementX }: PointerEvent) => {
    const element = video.current;
    const box = place.current?.getBoundingClientRect();
    if (pointerType !== "mouse" || !movementX || !box?.width || !element?.duration) return;
    clearTimeout(resting.current);
    element.pause();
    element.currentTime = (element.duration * (clientX - box.left)) / box.width;
    resting.current = setTimeout(play, SCRUB_REST_MS);
  };
  const rest = () => {
    clearTimeout(resting.current);
    setAwake(false);
    const element = video.current;
    if (!element) return;
    element.pause();
    element.currentTime = 0;
  };
  const open = () => {
    rest();
    const chosen = { job_id: job.id, index: media.index };
    session.select(chosen);
    view.opened.value = chosen;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "f") session.favourite(job.id, !media.favourite, media.index);
    else if (key === "x") tick(view, job, media, event.shiftKey);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={place}
      class="clip"
      data-clip={media.index}
      data-state={clip.state}
      data-selected={selected ? "true" : undefined}
      data-ticked={view.ticked.value.has(keyOf(job.id, media.index)) ? "true" : undefined}
      data-playing={playing ? "true" : undefined}
      onPointerEnter={play}
      onPointerMove={scrub}
      onPointerLeave={rest}
    >
      <button
        type="button"
        class="clip-open"
        aria-label={t("gallery.open", { number: media.index + 1, title })}
        aria-haspopup="dialog"
        aria-current={selected ? "true" : undefined}
        onClick={(event) => {
          if (event.shiftKey || event.ctrlKey || event.metaKey) {
            tick(view, job, media, event.shiftKey);
          } else open();
        }}
        onKeyDown={onKeyDown}
        onFocus={play}
        onBlur={rest}
      >
        {poster.src && (
          <img
            class="poster"
            src={poster.src}
            alt=""
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
              if (naturalHeight > 0) onRatio(naturalWidth / naturalHeight);
            }}
          />
        )}
        {clip.src && (
          <video
            key={clip.src}
            ref={video}
            autoPlay={awake}
            src={clip.src}
            muted
            loop
            playsInline
            preload="metadata"
            tabIndex={-1}
            disablePictureInPicture
            onLoadedMetadata={(event) => {
              clip.onSourceReady();
              const { videoWidth, videoHeight } = event.currentTarget;
              if (videoHeight > 0) onRatio(videoWidth / videoHeight);
            }}
            onPlay={() => setPlaying(true)}
            onPause={() => setPlaying(false)}
            onError={clip.onSourceError}
          />
        )}
        {(clip.state === "ready" || poster.src) && (
          <span class="clip-play" aria-hidden="true">
            <PlayIcon />
          </span>
        )}
      </button>
      <TickBox job={job} media={media} />
      <ClipStar job={job} media={media} look="clip-star" />
      {selected && (
        <span class="clip-selected" aria-hidden="true">
          <CheckIcon />
          <span class="clip-selected-word">{t("gallery.selected")}</span>
        </span>
      )}
      <ClipState job={job} clip={clip} still={poster.src !== null} />
      <DownloadButton job={job} media={media} compact />
    </div>
  );
}

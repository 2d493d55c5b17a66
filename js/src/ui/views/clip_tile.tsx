import { useRef, useState } from "preact/hooks";
import type { Job, Media } from "../contract";
import { useClip } from "../media/use_clip";
import { useWords } from "../words/words";
import { ClipTrouble } from "./clip_trouble";
import { useScene } from "./context";
import { DownloadButton } from "./download_button";
import { CheckIcon, PlayIcon, Spinner } from "./icons";
import { useNearViewport } from "./near_viewport";
import { stillPlease } from "./still_please";

interface ClipTileProps {
  job: Job;
  media: Media;
  title: string;
  onRatio(ratio: number): void;
}

/** One clip: still until hovered or focused, then it plays without sound; pressed, it opens large. */
export function ClipTile({ job, media, title, onRatio }: ClipTileProps) {
  const { session, view } = useScene();
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const near = useNearViewport(place);
  const [playing, setPlaying] = useState(false);
  const clip = useClip(session, job.id, media, { wanted: near, urgent: false });
  const selection = session.selected.value;
  const selected = selection?.job_id === job.id && selection.index === media.index;

  const play = () => {
    if (stillPlease()) return;
    // Refused when the pointer has left meanwhile, or the browser forbids it: both are fine.
    video.current?.play().catch(() => undefined);
  };
  const rest = () => {
    const element = video.current;
    if (!element) return;
    element.pause();
    element.currentTime = 0;
  };
  const open = () => {
    rest();
    const chosen = { job_id: job.id, index: media.index };
    session.select(chosen);
    view.large.value = chosen;
  };

  return (
    <div
      ref={place}
      class="clip"
      data-clip={media.index}
      data-state={clip.state}
      data-selected={selected ? "true" : undefined}
      data-playing={playing ? "true" : undefined}
      onPointerEnter={play}
      onPointerLeave={rest}
    >
      <button
        type="button"
        class="clip-open"
        aria-label={words.gallery.open(media.index + 1, title)}
        aria-haspopup="dialog"
        aria-current={selected ? "true" : undefined}
        onClick={open}
        onFocus={play}
        onBlur={rest}
      >
        {clip.src && (
          <video
            ref={video}
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
        {(clip.state === "pulling" || clip.state === "busy") && (
          <span class="tile-note">
            <Spinner />
            {clip.state === "busy" ? words.gallery.kernelBusy : words.gallery.loading}
          </span>
        )}
        {clip.state === "ready" && (
          <span class="clip-play" aria-hidden="true">
            <PlayIcon />
          </span>
        )}
        <span class="clip-number" aria-hidden="true">
          {media.index + 1}
        </span>
        {selected && (
          <span class="clip-selected">
            <CheckIcon />
            <span class="clip-selected-word">{words.gallery.selected}</span>
          </span>
        )}
      </button>
      <ClipTrouble job={job} clip={clip} />
      <DownloadButton job={job} media={media} compact />
    </div>
  );
}

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { ClipState } from "../gallery/clip_state";
import { useWords } from "../i18n/translate";
import { createInStep, type InStep } from "../media/synced_players";
import { useClip } from "../media/use_clip";
import type { Job, Media } from "../protocol/contract";
import { useScene } from "../shared/context";
import { PauseIcon, PlayIcon } from "../shared/icons";
import { stillPlease } from "../shared/motion";
import { clock } from "../state/time";
import { FRAME_S, PlayerBar } from "./player_bar";

interface CompareProps {
  job: Job;
  clips: readonly Media[];
  chosen: number;
  choose(index: number): void;
  bar: ComponentChildren;
}

/** The variations of a job side by side, playing in step under one set of controls. */
export function Compare({ job, clips, chosen, choose, bar }: CompareProps) {
  const { view } = useScene();
  const words = useWords();
  const inStep = useMemo(createInStep, []);
  const { loop, speed } = view.player.value;
  const playing = inStep.playing.value;
  const { value: time } = inStep.time;
  const duration = inStep.duration.value;

  useEffect(() => inStep.setRate(speed), [inStep, speed]);
  useEffect(() => inStep.setLoop(loop), [inStep, loop]);
  useEffect(() => {
    if (!stillPlease()) inStep.play();
  }, [inStep]);

  const playOrPause = () => (inStep.playing.peek() ? inStep.pause() : inStep.play());
  const frame = (by: number) => {
    inStep.pause();
    inStep.seek(inStep.time.peek() + by * FRAME_S);
  };
  useLayoutEffect(() => {
    view.playerKeys.current = { frame, playOrPause };
    return () => {
      view.playerKeys.current = null;
    };
  });

  return (
    <div class="stage-place">
      <div class="compare" data-count={clips.length}>
        {clips.map((media) => (
          <CompareTile
            key={media.index}
            job={job}
            media={media}
            inStep={inStep}
            chosen={media.index === chosen}
            choose={() => choose(media.index)}
          />
        ))}
      </div>
      <div class="seek-line">
        <button
          type="button"
          class="icon-button"
          aria-label={playing ? words.player.pause : words.player.play}
          onClick={playOrPause}
        >
          {playing ? <PauseIcon /> : <PlayIcon />}
        </button>
        <input
          type="range"
          class="seek"
          min={0}
          max={duration || 1}
          step={0.01}
          value={time}
          aria-label={words.player.position}
          aria-valuetext={clock(time)}
          onInput={(event) => inStep.seek(Number(event.currentTarget.value))}
        />
        <span class="seek-time">
          {clock(time)} / {clock(duration)}
        </span>
      </div>
      <PlayerBar onFrame={frame}>{bar}</PlayerBar>
    </div>
  );
}

interface CompareTileProps {
  job: Job;
  media: Media;
  inStep: InStep;
  chosen: boolean;
  choose(): void;
}

function CompareTile({ job, media, inStep, chosen, choose }: CompareTileProps) {
  const { session } = useScene();
  const words = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const clip = useClip(session, job.id, media, { wanted: true, urgent: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new source is a new element
  useEffect(() => (video.current ? inStep.add(video.current) : undefined), [inStep, clip.src]);
  return (
    <div class="compare-tile" data-chosen={chosen ? "true" : undefined}>
      <button
        type="button"
        class="clip-open"
        aria-pressed={chosen}
        aria-label={words.player.choose(media.index + 1)}
        onClick={choose}
      >
        {clip.src && (
          <video
            key={clip.src}
            ref={video}
            src={clip.src}
            muted
            playsInline
            preload="auto"
            tabIndex={-1}
            onLoadedMetadata={clip.onSourceReady}
            onError={clip.onSourceError}
          />
        )}
        <span class="clip-number" aria-hidden="true">
          {media.index + 1}
        </span>
      </button>
      <ClipState job={job} clip={clip} />
    </div>
  );
}

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { ClipState } from "../gallery/tiles/clip_state";
import { titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { createSyncedPlayers, type SyncedPlayers } from "../media/synced_players";
import { useClip } from "../media/use_clip";
import type { Job, Media } from "../protocol/generated";
import { useScene } from "../shared/context";
import { PauseIcon, PlayIcon } from "../shared/icons";
import { reducedMotion } from "../shared/motion";
import { type Entry, keyOf } from "../state/chosen_clips";
import { clock } from "../state/format";
import { FRAME_S, PlayerBar, usePlayerKeys } from "./player_bar";

interface CompareProps {
  clips: readonly Entry[];
  /** The clip that the rest of the viewer is about. */
  chosen: Media;
  choose(clip: Entry): void;
  bar: ComponentChildren;
}

/** Up to nine clips of any jobs side by side, synchronized under one set of controls. */
export function Compare({ clips, chosen, choose, bar }: CompareProps) {
  const { view } = useScene();
  const t = useTranslate();
  const players = useMemo(createSyncedPlayers, []);
  const { loop, speed } = view.player.value;
  const playing = players.playing.value;
  const { value: time } = players.time;
  const duration = players.duration.value;
  const several = clips.some(({ job }) => job !== clips[0]?.job);

  useEffect(() => players.setRate(speed), [players, speed]);
  useEffect(() => players.setLoop(loop), [players, loop]);
  useEffect(() => {
    if (!reducedMotion()) players.play();
  }, [players]);

  const playOrPause = () => (players.playing.peek() ? players.pause() : players.play());
  const frame = (by: number) => {
    players.pause();
    players.seek(players.time.peek() + by * FRAME_S);
  };
  usePlayerKeys({ frame, playOrPause });

  return (
    <div class="stage-place">
      <div class="compare" style={{ "--columns": String(Math.ceil(Math.sqrt(clips.length))) }}>
        {clips.map((clip) => (
          <CompareTile
            key={keyOf(clip.job.id, clip.media.index)}
            {...clip}
            title={several ? titleOf(clip.job, t) : ""}
            players={players}
            chosen={clip.media === chosen}
            choose={() => choose(clip)}
          />
        ))}
      </div>
      <div class="seek-line">
        <button
          type="button"
          class="icon-button"
          aria-label={playing ? t("player.pause") : t("player.play")}
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
          aria-label={t("player.position")}
          aria-valuetext={clock(time)}
          onInput={(event) => players.seek(Number(event.currentTarget.value))}
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
  /** Shown where the clips are of several jobs. */
  title: string;
  players: SyncedPlayers;
  chosen: boolean;
  choose(): void;
}

function CompareTile({ job, media, title, players, chosen, choose }: CompareTileProps) {
  const { session } = useScene();
  const t = useTranslate();
  const video = useRef<HTMLVideoElement>(null);
  const clip = useClip(session, job.id, media, { wanted: true, urgent: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new source is a new element
  useEffect(() => (video.current ? players.add(video.current) : undefined), [players, clip.src]);
  return (
    <div class="compare-tile" data-chosen={chosen ? "true" : undefined}>
      <button
        type="button"
        class="clip-open"
        aria-pressed={chosen}
        aria-label={[t("player.choose", { number: media.index + 1 }), title]
          .filter(Boolean)
          .join(": ")}
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
        <span class="clip-number" aria-hidden="true" dir="auto">
          {media.index + 1} {title}
        </span>
      </button>
      <ClipState job={job} clip={clip} />
    </div>
  );
}

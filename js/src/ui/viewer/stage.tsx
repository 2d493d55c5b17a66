import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ClipState } from "../gallery/tiles/clip_state";
import { useClip } from "../media/use_clip";
import type { Job, Media } from "../protocol/generated";
import { useScene } from "../shared/context";
import { reducedMotion } from "../shared/motion";
import { FRAME_S, PlayerBar, usePlayerKeys } from "./player_bar";

interface StageProps {
  job: Job;
  media: Media;
  /** Over the picture: buttons to the clips before and after. */
  children: ComponentChildren;
  bar: ComponentChildren;
}

/** One clip, large, with the browser's own controls and ours. */
export function Stage({ job, media, children, bar }: StageProps) {
  const { session, view } = useScene();
  const video = useRef<HTMLVideoElement>(null);
  const clip = useClip(session, job.id, media, { wanted: true, urgent: true });
  const { loop, speed } = view.player.value;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new source is a new element
  useEffect(() => {
    if (video.current) video.current.playbackRate = speed;
  }, [speed, clip.src]);

  const frame = (by: number) => {
    const element = video.current;
    if (!element) return;
    element.pause();
    element.currentTime = Math.max(0, element.currentTime + by * FRAME_S);
  };
  const playOrPause = () => {
    const element = video.current;
    if (element?.paused) element.play().catch(() => undefined);
    else element?.pause();
  };
  usePlayerKeys({ frame, playOrPause });

  return (
    <div class="stage-place">
      <div class="stage" data-state={clip.state}>
        {clip.src && (
          <video
            ref={video}
            src={clip.src}
            controls
            loop={loop}
            muted
            playsInline
            autoPlay={!reducedMotion()}
            onLoadedMetadata={(event) => {
              clip.onSourceReady();
              event.currentTarget.playbackRate = view.player.peek().speed;
            }}
            onError={clip.onSourceError}
          />
        )}
        <ClipState job={job} clip={clip} />
        {children}
      </div>
      <PlayerBar onFrame={frame}>{bar}</PlayerBar>
    </div>
  );
}

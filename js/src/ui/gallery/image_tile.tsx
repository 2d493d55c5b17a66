import { useRef } from "preact/hooks";
import { useWords } from "../i18n/translate";
import { useClip } from "../media/use_clip";
import type { Job, Media } from "../protocol/contract";
import { useScene } from "../shared/context";
import { Spinner } from "../shared/icons";
import { useNearViewport } from "../shared/near_viewport";

/** One image of a job, shown from its link or through the kernel. */
export function JobImage({ job, media }: { job: Job; media: Media }) {
  const { session } = useScene();
  const words = useWords();
  const place = useRef<HTMLSpanElement>(null);
  const near = useNearViewport(place);
  const clip = useClip(session, job.id, media, { wanted: near, urgent: false });
  const missing = clip.state === "failed" || clip.state === "expired";
  return (
    <span class="image-place" ref={place}>
      {clip.src ? (
        <img src={clip.src} alt="" referrerpolicy="no-referrer" onError={clip.onSourceError} />
      ) : missing ? (
        <span class="tile-note">{words.source.imageMissing}</span>
      ) : (
        <span class="tile-note">
          <Spinner />
        </span>
      )}
    </span>
  );
}

import { usePicture } from "../media/use_image";
import type { Job } from "../protocol/contract";
import { useScene } from "../shared/context";
import { JobImage } from "./image_tile";

/** What the clip was made from, small: the linked picture or the image of an earlier job. */
export function SourceThumb({ job }: { job: Job }) {
  const { session } = useScene();
  const { parent } = job;
  const origin = parent ? session.jobs.state.value.byId.get(parent.job_id)?.job : undefined;
  const image = origin?.media.find(
    (media) => media.kind === "image" && media.index === parent?.index,
  );
  const { src, onError } = usePicture(session, image ? null : job.settings.image_url);
  if (origin && image) {
    return (
      <span class="source-thumb">
        <JobImage job={origin} media={image} />
      </span>
    );
  }
  if (!src) return null;
  return (
    <span class="source-thumb">
      <img src={src} alt="" loading="lazy" referrerpolicy="no-referrer" onError={onError} />
    </span>
  );
}

import { useRef } from "preact/hooks";
import { useTranslate } from "../../i18n/translate";
import { useClip } from "../../media/use_clip";
import { useLinkedImage } from "../../media/use_image";
import type { Job, Media } from "../../protocol/generated";
import { useScene } from "../../shared/context";
import { Spinner } from "../../shared/icons";
import { useNearViewport } from "../../shared/near_viewport";

/** One image of a job, shown from its link or through the kernel. */
export function JobImage({ job, media }: { job: Job; media: Media }) {
  const { session } = useScene();
  const t = useTranslate();
  const place = useRef<HTMLSpanElement>(null);
  const near = useNearViewport(place);
  const clip = useClip(session, job.id, media, { wanted: near, urgent: false });
  const missing = clip.state === "failed" || clip.state === "expired";
  return (
    <span class="image-place" ref={place}>
      {clip.src ? (
        <img src={clip.src} alt="" referrerpolicy="no-referrer" onError={clip.onSourceError} />
      ) : missing ? (
        <span class="tile-note">{t("source.image_missing")}</span>
      ) : (
        <span class="tile-note">
          <Spinner />
        </span>
      )}
    </span>
  );
}

/** What a clip was made from, small: the linked picture or the image of an earlier job. */
export function SourceThumb({ job }: { job: Job }) {
  const { session } = useScene();
  const { parent } = job;
  const origin = parent ? session.jobs.state.value.byId.get(parent.job_id)?.job : undefined;
  const image = origin?.media.find(
    (media) => media.kind === "image" && media.index === parent?.index,
  );
  const { src, onError } = useLinkedImage(session, image ? null : job.settings.image_url);
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

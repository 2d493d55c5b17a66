import { useRef } from "preact/hooks";
import { JobImage } from "../gallery/tiles/image_tile";
import { titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { useClip } from "../media/use_clip";
import { usePoster } from "../media/use_image";
import type { Job, Media } from "../protocol/generated";
import { useScene } from "../shared/context";
import { FilmIcon } from "../shared/icons";
import { reducedMotion } from "../shared/motion";

const PLACES = 4;
/** A clip plays so often by itself, then when it is pointed at. */
const ROUNDS = 3;

/** The first clips or images of a job, small; without a job, their places. */
export function TakeTiles({ job }: { job: Job | null }) {
  if (!job) {
    return (
      <div class="take-tiles" aria-hidden="true">
        {Array.from({ length: PLACES }, (_, at) => (
          <span class="take-tile empty-frame" key={at}>
            <FilmIcon />
          </span>
        ))}
      </div>
    );
  }
  return (
    <div class="take-tiles">
      {job.media
        .slice(0, PLACES)
        .map((media) =>
          media.kind === "video" ? (
            <TakeClip key={media.index} job={job} media={media} />
          ) : (
            <TakeImage key={media.index} job={job} media={media} />
          ),
        )}
    </div>
  );
}

function TakeClip({ job, media }: { job: Job; media: Media }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const video = useRef<HTMLVideoElement>(null);
  const rounds = useRef(0);
  const poster = usePoster(session, job.id, media, true);
  const clip = useClip(session, job.id, media, { wanted: true, urgent: false });
  const play = () => {
    if (!reducedMotion()) video.current?.play().catch(() => undefined);
  };
  return (
    <button
      type="button"
      class="take-tile"
      aria-label={t("gallery.open", { number: media.index + 1, title: titleOf(job, t) })}
      aria-haspopup="dialog"
      onPointerEnter={play}
      onFocus={play}
      onClick={() => {
        const chosen = { job_id: job.id, index: media.index };
        session.select(chosen);
        view.opened.value = chosen;
      }}
    >
      {poster.src && !clip.src && <img src={poster.src} alt="" />}
      {clip.src && (
        <video
          key={clip.src}
          ref={video}
          src={clip.src}
          poster={poster.src ?? undefined}
          autoPlay={!reducedMotion()}
          muted
          playsInline
          tabIndex={-1}
          disablePictureInPicture
          onLoadedMetadata={clip.onSourceReady}
          onError={clip.onSourceError}
          onEnded={() => {
            rounds.current += 1;
            if (rounds.current < ROUNDS) play();
          }}
        />
      )}
    </button>
  );
}

/** An image is chosen as the one to animate, as it is in the gallery. */
function TakeImage({ job, media }: { job: Job; media: Media }) {
  const { session, view } = useScene();
  const t = useTranslate();
  return (
    <button
      type="button"
      class="take-tile"
      aria-label={t("gallery.animate_image", { number: media.index + 1 })}
      onClick={() => {
        const image_no = media.index;
        session.drafts.choose({ source: "image_job", source_job_id: job.id, image_no });
        view.focusPrompt.value += 1;
      }}
    >
      <JobImage job={job} media={media} />
    </button>
  );
}

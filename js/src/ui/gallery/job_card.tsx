import { useState } from "preact/hooks";
import { errorText, localize, nameOf, titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Face, Job } from "../protocol/generated";
import { useScene } from "../shared/context";
import { DownloadAll } from "../shared/download_buttons";
import { ImageIcon, WarningIcon } from "../shared/icons";
import { memo } from "../shared/memo";
import { clock } from "../state/format";
import { CameFrom } from "./lineage";
import { FavouriteButton } from "./marks";
import { ReuseButton } from "./reuse_button";
import { ClipTile } from "./tiles/clip_tile";
import { JobImage, SourceThumb } from "./tiles/image_tile";

interface JobCardProps {
  job: Job;
  face: Face;
  /** From 1, among all jobs that are shown, rendered or not. */
  place: number;
  total: number;
}

/** A finished job: its prompt and source, and its clips or images side by side. */
export const JobCard = memo(function JobCard({ job, face, place, total }: JobCardProps) {
  const t = useTranslate();
  const [ratio, setRatio] = useState<number | null>(null);
  const videos = job.media.filter((media) => media.kind === "video");
  const images = job.media.filter((media) => media.kind === "image");
  const title = titleOf(job, t);
  return (
    <li
      class="card"
      data-job-id={job.id}
      data-status={job.status}
      aria-posinset={place}
      aria-setsize={total}
    >
      <div class="card-head">
        <SourceThumb job={job} />
        <div class="card-words">
          <h4 class="card-title" dir="auto" title={title}>
            {title}
          </h4>
          <CardFacts job={job} />
          <CameFrom job={job} />
        </div>
        <div class="card-actions">
          <FavouriteButton job={job} title={title} />
          <DownloadAll job={job} title={title} compact />
          {face === "studio" && <ReuseButton job={job} title={title} look="icon" />}
        </div>
      </div>
      {job.note && (
        <p class="card-note" dir="auto">
          {job.note}
        </p>
      )}
      {videos
        .filter(({ note }) => note && note !== job.note)
        .map(({ index, note }) => (
          <p key={index} class="card-note" dir="auto">
            {index + 1}: {note}
          </p>
        ))}
      {job.warning && (
        <p class="queue-warning" dir="auto">
          <WarningIcon />
          {localize(job.warning, t)}
        </p>
      )}
      {job.sandbox && job.kind === "diffusion" && <p class="hint">{t("sandbox.pictures")}</p>}
      {job.media.length === 0 && (
        <p class="queue-error" dir="auto">
          {nameOf(t, "status", job.status)}
          {job.error && `: ${errorText(job.error, t)}`}
        </p>
      )}
      {videos.length > 0 && (
        <div class="clips" data-count={videos.length} style={ratioStyle(ratio)}>
          {videos.map((media) => (
            <ClipTile
              key={media.index}
              job={job}
              media={media}
              title={title}
              onRatio={(value) => setRatio((known) => known ?? value)}
            />
          ))}
        </div>
      )}
      {images.length > 0 && (
        <div class="clips" data-count={images.length} style={ratioStyle(1)}>
          {images.map((media) => (
            <AnimateTile key={media.index} job={job} index={media.index} />
          ))}
        </div>
      )}
    </li>
  );
});

/** Limited to what a row of tiles can hold. */
function ratioStyle(ratio: number | null) {
  return ratio === null ? undefined : { "--ratio": String(Math.min(2, Math.max(0.62, ratio))) };
}

function CardFacts({ job }: { job: Job }) {
  const t = useTranslate();
  const { settings } = job;
  const points = job.points.consumed;
  const videos = job.media.filter((media) => media.kind === "video").length;
  const facts = [
    nameOf(t, "kind", job.kind),
    videos > 0 ? t("gallery.clips", { count: videos }) : "",
    videos === 0 && job.media.length > 0 ? t("gallery.images", { count: job.media.length }) : "",
    settings.video_type === null
      ? ""
      : settings.video_type === 1
        ? t("options.hd")
        : t("options.sd"),
    settings.motion === "high" ? `${t("options.motion")}: ${t("options.high")}` : "",
    settings.loop ? t("options.loop") : "",
    settings.raw ? t("options.raw") : "",
    job.elapsed === null ? "" : t("gallery.took", { time: clock(job.elapsed) }),
    points === null ? "" : t("queue.points", { count: points }),
  ].filter(Boolean);
  return (
    <p class="card-facts">
      <span>{facts.join(" · ")}</span>
      {job.sandbox && <span class="tag-sandbox">{t("sandbox.tag")}</span>}
    </p>
  );
}

function AnimateTile({ job, index }: { job: Job; index: number }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const media = job.media.find((entry) => entry.kind === "image" && entry.index === index);
  if (!media) return null;
  return (
    <div class="clip image" data-image={index}>
      <button
        type="button"
        class="clip-open"
        aria-label={t("gallery.animate_image", { number: index + 1 })}
        onClick={() => {
          session.drafts.choose({ source: "image_job", source_job_id: job.id, image_no: index });
          view.focusPrompt.value += 1;
        }}
      >
        <JobImage job={job} media={media} />
        <span class="clip-call">
          <ImageIcon />
          {t("gallery.animate")}
        </span>
      </button>
    </div>
  );
}

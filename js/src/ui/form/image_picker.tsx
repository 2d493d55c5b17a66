import { useEffect, useState } from "preact/hooks";
import { JobImage } from "../gallery/tiles/image_tile";
import { localize, titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Job } from "../protocol/generated";
import { useScene } from "../shared/context";
import { Problem, Segments, TextField } from "../shared/field";
import { SearchIcon, Spinner } from "../shared/icons";
import { RunningSpinner } from "../shared/progress";
import { isJobId } from "../state/ids";
import { hasMedia } from "../state/jobs";
import type { ShownProblems } from "./shown_problems";

const PAGE = 3;

/** The images of a known job to choose from, instead of a number to guess. */
function ImageChoice({ job }: { job: Job }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const { drafts } = session;
  const title = titleOf(job, t);
  const isSource =
    drafts.field("source").value === "image_job" &&
    drafts.field("source_job_id").value.toLowerCase() === job.id.toLowerCase();
  return (
    <fieldset class="image-choice">
      <legend class="image-choice-title" dir="auto">
        {title}
      </legend>
      <div class="image-grid">
        {job.media
          .filter((media) => media.kind === "image")
          .map((media) => (
            <button
              key={media.index}
              type="button"
              class="thumb"
              data-image={media.index}
              aria-label={t(job.prompt ? "source.image_of" : "source.image", {
                number: media.index + 1,
                prompt: job.prompt,
              })}
              aria-pressed={isSource && drafts.field("image_no").value === media.index}
              onClick={() => {
                const from = drafts.field("source").value;
                drafts.choose({
                  source: "image_job",
                  source_job_id: job.id,
                  image_no: media.index,
                });
                view.touch("source_job_id");
                // Under "Text" this button goes away with its panel, and the focus with it.
                if (from === "text") view.focusPrompt.value += 1;
              }}
            >
              <JobImage job={job} media={media} />
              <span class="thumb-number" aria-hidden="true">
                {media.index + 1}
              </span>
            </button>
          ))}
      </div>
    </fieldset>
  );
}

function useImageJobs(): readonly Job[] {
  const { session } = useScene();
  return session.jobs.ordered.value.map(({ job }) => job).filter((job) => hasMedia(job, "image"));
}

export function ImageJobPicker({ problems }: { problems: ShownProblems }) {
  const { session } = useScene();
  const t = useTranslate();
  const [pages, setPages] = useState(1);
  const jobs = useImageJobs();
  const chosenId = session.drafts.field("source_job_id").value.trim().toLowerCase();
  const imageNo = session.drafts.field("image_no").value;
  const images = session.config.value.limits.images;
  const chosen = jobs.find((job) => job.id.toLowerCase() === chosenId);
  const recent = jobs.slice(0, pages * PAGE);
  const shown = chosen && !recent.includes(chosen) ? [chosen, ...recent] : recent;
  return (
    <>
      {shown.length > 0 ? (
        <div class="image-choices">
          {shown.map((job) => (
            <ImageChoice key={job.id} job={job} />
          ))}
          {jobs.length > pages * PAGE && (
            <button type="button" class="link-button" onClick={() => setPages(pages + 1)}>
              {t("source.show_more")}
            </button>
          )}
        </div>
      ) : (
        <p class="hint">{t("source.no_image_jobs")}</p>
      )}
      <Problem text={problems.image_no} />
      <TextField
        field="source_job_id"
        label={t("source.job_id")}
        placeholder={t("source.job_id_placeholder")}
        problem={problems.source_job_id}
        action={<LookUpButton />}
      />
      <LookUpResult />
      {chosenId && !chosen && (
        <Segments<number>
          legend={t("source.image_number")}
          field="image_no"
          value={imageNo}
          segments={Array.from({ length: images }, (_, index) => ({
            value: index,
            label: String(index + 1),
          }))}
          choose={(image_no) => session.drafts.choose({ image_no })}
        />
      )}
    </>
  );
}

function LookUpButton() {
  const { session } = useScene();
  const t = useTranslate();
  const id = session.drafts.field("source_job_id").value.trim();
  const lookup = session.lookup.value;
  const running = lookup?.state === "running" && lookup.jobId === id;
  const known = session.jobs.state.value.byId.has(id);

  // A pasted id is looked up by itself; a half-typed one is not.
  useEffect(() => {
    if (isJobId(id) && !known && session.lookup.peek()?.jobId !== id) session.lookUpJob(id);
  }, [id, known, session]);

  return (
    <button
      type="button"
      class="button"
      aria-disabled={isJobId(id) && !running ? undefined : "true"}
      onClick={() => {
        if (isJobId(id) && !running) session.lookUpJob(id);
      }}
    >
      {running ? <Spinner /> : <SearchIcon />}
      {t("source.look_up")}
    </button>
  );
}

function LookUpResult() {
  const { session } = useScene();
  const t = useTranslate();
  const lookup = session.lookup.value;
  const current = lookup && lookup.jobId === session.drafts.field("source_job_id").value.trim();
  const job = lookup ? session.jobs.state.value.byId.get(lookup.jobId)?.job : undefined;
  return (
    <div role="status">
      {current && lookup.state === "running" && <p class="hint">{t("source.looking_up")}</p>}
      {current && lookup.state === "found" && (
        <p class="hint">
          {job && hasMedia(job, "image")
            ? t("source.look_up_found")
            : t("source.look_up_no_images")}
        </p>
      )}
      {current && lookup.state === "failed" && <Problem text={localize(lookup.error, t)} />}
    </div>
  );
}

/** Under "Text": what happens next, and the images already made from words. */
export function TextResults() {
  const { session } = useScene();
  const t = useTranslate();
  const newest = session.jobs.ordered.value.map(({ job }) => job).find((job) => isTextJob(job));
  return (
    <>
      <p class="hint">
        {t("source.text_explained")} {session.service.value.sandbox && t("sandbox.pictures")}
      </p>
      {newest && !newest.done && (
        <p class="hint with-icon">
          <RunningSpinner />
          {t("source.text_waiting")}
        </p>
      )}
      {newest && hasMedia(newest, "image") && (
        <div class="text-result">
          <p class="label">{t("source.text_ready")}</p>
          <ImageChoice job={newest} />
        </div>
      )}
    </>
  );
}

const isTextJob = (job: Job): boolean => job.kind === "diffusion" && !job.error;

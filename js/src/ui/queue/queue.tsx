import { useState } from "preact/hooks";
import { localize, localizeBefore, titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Face } from "../protocol/generated";
import { useScene } from "../shared/context";
import { ClockIcon, CloseIcon, WarningIcon } from "../shared/icons";
import { ProgressBar, RunningSpinner } from "../shared/progress";
import { clock } from "../state/format";
import { elapsedNow, progressNow, type TimedJob } from "../state/jobs";
import { tabledJobs } from "./batch_table";
import { EndedJob, isUncertain } from "./ended_job";
import { QueueRow } from "./queue_row";
import { timeText } from "./time_text";

const FAILED_SHOWN = 3;
/** Jobs that failed longer ago are not shown here; the gallery still finds them. */
const NEWS_S = 24 * 3600;

/**
 * Jobs that run, have an unknown outcome or failed; completed jobs move to the gallery. What runs
 * well in the table of a batch is not shown a second time.
 */
export function Queue({ face }: { face: Face }) {
  const scene = useScene();
  const { session } = scene;
  const t = useTranslate();
  const [all, setAll] = useState(false);
  const jobs = session.jobs.ordered.value;
  const tabled = new Set(tabledJobs(scene).map(({ job }) => job.id));
  const running = jobs
    .filter(({ job }) => !job.done)
    .filter(({ job }) => job.warning || job.error || !tabled.has(job.id));
  const ended = jobs
    .map(({ job }) => job)
    .filter((job) => job.done && job.media.length === 0)
    .filter((job) => !job.hidden);
  const uncertain = ended.filter(isUncertain);
  const since = Date.now() / 1000 - NEWS_S;
  const failed = ended.filter((job) => !isUncertain(job) && (job.created ?? since) >= since);
  const shown = all ? failed : failed.slice(0, FAILED_SHOWN);
  if (running.length + uncertain.length + failed.length === 0) return null;
  const summary = [
    running.length > 0 ? t("queue.running", { count: running.length }) : "",
    uncertain.length > 0 ? t("queue.uncertain", { count: uncertain.length }) : "",
    failed.length > 0 ? t("queue.failed", { count: failed.length }) : "",
  ].filter(Boolean);
  return (
    <section class="queue" aria-label={t("queue.title")}>
      <div class="section-head">
        <h3>{t("queue.title")}</h3>
        <span class="section-note">{summary.join(" · ")}</span>
      </div>
      <Recalled running={running.length} />
      <ul class="plain-list queue-list">
        {running.map((timed) => (
          <RunningJob key={timed.job.id} timed={timed} />
        ))}
        {[...uncertain, ...shown].map((job) => (
          <EndedJob key={job.id} job={job} face={face} />
        ))}
      </ul>
      {shown.length < failed.length && (
        <button type="button" class="link-button" onClick={() => setAll(true)}>
          {t("queue.show_all", { count: failed.length })}
        </button>
      )}
    </section>
  );
}

function Recalled({ running }: { running: number }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const { recalled } = session.account.value;
  if (recalled === 0 || running === 0 || view.dismissed.value.has("recalled")) return null;
  return (
    <div class="notice recalled">
      <ClockIcon />
      <p class="notice-body">{t("queue.recalled", { count: recalled })}</p>
      <button
        type="button"
        class="icon-button"
        aria-label={t("generate.dismiss")}
        onClick={() => view.dismiss("recalled")}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

function RunningJob({ timed }: { timed: TimedJob }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const { job } = timed;
  const now = view.now.value;
  const elapsed = elapsedNow(timed, now);
  const progress = progressNow(timed, now);
  const title = titleOf(job, t);
  const waiting = job.status === "pending" || job.status === "staged";
  const parts = [
    elapsed === null ? "" : t("queue.elapsed", { time: clock(elapsed) }),
    // How long a line takes is not known, so a job in it gets no estimate.
    job.place === null ? timeText(timed, now, t) : t("queue.place", { place: job.place }),
    job.points.frozen ? t("queue.points_frozen", { points: job.points.frozen }) : "",
  ].filter(Boolean);
  return (
    <QueueRow job={job} icon={waiting ? <ClockIcon /> : <RunningSpinner />}>
      <ProgressBar
        label={t("queue.progress", { title })}
        now={progress === null ? null : progress * 100}
        max={100}
      />
      <p class="queue-meta">{parts.join(" · ")}</p>
      {job.warning && (
        <p class="queue-warning" dir="auto">
          <WarningIcon />
          {localize(job.warning, t)}
        </p>
      )}
      {job.error && (
        <div class="queue-foot">
          <p class="queue-error" dir="auto">
            {localizeBefore(job.error.next, job.error.message, t)}{" "}
            <span class="queue-next">{localize(job.error.next, t)}</span>
          </p>
          <button type="button" class="link-button" onClick={() => session.refresh(job.id)}>
            {t("queue.ask_again")}
          </button>
        </div>
      )}
    </QueueRow>
  );
}

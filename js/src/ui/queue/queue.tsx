import { useState } from "preact/hooks";
import { tell, useWords } from "../i18n/translate";
import { useScene } from "../shared/context";
import { ClockIcon, CloseIcon, Spinner, WarningIcon } from "../shared/icons";
import { titleOf } from "../shared/title";
import type { TimedJob } from "../state/jobs";
import { clock, elapsedNow, progressNow, remainingNow, roughly } from "../state/time";
import { EndedJob, isUncertain } from "./ended_job";
import { QueueRow } from "./queue_row";

const FAILED_SHOWN = 3;
/** Jobs that failed longer ago are no news; the gallery still finds them. */
const NEWS_S = 24 * 3600;

/** What runs, what is unknown and what went wrong; completed jobs move on to the gallery. */
export function Queue() {
  const { session, view } = useScene();
  const words = useWords();
  const [all, setAll] = useState(false);
  const jobs = session.jobs.ordered.value;
  const running = jobs.filter(({ job }) => !job.done);
  const ended = jobs
    .map(({ job }) => job)
    .filter((job) => job.done && job.media.length === 0)
    .filter((job) => !view.dismissed.value.has(`job/${job.id}`));
  const uncertain = ended.filter(isUncertain);
  const since = Date.now() / 1000 - NEWS_S;
  const failed = ended.filter((job) => !isUncertain(job) && (job.created ?? since) >= since);
  const shown = all ? failed : failed.slice(0, FAILED_SHOWN);
  if (running.length + uncertain.length + failed.length === 0) return null;
  const summary = [
    running.length > 0 ? words.queue.running(running.length) : "",
    uncertain.length > 0 ? words.queue.uncertain(uncertain.length) : "",
    failed.length > 0 ? words.queue.failed(failed.length) : "",
  ].filter(Boolean);
  return (
    <section class="queue" aria-label={words.queue.title}>
      <div class="section-head">
        <h3>{words.queue.title}</h3>
        <span class="section-note">{summary.join(" · ")}</span>
      </div>
      <Recalled running={running.length} />
      <ul class="plain-list queue-list">
        {running.map((timed) => (
          <RunningJob key={timed.job.id} timed={timed} />
        ))}
        {[...uncertain, ...shown].map((job) => (
          <EndedJob key={job.id} job={job} />
        ))}
      </ul>
      {shown.length < failed.length && (
        <button type="button" class="link-button" onClick={() => setAll(true)}>
          {words.queue.showAll(failed.length)}
        </button>
      )}
    </section>
  );
}

function Recalled({ running }: { running: number }) {
  const { session, view } = useScene();
  const words = useWords();
  const { recalled } = session.account.value;
  if (recalled === 0 || running === 0 || view.dismissed.value.has("recalled")) return null;
  return (
    <div class="notice recalled">
      <ClockIcon />
      <p class="notice-body">{words.recalled(recalled)}</p>
      <button
        type="button"
        class="icon-button"
        aria-label={words.generate.dismiss}
        onClick={() => view.dismiss("recalled")}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

function RunningJob({ timed }: { timed: TimedJob }) {
  const { session, view } = useScene();
  const words = useWords();
  const { job } = timed;
  const now = view.now.value;
  const elapsed = elapsedNow(timed, now);
  const remaining = remainingNow(timed, now);
  const progress = progressNow(timed, now);
  const title = titleOf(job, words);
  const waiting = job.status === "pending" || job.status === "staged";
  const parts = [
    elapsed === null ? "" : words.queue.elapsed(clock(elapsed)),
    remaining === null
      ? ""
      : remaining > 0
        ? words.queue.remaining(roughly(remaining))
        : words.queue.overdue,
    remaining === null && job.status === "processing" ? words.queue.noEstimate : "",
    job.points.frozen ? words.queue.pointsFrozen(job.points.frozen) : "",
  ].filter(Boolean);
  return (
    <QueueRow job={job} icon={waiting ? <ClockIcon /> : <Spinner />}>
      <div
        class="progress"
        role="progressbar"
        aria-label={words.queue.progress(title)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={progress === null ? undefined : Math.round(progress * 100)}
        data-indeterminate={progress === null ? "true" : undefined}
      >
        <span style={progress === null ? undefined : { inlineSize: `${progress * 100}%` }} />
      </div>
      <p class="queue-meta">{parts.join(" · ")}</p>
      {job.warning && (
        <p class="queue-warning" dir="auto">
          <WarningIcon />
          {tell(job.warning, words)}
        </p>
      )}
      {job.error && (
        <div class="queue-foot">
          <p class="queue-error" dir="auto">
            {tell(job.error.message, words)}{" "}
            <span class="queue-next">{tell(job.error.next, words)}</span>
          </p>
          <button type="button" class="link-button" onClick={() => session.refresh(job.id)}>
            {words.queue.askAgain}
          </button>
        </div>
      )}
    </QueueRow>
  );
}

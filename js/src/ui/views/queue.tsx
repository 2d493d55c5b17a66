import type { TimedJob } from "../state/jobs";
import { clock, elapsedNow, progressNow, remainingNow, roughly } from "../state/time";
import { useWords } from "../words/words";
import { useScene } from "./context";
import { ClockIcon, CloseIcon, Spinner, WarningIcon } from "./icons";
import { ReuseButton } from "./reuse_button";
import { titleOf } from "./title";

/** What runs and what went wrong; a job that completed moves on to the gallery. */
export function Queue() {
  const { session, view } = useScene();
  const words = useWords();
  const jobs = session.jobs.ordered.value;
  const running = jobs.filter(({ job }) => !job.done);
  const failed = jobs.filter(
    ({ job }) => job.done && job.media.length === 0 && !view.dismissed.value.has(`job/${job.id}`),
  );
  if (running.length + failed.length === 0) return null;
  const summary = [
    running.length > 0 ? words.queue.running(running.length) : "",
    failed.length > 0 ? words.queue.failed(failed.length) : "",
  ].filter(Boolean);
  return (
    <section class="queue" aria-label={words.queue.title}>
      <div class="section-head">
        <h3>{words.queue.title}</h3>
        <span class="section-note">{summary.join(" · ")}</span>
      </div>
      <ul class="plain-list queue-list">
        {running.map((timed) => (
          <RunningJob key={timed.job.id} timed={timed} />
        ))}
        {failed.map((timed) => (
          <EndedJob key={timed.job.id} timed={timed} />
        ))}
      </ul>
    </section>
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
    job.points.frozen ? words.queue.pointsFrozen(job.points.frozen) : "",
  ].filter(Boolean);
  return (
    <li class="queue-job" data-job-id={job.id} data-status={job.status}>
      <span class="queue-icon">{waiting ? <ClockIcon /> : <Spinner />}</span>
      <div class="queue-body">
        <div class="queue-line">
          <p class="queue-title" dir="auto">
            {title}
          </p>
          <span class="status-word" dir="auto">
            {words.status[job.status] ?? job.status}
          </span>
        </div>
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
            {job.warning}
          </p>
        )}
        {job.error && (
          <div class="queue-foot">
            <p class="queue-error" dir="auto">
              {job.error.message} <span class="queue-next">{job.error.next}</span>
            </p>
            <button type="button" class="link-button" onClick={() => session.refresh(job.id)}>
              {words.queue.askAgain}
            </button>
          </div>
        )}
      </div>
    </li>
  );
}

function EndedJob({ timed: { job } }: { timed: TimedJob }) {
  const { view } = useScene();
  const words = useWords();
  const title = titleOf(job, words);
  const spent = job.points.consumed;
  return (
    <li class="queue-job ended" data-job-id={job.id} data-status={job.status}>
      <span class="queue-icon">
        <WarningIcon />
      </span>
      <div class="queue-body">
        <div class="queue-line">
          <p class="queue-title" dir="auto">
            {title}
          </p>
          <span class="status-word" dir="auto">
            {words.status[job.status] ?? job.status}
          </span>
        </div>
        {job.error && (
          <p class="queue-error" dir="auto">
            {job.error.message} <span class="queue-next">{job.error.next}</span>
          </p>
        )}
        <div class="queue-foot">
          <p class="queue-meta">
            {[
              job.elapsed === null ? "" : clock(job.elapsed),
              spent === null ? "" : words.queue.points(spent),
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
          <ReuseButton job={job} title={title} look="link" />
        </div>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={words.queue.dismissFor(title)}
        onClick={() => view.dismiss(`job/${job.id}`)}
      >
        <CloseIcon />
      </button>
    </li>
  );
}

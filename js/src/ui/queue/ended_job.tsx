import { ReuseButton } from "../gallery/reuse_button";
import { tell, useWords } from "../i18n/translate";
import type { Job } from "../protocol/contract";
import { useScene } from "../shared/context";
import { CloseIcon, WarningIcon } from "../shared/icons";
import { titleOf } from "../shared/title";
import { clock } from "../state/time";
import { QueueRow } from "./queue_row";

export const isUncertain = (job: Job): boolean => job.status === "uncertain";

/** A job that failed, or a request of which nobody knows whether it became one. */
export function EndedJob({ job }: { job: Job }) {
  const { session, view } = useScene();
  const words = useWords();
  const title = titleOf(job, words);
  const spent = job.points.consumed;
  const uncertain = isUncertain(job);
  const facts = [
    job.elapsed === null || uncertain ? "" : clock(job.elapsed),
    spent === null ? "" : words.queue.points(spent),
  ].filter(Boolean);
  return (
    <QueueRow
      job={job}
      class={uncertain ? "ended uncertain" : "ended"}
      icon={<WarningIcon />}
      action={
        <button
          type="button"
          class="icon-button"
          aria-label={words.queue.dismissFor(title)}
          onClick={() => (uncertain ? session.dismiss(job.id) : view.dismiss(`job/${job.id}`))}
        >
          <CloseIcon />
        </button>
      }
    >
      {job.error && (
        <p class="queue-error" dir="auto">
          {tell(job.error.message, words)}{" "}
          <span class="queue-next">{tell(job.error.next, words)}</span>
        </p>
      )}
      <div class="queue-foot">
        {facts.length > 0 && <p class="queue-meta">{facts.join(" · ")}</p>}
        <ReuseButton job={job} title={title} look="link" />
      </div>
    </QueueRow>
  );
}

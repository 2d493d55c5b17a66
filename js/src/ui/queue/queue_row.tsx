import type { ComponentChildren } from "preact";
import { nameOf, useWords } from "../i18n/translate";
import type { Job } from "../protocol/contract";
import { titleOf } from "../shared/title";

interface QueueRowProps {
  job: Job;
  icon: ComponentChildren;
  class?: string;
  /** Beside it all, such as what puts it away. */
  action?: ComponentChildren;
  children: ComponentChildren;
}

/** A job in the queue: what was asked and how it stands, with more below. */
export function QueueRow({ job, icon, class: kind = "", action, children }: QueueRowProps) {
  const words = useWords();
  return (
    <li class={`queue-job ${kind}`.trim()} data-job-id={job.id} data-status={job.status}>
      <span class="queue-icon">{icon}</span>
      <div class="queue-body">
        <div class="queue-line">
          <p class="queue-title" dir="auto">
            {titleOf(job, words)}
          </p>
          <span class="status-word" dir="auto">
            {nameOf(words.status, job.status)}
          </span>
        </div>
        {children}
      </div>
      {action}
    </li>
  );
}

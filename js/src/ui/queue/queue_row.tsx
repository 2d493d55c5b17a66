import type { ComponentChildren } from "preact";
import { nameOf, titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Job } from "../protocol/generated";

interface QueueRowProps {
  job: Job;
  icon: ComponentChildren;
  class?: string;
  /** At the end of the row, such as a button that dismisses it. */
  action?: ComponentChildren;
  children: ComponentChildren;
}

/** A job in the queue: its title and status, with more below. */
export function QueueRow({ job, icon, class: kind = "", action, children }: QueueRowProps) {
  const t = useTranslate();
  const title = titleOf(job, t);
  return (
    <li
      class={`queue-job ${kind}`.trim()}
      data-job-id={job.id}
      data-status={job.status}
      tabIndex={-1}
    >
      <span class="queue-icon">{icon}</span>
      <div class="queue-body">
        <div class="queue-line">
          <p class="queue-title" dir="auto" title={title}>
            {title}
          </p>
          <span class="status-word" dir="auto">
            {nameOf(t, "status", job.status)}
          </span>
        </div>
        {children}
      </div>
      {action}
    </li>
  );
}

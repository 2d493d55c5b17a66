import { nameOf, useWords } from "../i18n/translate";
import type { Job } from "../protocol/contract";
import { useScene } from "../shared/context";
import { LineageIcon, NextIcon } from "../shared/icons";
import { titleOf } from "../shared/title";

/** Where a job came from, as a way back to it; a parent that is not loaded is looked up. */
export function CameFrom({ job, onJump }: { job: Job; onJump?: () => void }) {
  const { face, session, view } = useScene();
  const words = useWords();
  const { parent } = job;
  if (!parent) return null;
  const origin = session.jobs.state.value.byId.get(parent.job_id)?.job;
  const title = origin ? titleOf(origin, words) : parent.job_id;
  const number = parent.index + 1;
  const text =
    job.kind === "extend_video"
      ? words.lineage.extended(number, title)
      : job.kind === "video_upscale"
        ? words.lineage.upscaled(number, title)
        : words.lineage.image(number, title);
  // A gallery alone shows what it was given; only a studio can look further.
  if (!origin && face === "gallery") {
    return (
      <p class="hint" dir="auto">
        {text}
      </p>
    );
  }
  return (
    <button
      type="button"
      class="link-button lineage"
      title={words.lineage.show(title)}
      onClick={() => {
        if (origin) {
          onJump?.();
          view.reveal.value = { jobId: parent.job_id, index: parent.index };
        } else {
          session.lookUpJob(parent.job_id);
        }
      }}
    >
      <LineageIcon />
      <span dir="auto">{text}</span>
    </button>
  );
}

/** What was made from one clip or image, newest first. */
export function LedTo({ job, index, onJump }: { job: Job; index: number; onJump: () => void }) {
  const { session, view } = useScene();
  const words = useWords();
  const next = session.jobs.ordered.value.filter(
    ({ job: { parent } }) => parent?.job_id === job.id && parent.index === index,
  );
  if (next.length === 0) return null;
  return (
    <div class="led-to">
      <p class="label">{words.lineage.ledTo}</p>
      <ul class="plain-list">
        {next.map(({ job: child }) => (
          <li key={child.id}>
            <button
              type="button"
              class="link-button lineage"
              onClick={() => {
                onJump();
                view.reveal.value = { jobId: child.id, index: 0 };
              }}
            >
              <NextIcon />
              <span dir="auto">
                {nameOf(words.kind, child.kind)} · {nameOf(words.status, child.status)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

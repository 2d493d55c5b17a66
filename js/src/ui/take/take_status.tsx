import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { errorText, nameOf } from "../i18n/localize";
import { type Translate, useTranslate } from "../i18n/translate";
import type { Job, Submission } from "../protocol/generated";
import { batchFacts, stillUnknown } from "../queue/batch_text";
import { timeText } from "../queue/time_text";
import { useScene } from "../shared/context";
import { CheckIcon, ClockIcon, CloseIcon, Spinner, WarningIcon } from "../shared/icons";
import { ProgressBar, RunningSpinner } from "../shared/progress";
import { clock } from "../state/format";
import { progressNow } from "../state/jobs";
import { TakeTiles } from "./take_tiles";

/**
 * Where the button is: what the last press led to, from the first moment to the first clips. Its
 * height stays the same, so that nothing moves under the hand.
 */
export function TakeStatus() {
  const { session, view } = useScene();
  const place = useRef<HTMLDivElement>(null);
  const open = session.click.value;
  const outcome = session.submission.value;
  const several = session.batchDraft.on.value;
  // What was done before this view opened is no news.
  const past = useRef(isDone(outcome, session.jobs.get) ? outcome?.click : null);
  const job = outcome?.phase === "accepted" ? session.jobs.get(outcome.job_id ?? "") : undefined;
  const shown =
    outcome?.phase === "accepted" &&
    outcome.click !== past.current &&
    !view.dismissed.value.has(`take/${outcome.click}`);

  // With a sticky foot this moves nothing; in a frame of its own it brings the foot into view.
  const click = open?.id;
  useLayoutEffect(() => {
    if (click === undefined || view.opened.peek()) return;
    place.current?.parentElement?.scrollIntoView?.({ block: "nearest" });
  }, [click, view]);

  return (
    <div ref={place} class="take-place" data-take={open ? "sending" : shown ? "job" : "none"}>
      {session.sending.value ? (
        <Sending />
      ) : several && session.batch.value && session.batch.value.state !== "earlier" ? (
        <BatchTake />
      ) : shown ? (
        <JobTake click={outcome.click} jobId={outcome.job_id ?? ""} job={job} />
      ) : null}
    </div>
  );
}

const isDone = (outcome: Submission | null, get: (id: string) => Job | undefined): boolean =>
  outcome?.phase === "accepted" && (get(outcome.job_id ?? "")?.done ?? false);

interface TakeProps {
  icon: ComponentChildren;
  text: string;
  detail?: string;
  bad?: boolean;
  buttons?: ComponentChildren;
  children?: ComponentChildren;
}

function Take({ icon, text, detail, bad, buttons, children }: TakeProps) {
  const t = useTranslate();
  return (
    <section class="take" aria-label={t("take.title")} data-bad={bad ? "true" : undefined}>
      <div class="take-line">
        {icon}
        <p class="take-text">
          <strong>{text}</strong> {detail}
        </p>
        {buttons}
      </div>
      {children}
    </section>
  );
}

function Sending() {
  const { session } = useScene();
  const t = useTranslate();
  const unanswered = session.click.value?.state === "unanswered";
  return (
    <Take
      icon={<Spinner />}
      text={unanswered ? t("generate.waiting") : t("generate.sending")}
      detail={usualText(session.jobs.ordered.value[0]?.job, t)}
    >
      <TakeTiles job={null} />
    </Take>
  );
}

/** How long the last job took, where nothing better is known. */
function usualText(last: Job | undefined, t: Translate): string {
  return last?.done && last.elapsed !== null && last.media.length > 0
    ? t("take.last_took", { time: clock(last.elapsed) })
    : "";
}

function JobTake(props: { click: string | null; jobId: string; job: Job | undefined }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const { click, jobId, job } = props;
  const timed = session.jobs.state.value.byId.get(jobId);
  const place = useRef<HTMLSpanElement>(null);
  const buttons = (
    <>
      <span ref={place} hidden />
      <button type="button" class="link-button" onClick={show}>
        {t("take.show")}
      </button>
      {job?.done && (
        <button
          type="button"
          class="icon-button"
          aria-label={`${t("generate.dismiss")}: ${t("take.title")}`}
          onClick={() => view.dismiss(`take/${click}`)}
        >
          <CloseIcon />
        </button>
      )}
    </>
  );

  function show() {
    if (job && job.media.length > 0) {
      view.reveal.value = { jobId, index: 0 };
      return;
    }
    const root = place.current?.closest(".legnext-widgets");
    const row = [...(root?.querySelectorAll<HTMLElement>(".results [data-job-id]") ?? [])].find(
      ({ dataset }) => dataset.jobId === jobId,
    );
    row?.scrollIntoView?.({ block: "nearest" });
    row?.focus({ preventScroll: true });
  }

  if (!job?.done) {
    const waiting = !job || job.status === "pending" || job.status === "staged";
    const progress = timed ? progressNow(timed, view.now.value) : null;
    const left = timed ? timeText(timed, view.now.value, t) : "";
    const finished = session.jobs.ordered.value.find((other) => other.job.done)?.job;
    return (
      <Take
        icon={waiting ? <ClockIcon /> : <RunningSpinner />}
        text={`${job ? nameOf(t, "status", job.status) : t("take.accepted")}${left ? "" : "."}`}
        detail={left ? `· ${left}` : usualText(finished, t)}
        buttons={buttons}
      >
        <TakeTiles job={null} />
        <ProgressBar
          label={t("take.title")}
          now={progress === null ? null : progress * 100}
          max={100}
        />
      </Take>
    );
  }
  if (job.media.length === 0) {
    return (
      <Take
        icon={<WarningIcon />}
        bad
        text={`${nameOf(t, "status", job.status)}.`}
        detail={errorText(job.error, t)}
        buttons={buttons}
      />
    );
  }
  return (
    <Take
      icon={<CheckIcon />}
      text={t("take.done")}
      detail={job.elapsed === null ? "" : t("take.took", { time: clock(job.elapsed) })}
      buttons={buttons}
    >
      <TakeTiles job={job} />
    </Take>
  );
}

function BatchTake() {
  const { session } = useScene();
  const t = useTranslate();
  const batch = session.batch.value;
  const place = useRef<HTMLDivElement>(null);
  if (!batch) return null;
  const running = batch.state === "running";
  const unknown = stillUnknown(batch, session);
  const whole = batch.state === "done" && batch.failed + unknown === 0;
  return (
    <div ref={place}>
      <Take
        icon={running ? <RunningSpinner /> : whole ? <CheckIcon /> : <WarningIcon />}
        text={running ? t("take.batch") : t("take.batch_ended")}
        detail={batchFacts(batch, unknown, t)}
        buttons={
          <button
            type="button"
            class="link-button"
            onClick={() =>
              place.current
                ?.closest(".legnext-widgets")
                ?.querySelector(".batch, .gallery")
                ?.scrollIntoView?.({ block: "nearest" })
            }
          >
            {t("take.show")}
          </button>
        }
      >
        <ProgressBar label={t("batch.title")} now={batch.done} max={batch.total} />
      </Take>
    </div>
  );
}

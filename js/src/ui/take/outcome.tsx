import { errorText, localize } from "../i18n/localize";
import { type Translate, useTranslate } from "../i18n/translate";
import type { Candidate, Submission } from "../protocol/generated";
import { useScene } from "../shared/context";
import { CloseIcon, WarningIcon } from "../shared/icons";

export const outcomeTitle = ({ phase }: Submission, t: Translate): string =>
  phase === "uncertain" ? t("generate.uncertain") : t("generate.refused");

function takeOverText(created: number | null, t: Translate): string {
  if (created === null) return t("generate.take_over");
  const seconds = Math.max(1, Math.round(Date.now() / 1000 - created));
  return seconds < 90
    ? t("generate.take_over_s", { count: seconds })
    : t("generate.take_over_min", { count: Math.round(seconds / 60) });
}

/** Buttons that take over a running job, which a request of unknown outcome may have become. */
export function Candidates({ of }: { of: readonly Candidate[] }) {
  const { session } = useScene();
  const t = useTranslate();
  const lookup = session.lookup.value;
  const { byId } = session.jobs.state.value;
  // One that is known by now was taken over for another request.
  const left = of.filter(({ id }) => !byId.has(id));
  return (
    <>
      {left.map(({ id, created }, at) => (
        <button
          key={id}
          type="button"
          class={at === 0 ? "button primary" : "link-button"}
          aria-disabled={lookup?.jobId === id && lookup.state === "running" ? "true" : undefined}
          onClick={() => session.lookUpJob(id)}
        >
          {takeOverText(created, t)}
        </button>
      ))}
      {lookup?.state === "failed" && left.some(({ id }) => id === lookup.jobId) && (
        <p>{localize(lookup.error, t)}</p>
      )}
    </>
  );
}

/** The outcome of the last click where it made no job, or may have made one. */
export function Outcome() {
  const { session, view } = useScene();
  const t = useTranslate();
  const outcome = session.submission.value;
  const key = `outcome/${outcome?.click}`;
  const shown =
    outcome &&
    (outcome.phase === "refused" || outcome.phase === "uncertain") &&
    !view.dismissed.value.has(key);
  return (
    <div role="status">
      {shown && (
        <div class="notice" data-phase={outcome.phase}>
          <WarningIcon />
          <div class="notice-body" dir="auto">
            <p class="notice-title">{outcomeTitle(outcome, t)}</p>
            {outcome.message && <p>{errorText(outcome, t)}</p>}
            <Candidates of={outcome.candidates} />
          </div>
          <button
            type="button"
            class="icon-button"
            aria-label={t("generate.dismiss")}
            onClick={() => view.dismiss(key)}
          >
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}

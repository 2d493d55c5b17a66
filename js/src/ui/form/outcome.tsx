import { localize } from "../i18n/localize";
import { type Translate, useTranslate } from "../i18n/translate";
import type { Submission } from "../protocol/generated";
import { useScene } from "../shared/context";
import { CloseIcon, WarningIcon } from "../shared/icons";

export const outcomeTitle = ({ phase }: Submission, t: Translate): string =>
  phase === "uncertain" ? t("generate.uncertain") : t("generate.refused");

/** What happened, and what to do about it. */
export const outcomeMessage = ({ message, next }: Submission, t: Translate): string =>
  `${localize(message, t)} ${localize(next, t)}`.trim();

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
            {outcome.message && <p>{outcomeMessage(outcome, t)}</p>}
            {outcome.candidates.length > 0 && (
              <>
                <p>{t("generate.candidates")}</p>
                <ul class="plain-list">
                  {outcome.candidates.map((id) => (
                    <li key={id}>
                      <button
                        type="button"
                        class="link-button mono"
                        onClick={() => session.lookUpJob(id)}
                      >
                        {id}
                      </button>
                    </li>
                  ))}
                </ul>
              </>
            )}
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

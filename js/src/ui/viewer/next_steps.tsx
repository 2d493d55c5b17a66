import { useState } from "preact/hooks";
import { errorText } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Job, Media } from "../protocol/generated";
import { useElementId, useScene } from "../shared/context";
import { ExtendIcon, Spinner, UpscaleIcon, WarningIcon } from "../shared/icons";
import { costOf } from "../state/cost";
import { outcomeTitle } from "../take/outcome";

/** The next steps from a clip: a longer one, with or without a prompt, or a larger one. */
export function NextSteps({ job, media }: { job: Job; media: Media }) {
  const { session } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const [prompt, setPrompt] = useState("");
  const [click, setClick] = useState<string | null>(null);
  const clip = { job_id: job.id, index: media.index };
  const account = session.account.value;
  const extension = costOf(account, "extend_video", 1);
  const upscale = costOf(account, "video_upscale", 1);
  const sending = session.sending.value || session.connection.value === "lost";
  if (!job.can.extend && !job.can.upscale) return null;
  return (
    <div class="next-steps">
      {job.can.extend && (
        <div class="field">
          <label class="label" for={id}>
            {t("steps.extend_words")}
          </label>
          <textarea
            id={id}
            class="input"
            dir="auto"
            rows={1}
            value={prompt}
            placeholder={t("steps.extend_placeholder")}
            onInput={(event) => setPrompt(event.currentTarget.value)}
          />
        </div>
      )}
      <div class="step-row">
        {job.can.extend && (
          <button
            type="button"
            class="button"
            aria-disabled={sending || extension.overBudget ? "true" : undefined}
            onClick={() => setClick(session.extend(clip, prompt) ?? click)}
          >
            <ExtendIcon />
            <span>{t("steps.extend")}</span>
            <span class="step-cost">{costText(extension.points)}</span>
          </button>
        )}
        {job.can.upscale && (
          <button
            type="button"
            class="button"
            aria-disabled={sending || upscale.overBudget ? "true" : undefined}
            onClick={() => setClick(session.upscale(clip) ?? click)}
          >
            <UpscaleIcon />
            <span>{t("steps.upscale")}</span>
            <span class="step-cost">{costText(upscale.points)}</span>
          </button>
        )}
      </div>
      {(extension.overBudget || upscale.overBudget) && (
        <p class="problem">
          <WarningIcon />
          {t("cost.over_budget")}
        </p>
      )}
      <StepOutcome click={click} />
    </div>
  );

  function costText(points: number | null) {
    return points === null ? "" : t("cost.about", { count: points });
  }
}

/** The outcome of a click in the viewer; the form's own notice is behind the dialog. */
function StepOutcome({ click }: { click: string | null }) {
  const { session } = useScene();
  const t = useTranslate();
  const outcome = session.submission.value;
  const mine = click !== null && outcome?.click === click ? outcome : null;
  const waiting = click !== null && session.click.value?.id === click;
  const unanswered = waiting && session.click.value?.state === "unanswered";
  return (
    <div role="status">
      {waiting ? (
        <p class="hint with-icon">
          <Spinner />
          {unanswered ? t("generate.waiting") : t("generate.sending")}
        </p>
      ) : mine?.phase === "accepted" ? (
        <p class="hint">{t("announce.accepted")}</p>
      ) : mine ? (
        <div class="notice" data-phase={mine.phase}>
          <WarningIcon />
          <div class="notice-body" dir="auto">
            <p class="notice-title">{outcomeTitle(mine, t)}</p>
            <p>{errorText(mine, t)}</p>
          </div>
        </div>
      ) : null}
    </div>
  );
}

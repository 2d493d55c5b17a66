import { useRef } from "preact/hooks";
import { errorText } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Job, Media, Takes } from "../protocol/generated";
import type { Step } from "../protocol/messages";
import { useElementId, useScene } from "../shared/context";
import { Problem } from "../shared/field";
import { CheckIcon, ExtendIcon, Spinner, UpscaleIcon, WarningIcon } from "../shared/icons";
import type { StepDraft } from "../shared/view_state";
import { stepCost } from "../state/cost";
import { stepKey } from "../state/repeats";
import { anotherKey, explainedFor, showLabel } from "../take/another_take";
import { Candidates, outcomeTitle } from "../take/outcome";
import { TakeQuestion } from "../take/take_question";
import { codePoints } from "../values/prompt";

/** The next steps from a clip: a longer one, with or without a prompt, or a larger one. */
export function NextSteps({ job, media }: { job: Job; media: Media }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const place = useRef<HTMLDivElement>(null);
  const clip = { job_id: job.id, index: media.index };
  const draft = view.stepDraft(clip);
  const { prompt, sent, repeated } = draft.value;
  const steps = [
    job.can.extend && ({ type: "extend", ...clip, prompt: prompt.trim() } as const),
    job.can.upscale && ({ type: "upscale", ...clip } as const),
  ].filter((step) => step !== false);
  if (steps.length === 0) return null;

  const outcome = session.submission.value;
  const mine = sent !== null && outcome?.click === sent.click ? outcome : null;
  const found =
    mine?.phase === "made_before" && !view.dismissed.value.has(anotherKey(mine)) ? mine : null;
  const asked = found ? (sent?.step ?? null) : repeated;
  const sending = session.sending.value || session.connection.value === "lost";
  const overBudget = steps.some((step) => stepCost(session.account.value, step).overBudget);

  const used = codePoints(prompt.trim());
  const limit = session.config.value.limits.prompt;
  const tooLong = job.can.extend && used > limit;
  const problem = tooLong ? t("steps.too_long_by", { count: used - limit }) : undefined;
  const isInvalid = (step: Step) => tooLong && step.type === "extend";

  const change = (changes: Partial<StepDraft>) => {
    draft.value = { ...draft.peek(), ...changes };
  };

  function send(step: Step, takes: Takes): boolean {
    const click = session.sendStep(step, takes);
    if (click === null) return false;
    change({ sent: { click, step }, repeated: null });
    return true;
  }

  function press(step: Step) {
    if (sending || isInvalid(step) || stepCost(session.account.peek(), step).overBudget) return;
    if (session.isRepeat(step)) change({ repeated: step });
    else send(step, "ask");
  }

  function close(step: Step) {
    if (found) view.dismiss(anotherKey(found));
    change({ repeated: null });
    requestAnimationFrame(() =>
      place.current?.querySelector<HTMLElement>(`[data-step=${step.type}]`)?.focus(),
    );
  }

  return (
    <div ref={place} class="next-steps">
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
            aria-invalid={problem ? "true" : undefined}
            aria-describedby={problem ? `${id}-problem` : undefined}
            onInput={(event) => change({ prompt: event.currentTarget.value, repeated: null })}
          />
          <Problem id={`${id}-problem`} text={problem} />
        </div>
      )}
      {asked ? (
        <TakeQuestion
          key={found?.click ?? "repeated"}
          title={t("another.title")}
          explained={explainedFor(found, t)}
          cost={stepCost(session.account.value, asked)}
          labels={{ new: t("another.yes"), reuse: showLabel(found, t) }}
          answer={(takes) => {
            if (send(asked, takes)) close(asked);
          }}
          close={() => close(asked)}
        />
      ) : (
        <div class="step-row">
          {steps.map((step) => {
            const { points, overBudget: tooMuch } = stepCost(session.account.value, step);
            const done = mine?.phase === "accepted" && sent && stepKey(sent.step) === stepKey(step);
            const Icon = done ? CheckIcon : step.type === "extend" ? ExtendIcon : UpscaleIcon;
            return (
              <button
                key={step.type}
                type="button"
                class="button"
                data-step={step.type}
                aria-disabled={sending || tooMuch || isInvalid(step) ? "true" : undefined}
                onClick={() => press(step)}
              >
                <Icon />
                <span>{step.type === "extend" ? t("steps.extend") : t("steps.upscale")}</span>
                <span class="step-cost">
                  {done || points === null ? "" : t("cost.about", { count: points })}
                </span>
              </button>
            );
          })}
        </div>
      )}
      {overBudget && (
        <p class="problem">
          <WarningIcon />
          {t("cost.over_budget")}
        </p>
      )}
      <StepOutcome click={sent?.click ?? null} />
    </div>
  );
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
        <p class="hint with-icon">
          <CheckIcon />
          {t("announce.accepted")}
        </p>
      ) : mine?.phase === "refused" || mine?.phase === "uncertain" ? (
        <div class="notice" data-phase={mine.phase}>
          <WarningIcon />
          <div class="notice-body" dir="auto">
            <p class="notice-title">{outcomeTitle(mine, t)}</p>
            <p>{errorText(mine, t)}</p>
            <Candidates of={mine.candidates} />
          </div>
        </div>
      ) : null}
    </div>
  );
}

import { problemText } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { MAX_BATCH } from "../protocol/generated";
import { useElementId, useScene } from "../shared/context";
import { Problem, TextField } from "../shared/field";
import { codePoints, compose } from "../values/prompt";

const NEAR_THE_LIMIT = 0.9;

/** One prompt, with how much of the limit it uses. */
export function PromptField({ problem }: { problem: string | undefined }) {
  const { session } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const source = session.drafts.field("source").value;
  const used = codePoints(compose(session.drafts.all()));
  const limit = session.config.value.limits.prompt;
  const level = used > limit ? "over" : used > limit * NEAR_THE_LIMIT ? "near" : "ok";
  const placeholder = {
    image_url: t("prompt.placeholder"),
    image_job: t("prompt.placeholder_optional"),
    text: t("prompt.placeholder_text"),
  }[source];
  return (
    <TextField
      field="prompt"
      label={t("prompt.label")}
      placeholder={placeholder}
      problem={problem}
      multiline
      describedBy={id}
      aside={
        <span class="count" data-level={level} title={t("prompt.count_spoken", { used, limit })}>
          <span aria-hidden="true">{t("prompt.count", { used, limit })}</span>
          <span class="sr-only" id={id}>
            {t("prompt.count_spoken", { used, limit })}
          </span>
        </span>
      }
    />
  );
}

/** The switch between one prompt and several. */
export function SeveralSwitch() {
  const { session, view } = useScene();
  const t = useTranslate();
  const { on } = session.batchDraft;
  return (
    <label class="toggle-line several">
      <input
        type="checkbox"
        role="switch"
        checked={on.value}
        aria-checked={on.value}
        onChange={(event) => {
          session.batchDraft.turn(event.currentTarget.checked);
          view.confirming.value = false;
        }}
      />
      <span class="toggle-label">{t("batch.toggle")}</span>
    </label>
  );
}

/** Several prompts, one per line, with the number of jobs that they make. */
export function BatchField({ shown }: { shown: boolean }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const { text, expansion } = session.batchDraft;
  const { total } = expansion.value;
  const problem = useBatchProblem(shown);
  return (
    <div class="field">
      <div class="label-line">
        <label class="label" for={id}>
          {t("batch.label")}
        </label>
        <span class="count" data-level={total > MAX_BATCH ? "over" : "ok"}>
          {t("batch.count", { count: total })}
        </span>
      </div>
      <textarea
        id={id}
        class="input"
        dir="auto"
        rows={4}
        maxLength={session.config.value.limits.prompts}
        data-field="prompt"
        value={text.value}
        placeholder={t("batch.placeholder")}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={`${problem ? `${id}-problem ` : ""}${id}-hint`}
        autoComplete="off"
        onInput={(event) => {
          session.batchDraft.type(event.currentTarget.value);
          view.confirming.value = false;
        }}
      />
      <Problem id={`${id}-problem`} text={problem} />
      <p class="hint" id={`${id}-hint`}>
        {t("batch.hint")}
      </p>
    </div>
  );
}

function useBatchProblem(shown: boolean): string | undefined {
  const { session } = useScene();
  const t = useTranslate();
  const { batchDraft, drafts } = session;
  const rules = session.rules.value;
  const limit = rules.limits.prompt;
  const { total } = batchDraft.expansion.value;
  if (total === 0) return shown ? t("batch.needed") : undefined;
  if (total > MAX_BATCH) return t("batch.too_many", { count: total, most: MAX_BATCH });
  const found = batchDraft.lineProblem(drafts.all(), rules);
  if (!found) return undefined;
  const problem =
    found.code === "too_long"
      ? t("problems.too_long")
      : problemText(t, "prompt", found.code, { used: limit, limit });
  return t("batch.line_problem", { line: found.line, problem });
}

import { useEffect, useRef } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import type { Field } from "../protocol/generated";
import { useScene } from "../shared/context";
import { AnotherTake, anotherKey } from "../take/another_take";
import { Outcome } from "../take/outcome";
import { TakeStatus } from "../take/take_status";
import { BatchConfirm } from "./batch_confirm";
import { useClearOfFoot } from "./clear_of_foot";
import { Options } from "./options";
import { BatchField, PromptField, SeveralSwitch } from "./prompt_field";
import { ShowRequest } from "./show_request";
import { useShownProblems } from "./shown_problems";
import { SourcePicker } from "./source_picker";
import { Submit } from "./submit";

/** Everything that makes up one request, and the button that sends it. */
export function Form() {
  const { session, view } = useScene();
  const t = useTranslate();
  const form = useRef<HTMLFormElement>(null);
  const foot = useRef<HTMLDivElement>(null);
  useClearOfFoot(form, foot);
  const problems = useShownProblems();
  const several = session.batchDraft.on.value;
  const found = session.madeBefore.value;
  const asks = found !== null && !view.dismissed.value.has(anotherKey(found));

  function generate() {
    view.submitTried.value = true;
    if (session.batchDraft.on.peek()) {
      const valid = Object.keys(session.problems.peek()).length === 0;
      if (!valid) view.focusProblem.value += 1;
      else if (!session.sending.peek() && !session.cost.peek().overBudget)
        view.confirming.value = true;
      return;
    }
    const free = !session.sending.peek() && !session.cost.peek().overBudget;
    const ready = free && Object.keys(session.problems.peek()).length === 0;
    if (ready && session.isRepeat()) {
      view.another.value = true;
    } else if (session.submit()) {
      view.submitTried.value = false;
      view.touched.value = new Set();
    } else if (!session.sending.peek()) {
      view.focusProblem.value += 1;
    }
  }

  useEffect(() => {
    if (view.focusProblem.value === 0) return;
    const first = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    first?.focus();
  }, [view.focusProblem.value, view]);

  useEffect(() => {
    if (view.focusPrompt.value === 0) return;
    form.current?.querySelector<HTMLElement>("[data-field=prompt]")?.focus();
  }, [view.focusPrompt.value, view]);

  return (
    <form
      ref={form}
      class="controls"
      aria-label={t("studio.form")}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        generate();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        const shortcut = event.ctrlKey || event.metaKey;
        const inLine = event.target instanceof HTMLInputElement;
        // A lone Enter in a one-line field must not spend points.
        if (shortcut || inLine) event.preventDefault();
        if (shortcut && !event.repeat) generate();
      }}
      onFocusOut={(event) => {
        const field = (event.target as HTMLElement).dataset?.field as Field | undefined;
        if (field) view.touch(field);
        session.drafts.flush();
      }}
    >
      <div class="controls-body">
        <SourcePicker problems={problems} />
        <div class="wishes">
          <div class="prompt-place">
            {several ? (
              <BatchField shown={view.submitTried.value || view.touched.value.has("prompt")} />
            ) : (
              <PromptField problem={problems.prompt} />
            )}
            <SeveralSwitch />
          </div>
          <Options problems={problems} />
          <ShowRequest />
        </div>
      </div>
      <div ref={foot} class="controls-foot">
        <Outcome />
        {!(several && view.confirming.value) && <TakeStatus />}
        {several && view.confirming.value ? (
          <BatchConfirm />
        ) : asks ? (
          <AnotherTake key={found.click} found={found} />
        ) : !several && view.another.value && session.isRepeat() ? (
          <AnotherTake found={null} />
        ) : (
          <Submit />
        )}
      </div>
    </form>
  );
}

import { useEffect, useRef } from "preact/hooks";
import type { Field } from "../contract";
import { useWords } from "../words/words";
import { useScene } from "./context";
import { Options } from "./options";
import { Outcome } from "./outcome";
import { PromptField } from "./prompt_field";
import { useShownProblems } from "./shown_problems";
import { SourcePicker } from "./source_picker";
import { Submit } from "./submit";

/** The controls: everything that makes up one request, and the button that sends it. */
export function Studio() {
  const { session, view } = useScene();
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const problems = useShownProblems();

  function generate() {
    view.submitTried.value = true;
    if (session.submit()) {
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
      aria-label={words.studio.form}
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
          <PromptField problem={problems.prompt} />
          <Options problems={problems} />
        </div>
      </div>
      <div class="controls-foot">
        <Outcome />
        <Submit />
      </div>
    </form>
  );
}

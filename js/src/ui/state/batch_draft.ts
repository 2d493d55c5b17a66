import { computed, type ReadonlySignal } from "@preact/signals";
import { type Inputs, MAX_BATCH } from "../protocol/generated";
import { findProblems, type ProblemCode, type Problems, type Rules } from "../values/problems";
import type { Drafts } from "./drafts";
import { type Expansion, expandPrompts } from "./templates";

export interface LineProblem {
  line: number;
  code: ProblemCode;
}

/** The text that makes several prompts. */
export interface BatchDraft {
  readonly on: ReadonlySignal<boolean>;
  readonly text: ReadonlySignal<string>;
  readonly expansion: ReadonlySignal<Expansion>;
  /** As for a single request; the first problem with a line is reported for `prompt`. */
  problems(inputs: Inputs, rules: Rules): Problems;
  lineProblem(inputs: Inputs, rules: Rules): LineProblem | null;
  /** Switch between one prompt and several. The first time, the one prompt becomes the first line. */
  turn(on: boolean): void;
  type(text: string): void;
}

export function createBatchDraft(drafts: Drafts): BatchDraft {
  const text = drafts.field("_prompts");
  const expansion = computed(() => expandPrompts(text.value, MAX_BATCH));

  function lineProblem(inputs: Inputs, rules: Rules): LineProblem | null {
    for (const { number, prompts } of expansion.value.lines) {
      for (const prompt of prompts) {
        const code = findProblems({ ...inputs, prompt }, rules).prompt;
        if (code) return { line: number, code };
      }
    }
    return null;
  }

  return {
    on: drafts.field("_several"),
    text,
    expansion,
    lineProblem,
    turn(on) {
      const first = on && !text.peek() ? drafts.all().prompt : text.peek();
      drafts.choose({ _several: on, _prompts: first });
    },
    type(written) {
      drafts.type("_prompts", written);
    },
    problems(inputs, rules) {
      const [first] = expansion.value.prompts;
      const problems = findProblems({ ...inputs, prompt: first ?? "" }, rules);
      delete problems.prompt;
      const { total } = expansion.value;
      if (total === 0) return { ...problems, prompt: "required" };
      if (total > MAX_BATCH) return { ...problems, prompt: "out_of_range" };
      const found = lineProblem(inputs, rules);
      return found ? { ...problems, prompt: found.code } : problems;
    },
  };
}

import { computed, type ReadonlySignal } from "@preact/signals";
import type { Inputs } from "../protocol/contract";
import type { Drafts } from "./drafts";
import { findProblems, type Limits, type ProblemCode, type Problems } from "./problems";
import { type Expansion, expandPrompts } from "./templates";

/** Jobs that one batch may start; the kernel holds to the same. */
export const MOST_AT_ONCE = 200;

export interface LineProblem {
  line: number;
  code: ProblemCode;
}

/** Several prompts at once, as they are written. */
export interface BatchDraft {
  readonly on: ReadonlySignal<boolean>;
  readonly text: ReadonlySignal<string>;
  readonly expansion: ReadonlySignal<Expansion>;
  /** As for a single request; what is wrong with any line stands at `prompt`. */
  problems(inputs: Inputs, limits: Limits): Problems;
  lineProblem(inputs: Inputs, limits: Limits): LineProblem | null;
  /** Switched on for the first time, it begins with the one prompt that is there. */
  turn(on: boolean): void;
  type(text: string): void;
}

export function createBatchDraft(drafts: Drafts): BatchDraft {
  const text = drafts.field("_prompts");
  const expansion = computed(() => expandPrompts(text.value, MOST_AT_ONCE));

  function lineProblem(inputs: Inputs, limits: Limits): LineProblem | null {
    for (const { number, prompts } of expansion.value.lines) {
      for (const prompt of prompts) {
        const code = findProblems({ ...inputs, prompt }, limits).prompt;
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
    problems(inputs, limits) {
      const [first] = expansion.value.prompts;
      const problems = findProblems({ ...inputs, prompt: first ?? "" }, limits);
      delete problems.prompt;
      const { total } = expansion.value;
      if (total === 0) return { ...problems, prompt: "required" };
      if (total > MOST_AT_ONCE) return { ...problems, prompt: "out_of_range" };
      const found = lineProblem(inputs, limits);
      return found ? { ...problems, prompt: found.code } : problems;
    },
  };
}

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Inputs } from "../contract";
import { findProblems, type Limits, type ProblemCode, type Problems } from "./problems";
import { type Expansion, expandPrompts } from "./templates";

/** Jobs that one batch may start; the kernel holds to the same. */
export const MOST_AT_ONCE = 200;

export interface LineProblem {
  line: number;
  code: ProblemCode;
}

/** Several prompts at once, as they are written: no trait, as only single requests are. */
export interface BatchDraft {
  readonly on: Signal<boolean>;
  readonly text: Signal<string>;
  readonly expansion: ReadonlySignal<Expansion>;
  /** As for a single request; what is wrong with any line stands at `prompt`. */
  problems(inputs: Inputs, limits: Limits): Problems;
  lineProblem(inputs: Inputs, limits: Limits): LineProblem | null;
}

export function createBatchDraft(): BatchDraft {
  const text = signal("");
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
    on: signal(false),
    text,
    expansion,
    lineProblem,
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

import type { Account, Inputs } from "../protocol/generated";
import type { Step } from "../protocol/messages";

export interface Cost {
  jobs: number;
  /** Points last charged for such jobs; null when none is known. */
  points: number | null;
  overBudget: boolean;
  /** The known balance is less than this costs. */
  overBalance: boolean;
}

export const kindOf = (inputs: Pick<Inputs, "source">): string =>
  inputs.source === "text" ? "diffusion" : "video_diffusion";

/** The cost of some jobs of a kind. The budget is a limit, the balance only a warning. */
export function costOf({ costs, budget, balance }: Account, kind: string, jobs: number): Cost {
  const each = costs[kind] ?? null;
  const points = each === null ? null : each * jobs;
  return {
    jobs,
    points,
    overBudget: budget !== null && jobs > 0 && budget.spent + (points ?? 0) > budget.limit,
    overBalance: balance !== null && points !== null && points > balance,
  };
}

/** The cost of a next step from a clip. */
export const stepCost = (account: Account, { type }: Pick<Step, "type">): Cost =>
  costOf(account, type === "extend" ? "extend_video" : "video_upscale", 1);

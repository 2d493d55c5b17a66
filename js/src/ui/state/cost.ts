import type { Account, Inputs } from "../protocol/generated";

export interface Cost {
  jobs: number;
  /** Points last seen for such jobs; null when none was ever seen. */
  points: number | null;
  overBudget: boolean;
  /** The balance, as far as it is known, is less than this takes. */
  overBalance: boolean;
}

export const kindOf = (inputs: Pick<Inputs, "source">): string =>
  inputs.source === "text" ? "diffusion" : "video_diffusion";

/** What some jobs of a kind would take; the budget is a limit, the balance only a warning. */
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

import type { Cost } from "../state/cost";
import { useWords } from "../words/words";
import { useScene } from "./context";
import { WarningIcon } from "./icons";

/** What it takes, what is left, and how much of the budget is used, as far as it is known. */
export function CostLine({ cost }: { cost: Cost }) {
  const { session } = useScene();
  const words = useWords();
  const { balance, budget, low } = session.account.value;
  const facts = [
    cost.points === null || cost.jobs === 0 ? "" : words.cost.takes(cost.points),
    balance === null ? "" : words.cost.left(balance),
    budget === null ? "" : words.cost.budget(budget.spent, budget.limit),
  ].filter(Boolean);
  const warning = cost.overBalance ? words.cost.overBalance : low ? words.cost.low : "";
  if (facts.length === 0) return null;
  return (
    <>
      <p class="cost">{facts.join(" · ")}</p>
      {warning && (
        <p class="cost-warning">
          <WarningIcon />
          <span>
            {warning}{" "}
            <button type="button" class="link-button" onClick={() => session.askBalance()}>
              {words.cost.askAgain}
            </button>
          </span>
        </p>
      )}
    </>
  );
}

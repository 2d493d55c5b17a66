import { useTranslate } from "../i18n/translate";
import { useScene } from "../shared/context";
import { WarningIcon } from "../shared/icons";
import type { Cost } from "../state/cost";

/** What a click makes and costs; below it the balance and the budget, if known. */
export function CostLine({ cost, note = "" }: { cost: Cost; note?: string | undefined }) {
  const { session } = useScene();
  const t = useTranslate();
  const { balance, budget, low } = session.account.value;
  const takes =
    cost.points === null || cost.jobs === 0 ? "" : t("cost.about", { count: cost.points });
  const happens = [note, takes].filter(Boolean);
  const facts = [
    balance === null ? "" : t("cost.left", { points: balance }),
    budget === null ? "" : t("cost.budget", { spent: budget.spent, limit: budget.limit }),
  ].filter(Boolean);
  const warning = cost.overBalance ? t("cost.over_balance") : low ? t("cost.low") : "";
  return (
    <>
      {happens.length > 0 && <p class="cost">{happens.join(" · ")}</p>}
      {facts.length > 0 && <p class="cost-left">{facts.join(" · ")}</p>}
      {warning && (
        <p class="cost-warning">
          <WarningIcon />
          <span>
            {warning}{" "}
            <button type="button" class="link-button" onClick={() => session.requestBalance()}>
              {t("cost.ask_again")}
            </button>
          </span>
        </p>
      )}
    </>
  );
}

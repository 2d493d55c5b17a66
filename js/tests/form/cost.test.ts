import { screen } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { ACCOUNT } from "../../pages/fixtures";
import { openStudio, VALID } from "../studio_page";

const withBudget = (limit: number, spent: number) => ({ ...ACCOUNT, budget: { limit, spent } });

describe("the cost", () => {
  it("is said before anything is sent: what it takes, what is left, what the budget is", () => {
    openStudio({ ...VALID, _account: withBudget(5000, 1000) });
    screen.getByText("Generates 4 videos · about 480 points");
    screen.getByText("99,520 left · budget 1,000 of 5,000 used");
  });

  it("is that of the kind of job", async () => {
    const { kernel } = openStudio({ ...VALID, _account: ACCOUNT });
    kernel.change({ source: "text" });
    await screen.findByText("Generates four images · about 80 points");
  });

  it("over the budget makes sending impossible, and says why", async () => {
    const { generate, sent, user } = openStudio({ ...VALID, _account: withBudget(1000, 600) });
    expect(generate().getAttribute("aria-disabled")).toBe("true");
    const note = document.getElementById(generate().getAttribute("aria-describedby") ?? "");
    expect(note?.textContent).toMatch(/exceed the budget/);
    await user.click(generate());
    expect(sent("submit")).toEqual([]);
  });

  it("that just fits the budget may be sent", async () => {
    const { generate, sent, user } = openStudio({ ...VALID, _account: withBudget(1000, 520) });
    await user.click(generate());
    expect(sent("submit")).toHaveLength(1);
  });

  it("above the balance is a warning, as the balance may be old; it can be asked for", async () => {
    const { generate, sent, user } = openStudio({
      ...VALID,
      _account: { ...ACCOUNT, balance: 20 },
    });
    screen.getByText(/may not have enough points/);
    await user.click(screen.getByRole("button", { name: "Refresh the balance" }));
    expect(sent("balance")).toHaveLength(1);
    await user.click(generate());
    expect(sent("submit")).toHaveLength(1);
  });
});

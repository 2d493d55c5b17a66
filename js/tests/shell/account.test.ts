import { screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { ACCOUNT, failedJob, live, quoted, runningJob, uncertainJob } from "../../pages/fixtures";
import { openStudio, VALID } from "../studio_page";

const REAL = { sandbox: false, speed: 1, host: "api.legnext.ai", has_key: true };
const withBudget = (limit: number, spent: number) => ({ ...ACCOUNT, budget: { limit, spent } });

describe("the cost", () => {
  it("is said before anything is sent: what it takes, what is left, what the budget is", () => {
    openStudio({ ...VALID, _account: withBudget(5000, 1000) });
    screen.getByText("Makes 4 videos · about 480 points");
    screen.getByText("99,520 left · budget 1,000 of 5,000 used");
  });

  it("is that of the kind of job", async () => {
    const { kernel } = openStudio({ ...VALID, _account: ACCOUNT });
    kernel.change({ source: "text" });
    await screen.findByText("Makes four images · about 80 points");
  });

  it("over the budget makes sending impossible, and says why", async () => {
    const { generate, sent, user } = openStudio({ ...VALID, _account: withBudget(1000, 600) });
    expect(generate().getAttribute("aria-disabled")).toBe("true");
    const note = document.getElementById(generate().getAttribute("aria-describedby") ?? "");
    expect(note?.textContent).toMatch(/over the budget/);
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

describe("the request", () => {
  const TOLD = { requests: 1, points: 480, over_budget: false, problem: null };

  async function openRequest(values = {}) {
    const studio = openStudio({ ...VALID, ...values });
    studio.kernel.answer = ({ type, ask, inputs }) => {
      const { prompt } = (inputs ?? {}) as Record<string, string>;
      if (type !== "describe") return;
      const code = { json: `json ${prompt}`, curl: `curl ${prompt}`, python: `python ${prompt}` };
      studio.kernel.tell({ type: "described", ask, ...TOLD, ...code });
    };
    const details = studio.el.querySelector("details.request") as HTMLDetailsElement;
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
    await screen.findByText("json waves");
    return studio;
  }

  it("is asked for only when someone looks", async () => {
    const { sent } = await openRequest();
    expect(sent("describe")).toHaveLength(1);
    expect(openStudio(VALID).sent("describe")).toEqual([]);
  });

  it("is shown as JSON, curl and Python, by mouse and by arrow keys", async () => {
    const { user } = await openRequest();
    await user.click(screen.getByRole("tab", { name: "curl" }));
    await screen.findByText("curl waves");
    await user.keyboard("{ArrowRight}");
    await screen.findByText("python waves");
    expect(screen.getByRole("tab", { name: "Python" }).getAttribute("aria-selected")).toBe("true");
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("tab", { name: "Python" })),
    );
  });

  it("follows what is typed", async () => {
    const { prompt, user } = await openRequest();
    await user.type(prompt(), "!");
    await screen.findByText("json waves!");
  });

  it("is copied, or selected where copying is forbidden", async () => {
    const { user } = await openRequest();
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await user.click(screen.getByRole("button", { name: "Copy JSON" }));
    expect(write).toHaveBeenCalledWith("json waves");
    await user.click(screen.getByRole("tab", { name: "curl" }));
    write.mockRejectedValue(new Error("forbidden"));
    document.execCommand = () => false;
    await user.click(await screen.findByRole("button", { name: "Copy curl" }));
    await waitFor(() => expect(String(getSelection())).toBe("curl waves"));
  });
});

describe("earlier sessions", () => {
  it("leave running jobs, which is said once", async () => {
    const { user } = openStudio({
      _account: { ...ACCOUNT, recalled: 2 },
      _live: live([runningJob(), runningJob()]),
    });
    const notice = screen.getByText("2 jobs from your last session are still running.");
    await user.click(
      within(notice.parentElement as HTMLElement).getByRole("button", { name: "Dismiss" }),
    );
    expect(screen.queryByText(/last session/)).toBeNull();
  });

  it("leave requests of unknown outcome, with what can be done", async () => {
    const job = uncertainJob({ prompt: "perhaps" });
    const { sent, user } = openStudio({ _live: live([job]) });
    screen.getByText("Outcome unknown");
    screen.getByText(/so it was not sent again/);
    screen.getByText(/Look at the running jobs/);
    await user.click(screen.getByRole("button", { name: "Use again: perhaps" }));
    expect(sent("reuse")).toEqual([{ type: "reuse", job_id: job.id }]);
    await user.click(screen.getByRole("button", { name: "Dismiss: perhaps" }));
    expect(sent("dismiss")).toEqual([{ type: "dismiss", job_id: job.id }]);
    await waitFor(() => expect(screen.queryByText("perhaps")).toBeNull());
  });

  it("do not fill the queue with what failed long ago, nor with all that failed", async () => {
    const long = { created: Date.now() / 1000 - 90_000 };
    const failed = [1, 2, 3, 4, 5].map((n) => failedJob({ id: `f${n}`, prompt: `f${n}` }));
    const { user } = openStudio({
      _live: live([...failed, failedJob({ ...long, prompt: "old" })]),
    });
    const queue = screen.getByRole("region", { name: "Queue" });
    expect(within(queue).queryByText("old")).toBeNull();
    expect(queue.querySelectorAll("[data-job-id]")).toHaveLength(3);
    await user.click(within(queue).getByRole("button", { name: "Show all 5" }));
    expect(queue.querySelectorAll("[data-job-id]")).toHaveLength(5);
  });
});

describe("the library", () => {
  it("says how large it is and what is wrong with it", async () => {
    const { kernel } = openStudio({ _account: ACCOUNT });
    screen.getByText("Library: 187 MB");
    const library = {
      path: "/x",
      bytes: 2.5e9,
      keeps: false,
      troubles: [quoted("The disk is full.")],
    };
    kernel.change({ _account: { ...ACCOUNT, library } });
    await screen.findByText("Library: 2.5 GB · clips are not kept");
    await screen.findByText(/The disk is full/);
  });
});

describe("the key", () => {
  const KEY = "lgn-secret-0123456789";

  async function enter(kernel: ReturnType<typeof openStudio>["kernel"], error: unknown) {
    kernel.answer = ({ type, ask }) => {
      if (type === "save_key") setTimeout(() => kernel.tell({ type: "key_saved", ask, error }), 20);
    };
    const field = screen.getByLabelText<HTMLInputElement>("API key");
    const { user } = { user: (await import("@testing-library/user-event")).default.setup() };
    await user.type(field, KEY);
    await user.click(screen.getByRole("button", { name: "Use this key" }));
    return field;
  }

  it("goes to the kernel once, and stays nowhere in the page or its values", async () => {
    const { el, kernel, sent } = openStudio({ _service: { ...REAL, has_key: false } });
    const field = await enter(kernel, null);
    expect(sent("save_key")).toMatchObject([{ key: KEY }]);
    expect(field.value).toBe("");
    await waitFor(() => expect(sent("sync")).toHaveLength(1));
    expect(el.innerHTML).not.toContain(KEY);
    expect(JSON.stringify(kernel.saves)).not.toContain(KEY);
    expect(JSON.stringify(kernel.sent.filter(({ type }) => type !== "save_key"))).not.toContain(
      KEY,
    );
    for (const input of el.querySelectorAll("input, textarea")) {
      expect((input as HTMLInputElement).value).not.toContain(KEY);
    }
  });

  it("that is wrong is refused in words that do not repeat it", async () => {
    const { el, kernel, sent } = openStudio({ _service: { ...REAL, has_key: false } });
    await enter(kernel, quoted(`Unknown key ${KEY}.`));
    await screen.findByText("Unknown key ….");
    expect(el.innerHTML).not.toContain(KEY);
    expect(sent("sync")).toEqual([]);
  });

  it("makes nothing of the account before it stay", async () => {
    const { kernel } = openStudio({
      _service: { ...REAL, has_key: false },
      _live: live([failedJob({ prompt: "of the sandbox" })]),
    });
    await enter(kernel, null);
    await waitFor(() => expect(screen.queryByText("of the sandbox")).toBeNull());
  });

  it("is a quiet offer in the sandbox and no question at all where there is one", () => {
    const { el, unmount } = openStudio();
    expect(el.querySelector<HTMLDetailsElement>("details.key")?.open).toBe(false);
    unmount();
    expect(openStudio({ _service: REAL }).el.querySelector("details.key")).toBeNull();
  });

  it("is never remembered by the browser", () => {
    openStudio({ _service: { ...REAL, has_key: false } });
    const field = screen.getByLabelText("API key");
    expect(field.getAttribute("type")).toBe("password");
    expect(field.getAttribute("autocomplete")).toBe("off");
    expect(field.hasAttribute("value")).toBe(false);
  });
});

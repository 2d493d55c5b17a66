import { screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { ACCOUNT, failedJob, live, runningJob, uncertainJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

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

  it("of unknown outcome are taken over at their row, while no other row has their job", async () => {
    const run = { id: "run", created: Date.now() / 1000 - 5 };
    const { sent, user, kernel } = openStudio({
      _live: live([
        uncertainJob({ id: "attempt:1", prompt: "first", candidates: [run] }),
        uncertainJob({ id: "attempt:2", prompt: "second", candidates: [run] }),
      ]),
    });
    const [button] = screen.getAllByRole("button", { name: /^Take over the job that started/ });
    await user.click(button as HTMLElement);
    expect(sent("look_up")).toEqual([{ type: "look_up", job_id: "run" }]);
    kernel.change({
      _live: { revision: 8, since: 7, jobs: [runningJob({ id: "run" })], total: 3 },
    });
    await waitFor(() => expect(screen.queryByRole("button", { name: /^Take over/ })).toBeNull());
  });

  it("leave requests of unknown outcome, with what can be done", async () => {
    const job = uncertainJob({ prompt: "perhaps" });
    const { sent, user } = openStudio({ _live: live([job]) });
    screen.getByText("Outcome unknown");
    screen.getByText(/so it was not sent again/);
    screen.getByText(/Check the running jobs/);
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

import { screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import {
  ACCOUNT,
  live,
  manyJobs,
  runningJob,
  serviceMessage,
  uncertainJob,
} from "../../pages/fixtures";
import { openStudio, VALID } from "../studio_page";

const LINES = "A {{red|blue} balloon{Enter}The tide";

async function several(values: Record<string, unknown> = {}) {
  const studio = openStudio({ ...VALID, prompt: "", _account: ACCOUNT, ...values });
  await studio.user.click(screen.getByRole("switch", { name: "Several prompts" }));
  await studio.user.type(screen.getByRole("textbox", { name: /one per line/ }), LINES);
  return studio;
}

describe("a batch under way", () => {
  const BATCH = { click: "b", total: 40, sent: 12, done: 8, failed: 1, state: "running" };

  const SAME = { ...(manyJobs(1)[0]?.settings as object), image_url: null };

  it("says how far it is, and can be stopped", async () => {
    const { sent, user } = openStudio({ _batch: BATCH });
    const region = screen.getByRole("region", { name: "Batch" });
    within(region).getByText("12 of 40 sent · 7 done · 1 not started");
    expect(within(region).getByRole("progressbar").getAttribute("aria-valuenow")).toBe("8");
    await user.click(within(region).getByRole("button", { name: "Stop" }));
    expect(sent("stop_batch")).toHaveLength(1);
  });

  it("says why it stopped by itself", () => {
    openStudio({
      _batch: { ...BATCH, state: "stopped", reason: serviceMessage("402: no credit left.") },
    });
    const region = screen.getByRole("region", { name: "Batch" });
    within(region).getByText("Stopped. Jobs that were sent continue. 402: no credit left.");
  });

  it("tells unknown outcomes from what did not start, and calls neither done", async () => {
    const ended = { total: 6, sent: 6, done: 6, failed: 1, uncertain: 2, state: "done" };
    const unknown = ["a", "b"].map((id) => uncertainJob({ id: `attempt:${id}` }));
    const { user } = openStudio({ _batch: { ...BATCH, ...ended }, _live: live(unknown) });
    const region = screen.getByRole("region", { name: "Batch" });
    within(region).getByText("6 of 6 sent · 3 done · 1 not started · 2 with unknown outcome");
    within(region).getByText(
      "The queue shows the jobs whose outcome is unknown. Some jobs did not start.",
    );
    for (const button of screen.getAllByRole("button", { name: /^Dismiss: Mist lifts/ })) {
      await user.click(button);
    }
    await within(region).findByText("6 of 6 sent · 3 done · 1 not started");
    within(region).getByText("Some jobs did not start.");
  });

  it("does not call itself stopped where all was sent but not accepted", () => {
    openStudio({ _batch: { ...BATCH, sent: 40, done: 40, state: "done", left: 1 } });
    const region = screen.getByRole("region", { name: "Batch" });
    within(region).getByText("Some jobs did not start.");
  });

  it("of an earlier session is a table until it is dismissed", async () => {
    const jobs: Record<string, unknown>[] = manyJobs(4).map((job, at) => ({
      ...job,
      prompt: `A ${at < 2 ? "red" : "blue"} balloon rises`,
      settings: { ...SAME, motion: at % 2 ? "high" : "low" },
    }));
    const { sent, user } = openStudio({
      _live: live(jobs),
      _batch: { ...BATCH, total: 4, state: "earlier", jobs: jobs.map(({ id }) => id) },
    });
    const region = screen.getByRole("region", { name: "Batch" });
    within(region).getByText("4 jobs · 1 not started");
    expect(within(region).queryByRole("progressbar")).toBeNull();
    const heads = [...region.querySelectorAll("th")].map((head) => head.textContent);
    expect(heads).toEqual(["Motion: Low", "Motion: High", "red", "blue"]);
    expect(region.querySelectorAll("td .clip")).toHaveLength(4);
    await user.click(within(region).getByRole("button", { name: "Dismiss: Batch" }));
    expect(sent("forget_batch")).toEqual([{ type: "forget_batch", batch: "b" }]);
    expect(screen.queryByRole("region", { name: "Batch" })).toBeNull();
  });

  it("that varies settings alone has them as columns", () => {
    const jobs: Record<string, unknown>[] = manyJobs(3).map((job, at) => ({
      ...job,
      prompt: "waves",
      settings: { ...SAME, raw: at === 2, video_type: Number(at > 0) },
    }));
    openStudio({ _live: live(jobs), _batch: { ...BATCH, jobs: jobs.map(({ id }) => id) } });
    const heads = [...document.querySelectorAll(".batch-table th")];
    expect(heads.map((head) => head.textContent)).toEqual([
      "Quality",
      "Raw: –",
      "Raw: ✓",
      "480p",
      "720p",
    ]);
  });

  it("shows how far each job is in its table, and the queue only what needs a look", async () => {
    const jobs: Record<string, unknown>[] = [0, 1, 2].map((at) => ({
      ...runningJob(),
      id: `job-${at}`,
      prompt: `A ${["red", "blue", "green"][at]} balloon rises`,
      warning: at === 2 ? serviceMessage("It cannot be asked for.") : null,
    }));
    const { kernel } = openStudio({
      _live: live([...jobs, { ...runningJob(), id: "alone" }]),
      _batch: { ...BATCH, total: 3, jobs: jobs.map(({ id }) => id) },
    });
    const table = screen.getByRole("table");
    expect(within(table).getAllByRole("progressbar")).toHaveLength(3);
    const queued = () =>
      [...document.querySelectorAll<HTMLElement>(".queue-job")].map((row) => row.dataset.jobId);
    expect(queued().sort()).toEqual(["alone", "job-2"]);
    kernel.change({ _batch: null });
    await waitFor(() => expect(queued()).toHaveLength(4));
  });

  it("says why it waits, and sends the rest once it has stopped", async () => {
    const reason = serviceMessage("Too many requests.");
    const { kernel, sent, user } = openStudio({ _batch: { ...BATCH, left: 0, reason } });
    screen.getByText("Too many requests.");
    expect(screen.queryByRole("button", { name: "Send the rest" })).toBeNull();
    kernel.change({ _batch: { ...BATCH, state: "stopped", left: 28, reason } });
    await user.click(await screen.findByRole("button", { name: "Send the rest" }));
    expect(sent("resume_batch")).toHaveLength(1);
    kernel.change({ _batch: { ...BATCH, state: "done", sent: 40, left: 1 } });
    expect(screen.queryByText("All jobs were sent and have finished.")).toBeNull();
    screen.getByRole("button", { name: "Send the rest" });
  });

  it("answers the click that started it, and ends in words", async () => {
    const { generate, kernel, sent, user } = await several();
    await user.click(generate());
    await user.click(await screen.findByRole("button", { name: "Start 3 jobs" }));
    await screen.findByText("Sending…");
    const click = sent("submit_many")[0]?.click;
    kernel.change({ _batch: { ...BATCH, click, total: 3, sent: 3, done: 1 } });
    await waitFor(() => expect(screen.queryByText("Sending…")).toBeNull());
    // The next one may be sent now: it waits its turn.
    expect(generate().getAttribute("aria-disabled")).toBeNull();
    screen.getByText("A batch is running. This one starts when it is done.");
    const whole = { ...BATCH, click, total: 3, sent: 3, failed: 0 };
    kernel.change({ _batch: { ...whole, done: 2, waiting: 2 } });
    expect(
      await screen.findAllByText(/3 of 3 sent · 2 done · .*2 more batches queued/),
    ).toHaveLength(2);
    kernel.change({ _batch: { ...whole, done: 3, state: "done" } });
    await screen.findByText("All jobs were sent and have finished.");
    await waitFor(() => expect(generate().getAttribute("aria-disabled")).toBeNull());
  });
});

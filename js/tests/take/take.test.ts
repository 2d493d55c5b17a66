import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { failedJob, imageJob, live, runningJob, videoJob } from "../../pages/fixtures";
import { openStudio, VALID } from "../studio_page";

const take = () => screen.getByRole("region", { name: "Your last request" });

function press(values = VALID) {
  const studio = openStudio(values);
  fireEvent.click(studio.generate());
  const click = studio.sent("submit")[0]?.click;
  const accept = (job: Record<string, unknown>, revision = 1) => {
    studio.kernel.change({
      _submission: { click, phase: "accepted", job_id: job.id },
      _live: { revision, since: revision - 1, jobs: [job], total: 1 },
    });
  };
  return { ...studio, accept };
}

describe("after a press, the place of the button", () => {
  it("shows at once that the press was taken", async () => {
    press();
    await waitFor(() => expect(take().textContent).toContain("Sending…"));
    expect(take().closest(".controls-foot")).not.toBeNull();
  });

  it("shows what is done, the time left, and then the clips, which open", async () => {
    const { accept, user } = press();
    accept(runningJob({ id: "a", elapsed: 10, remaining: 30 }));
    await waitFor(() => expect(take().textContent).toContain("about 30 s left"));
    within(take()).getByRole("button", { name: "Show" });
    accept(videoJob({ id: "a", elapsed: 11 }), 2);
    await waitFor(() => expect(take().textContent).toContain("Done. It took 0:11."));
    const tiles = within(take()).getAllByRole("button", { name: /^Open clip/ });
    expect(tiles).toHaveLength(4);
    await user.click(tiles[2] as HTMLElement);
    await screen.findByRole("dialog", { name: /^Clip 3 of 4/ });
  });

  it("shows the images of a text, each chosen to animate by a press", async () => {
    const { accept, kernel, user } = press({ source: "text", prompt: "a meadow" });
    accept(imageJob({ id: "i" }));
    await waitFor(take);
    const images = await within(take()).findAllByRole("button", { name: /^Animate image/ });
    await user.click(images[2] as HTMLElement);
    expect([kernel.get("source"), kernel.get("source_job_id"), kernel.get("image_no")]).toEqual([
      "image_job",
      "i",
      2,
    ]);
  });

  it("shows why a job failed", async () => {
    const { accept } = press();
    accept(failedJob({ id: "a" }));
    await waitFor(() => expect(take().textContent).toContain("could not be loaded"));
  });

  it("says nothing of a job that was done before the studio opened", () => {
    const job = videoJob({ id: "a" });
    openStudio({
      ...VALID,
      _live: live([job]),
      _submission: { click: "c", phase: "accepted", job_id: "a" },
    });
    expect(screen.queryByRole("region", { name: "Your last request" })).toBeNull();
  });
});

describe("the same request again", () => {
  const question = () => screen.findByRole("region", { name: "Generate another take?" });

  it("is asked about, in the form, and sent by the answer alone", async () => {
    const { accept, generate, sent, user } = press();
    accept(runningJob({ id: "a" }));
    await waitFor(() => expect(generate().getAttribute("aria-disabled")).toBeNull());
    await user.click(generate());
    const asked = await question();
    expect(sent("submit")).toHaveLength(1);
    const yes = within(asked).getByRole("button", { name: "Generate another take" });
    fireEvent.click(yes);
    expect(sent("submit"), "the end of a double click is no answer").toHaveLength(1);
    await new Promise((ready) => setTimeout(ready, 550));
    await user.click(yes);
    expect(sent("submit")).toHaveLength(2);
    expect(sent("submit")[1]?.click).not.toBe(sent("submit")[0]?.click);
  });

  it("is not sent by a key that is held down, and Escape leaves the question", async () => {
    const { accept, generate, sent, user } = press();
    accept(runningJob({ id: "a" }));
    await waitFor(() => expect(generate().getAttribute("aria-disabled")).toBeNull());
    await user.click(generate());
    await question();
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Not now"));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(generate()));
    expect(sent("submit")).toHaveLength(1);
  });

  it("is sent at once when other words make it another request", async () => {
    const { accept, generate, prompt, sent, user } = press();
    accept(runningJob({ id: "a" }));
    await user.type(prompt(), " at dusk");
    await user.click(generate());
    expect(sent("submit")).toHaveLength(2);
  });

  it("is sent at once a minute later, unless the first still runs", async () => {
    vi.useFakeTimers();
    const { accept, generate, sent } = press();
    accept(runningJob({ id: "a" }));
    await vi.advanceTimersByTimeAsync(61_000);
    fireEvent.click(generate());
    expect(sent("submit")).toHaveLength(1);
    accept(videoJob({ id: "a" }), 2);
    await vi.advanceTimersByTimeAsync(100);
    fireEvent.click(generate());
    expect(sent("submit")).toHaveLength(2);
  });
});

describe("what the library has already", () => {
  const found = (click: unknown, more: Record<string, unknown> = {}) => ({
    _submission: { click, phase: "made_before", job_id: "old", made_before: 1, ...more },
  });
  const settle = () => new Promise((ready) => setTimeout(ready, 550));
  const ask = (values = VALID) => {
    const studio = press(values);
    const click = studio.sent("submit")[0]?.click;
    studio.kernel.change(found(click));
    return studio;
  };
  const question = () => screen.findByRole("region", { name: "Generate another take?" });
  const choose = async (name: string) => {
    await settle();
    fireEvent.click(within(await question()).getByRole("button", { name }));
  };

  it("is asked for with each press, and shown on request", async () => {
    const { sent, accept } = ask();
    expect(sent("submit")[0]?.takes).toBe("ask");
    expect((await question()).textContent).toContain("You already have a job for this request");
    await choose("Show it");
    expect(sent("submit")[1]?.takes).toBe("reuse");
    expect(sent("submit")[1]?.click).not.toBe(sent("submit")[0]?.click);
    accept(videoJob({ id: "old" }));
    expect(screen.queryByRole("region", { name: "Generate another take?" })).toBeNull();
  });

  it("is made again when that is meant", async () => {
    const { sent } = ask();
    await choose("Generate another take");
    expect(sent("submit").map(({ takes }) => takes)).toEqual(["ask", "new"]);
  });

  it("can be left as it is", async () => {
    const { sent, generate } = ask();
    await question();
    await choose("Not now");
    await waitFor(() => expect(generate()).toBe(document.activeElement));
    expect(sent("submit")).toHaveLength(1);
  });

  it("is asked about no more once the words are others", async () => {
    const { user, prompt, generate } = ask();
    await question();
    await user.type(prompt(), " at dusk");
    await waitFor(() => generate());
  });

  it("has nothing to show while its outcome is unknown", async () => {
    const studio = press();
    const click = studio.sent("submit")[0]?.click;
    studio.kernel.change(found(click, { job_id: null }));
    const asked = await question();
    expect(asked.textContent).toContain("it is unknown whether it was accepted");
    expect(within(asked).queryByRole("button", { name: "Show it" })).toBeNull();
  });

  it("costs nothing to show, also over the budget", async () => {
    const { kernel, sent } = ask();
    kernel.change({
      _account: { budget: { limit: 100, spent: 100 }, costs: { video_diffusion: 480 } },
    });
    await choose("Generate another take");
    expect(sent("submit")).toHaveLength(1);
    await choose("Show it");
    expect(sent("submit")[1]?.takes).toBe("reuse");
  });

  it("is left out of a batch, or made again with it", async () => {
    const studio = openStudio({ ...VALID, _several: true, _prompts: "waves\nclouds\nrain" });
    fireEvent.click(studio.generate());
    fireEvent.click(await screen.findByRole("button", { name: /^Start/ }));
    const [first] = studio.sent("submit_many");
    expect(first?.takes).toBe("ask");
    studio.kernel.change(found(first?.click, { made_before: 2 }));
    const asked = await screen.findByRole("region", { name: "Generate these again?" });
    expect(asked.textContent).toContain("2 of these 3 jobs were sent before");
    await settle();
    fireEvent.click(within(asked).getByRole("button", { name: "Generate only the rest" }));
    const second = studio.sent("submit_many")[1];
    expect(second?.takes).toBe("reuse");
    expect(second?.prompts).toEqual(["waves", "clouds", "rain"]);
  });

  it("is asked about as one where a batch has one prompt", async () => {
    const studio = openStudio({ ...VALID, _several: true, _prompts: "waves" });
    fireEvent.click(studio.generate());
    fireEvent.click(await screen.findByRole("button", { name: "Start 1 job" }));
    const [first] = studio.sent("submit_many");
    studio.kernel.change(found(first?.click));
    expect((await question()).textContent).toContain("You already have a job for this request");
    await choose("Show it");
    expect(studio.sent("submit_many")[1]?.takes).toBe("reuse");
  });
});

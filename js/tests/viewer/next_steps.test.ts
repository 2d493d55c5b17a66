import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { imageJob, kernelMessage, live, serviceMessage, videoJob } from "../../pages/fixtures";
import { COSTS, JOB, openLarge } from "./large_view";

describe("the next steps of a clip", () => {
  it("extend it with a prompt, once for a double click", async () => {
    const { dialog, sent, user } = await openLarge();
    await user.type(within(dialog).getByLabelText(/What happens next/), "  the tide turns ");
    await user.dblClick(within(dialog).getByRole("button", { name: /^Extend/ }));
    expect(sent("extend")).toHaveLength(1);
    expect(sent("extend")[0]).toMatchObject({ job_id: "a", index: 1, prompt: "the tide turns" });
  });

  it("say while typing how much too long a prompt is, and do not send it", async () => {
    const { dialog, press, sent } = await openLarge();
    const words = within(dialog).getByLabelText<HTMLTextAreaElement>(/What happens next/);
    const extend = within(dialog).getByRole("button", { name: /^Extend/ });
    // Emoji count once, as the service counts them; margins do not count.
    fireEvent.input(words, { target: { value: ` ${"🌊".repeat(8194)} ` } });
    await within(dialog).findByText("Too long by 2 characters.");
    expect(words.getAttribute("aria-invalid")).toBe("true");
    const described = document.getElementById(words.getAttribute("aria-describedby") ?? "");
    expect(described?.textContent).toMatch(/^Too long by 2 characters/);
    expect(extend.getAttribute("aria-disabled")).toBe("true");
    const upscale = within(dialog).getByRole("button", { name: /^Upscale/ });
    expect(upscale.hasAttribute("aria-disabled")).toBe(false);
    await press(/^Extend/);
    expect(sent("extend")).toEqual([]);

    fireEvent.input(words, { target: { value: ` ${"🌊".repeat(8192)} ` } });
    await waitFor(() => expect(within(dialog).queryByText(/^Too long/)).toBeNull());
    expect(words.hasAttribute("aria-invalid")).toBe(false);
    expect(extend.hasAttribute("aria-disabled")).toBe(false);
    await press(/^Extend/);
    expect(sent("extend")[0]).toMatchObject({ prompt: "🌊".repeat(8192) });
  });

  it("upscale it and show the outcome there", async () => {
    const { dialog, kernel, press, sent } = await openLarge();
    await press(/^Upscale/);
    const click = sent("upscale")[0]?.click;
    expect(sent("upscale")[0]).toMatchObject({ job_id: "a", index: 1 });
    await within(dialog).findByText("Sending…");
    kernel.change({
      _submission: { click, phase: "refused", message: serviceMessage("Too few points.") },
    });
    await within(dialog).findByText("Too few points.");
    await press(/^Upscale/);
    expect(sent("upscale")).toHaveLength(2);
    expect(sent("upscale")[1]?.click).not.toBe(click);
  });

  it("ask before the same one is sent again, and send it by the answer alone", async () => {
    const { dialog, kernel, press, sent, user } = await openLarge();
    await press(/^Upscale/);
    const click = sent("upscale")[0]?.click;
    kernel.change({ _submission: { click, phase: "accepted", job_id: "u" } });
    await within(dialog).findByText(/^Accepted/);
    await press(/^Upscale/);
    const asked = await within(dialog).findByRole("region", { name: "Generate another take?" });
    expect(sent("upscale")).toHaveLength(1);
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Not now"));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement?.textContent).toMatch(/^Upscale/));
    expect(asked.isConnected).toBe(false);
    screen.getByRole("dialog");

    await press(/^Upscale/);
    await within(dialog).findByRole("region", { name: "Generate another take?" });
    await new Promise((ready) => setTimeout(ready, 550));
    await press("Generate another take");
    expect(sent("upscale").map(({ takes }) => takes)).toEqual(["ask", "new"]);
  });

  it("show the job that the library has of the same one", async () => {
    const { dialog, kernel, press, sent, user } = await openLarge();
    await user.type(within(dialog).getByLabelText(/What happens next/), "dawn");
    await press(/^Extend/);
    const click = sent("extend")[0]?.click;
    kernel.change({
      _submission: { click, phase: "made_before", job_id: "old", made_before: 1 },
    });
    await within(dialog).findByRole("region", { name: "Generate another take?" });
    await new Promise((ready) => setTimeout(ready, 550));
    await press("Show it");
    expect(sent("extend").map(({ takes, prompt }) => [takes, prompt])).toEqual([
      ["ask", "dawn"],
      ["reuse", "dawn"],
    ]);
  });

  it("of unknown outcome offer to take a running job over, and ask ever after", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { dialog, kernel, press, sent } = await openLarge();
    await press(/^Upscale/);
    const click = sent("upscale")[0]?.click;
    kernel.change({
      _submission: {
        click,
        phase: "uncertain",
        message: kernelMessage("uncertain_candidates", { ids: "run" }),
        candidates: [{ id: "run", created: Date.now() / 1000 - 5 }],
      },
    });
    await within(dialog).findByText("It is unknown whether this request was accepted.");
    await vi.advanceTimersByTimeAsync(120_000);
    await press(/^Upscale/);
    await within(dialog).findByRole("region", { name: "Generate another take?" });
    expect(sent("upscale")).toHaveLength(1);
    await press(/^Take over the job/);
    expect(sent("look_up")).toEqual([{ type: "look_up", job_id: "run" }]);
    vi.useRealTimers();
  });

  it("keep their words and their outcome while another clip is looked at", async () => {
    const { dialog, kernel, press, sent, user } = await openLarge();
    const words = () => within(dialog).getByLabelText<HTMLTextAreaElement>(/What happens next/);
    await user.type(words(), "the tide turns");
    await press(/^Upscale/);
    const click = sent("upscale")[0]?.click;
    await press("Next clip");
    await waitFor(() => expect(words().value).toBe(""));
    kernel.change({ _submission: { click, phase: "accepted", job_id: "u" } });
    await press("Previous clip");
    await waitFor(() => expect(words().value).toBe("the tide turns"));
    within(dialog).getByText(/^Accepted/);
  });

  it("send nothing that would exceed the budget", async () => {
    const { dialog, press, sent } = await openLarge({
      _account: { ...COSTS, budget: { limit: 500, spent: 100 } },
    });
    await press(/^Extend/);
    expect(sent("extend")).toEqual([]);
    within(dialog).getByText(/exceed the budget/);
    await press(/^Upscale/);
    expect(sent("upscale")).toHaveLength(1);
  });

  it("are only those that the service allows", async () => {
    const can = { extend: false, upscale: true, animate: false, reuse: false };
    const { dialog } = await openLarge({ _live: live([{ ...JOB, can }]) });
    expect(within(dialog).queryByRole("button", { name: /^Extend/ })).toBeNull();
    expect(within(dialog).queryByRole("button", { name: /^Use again/ })).toBeNull();
    within(dialog).getByRole("button", { name: /^Upscale/ });
  });

  it("mark it as a favourite, shown at once", async () => {
    const { dialog, press, sent } = await openLarge();
    await press("Favourite: clip 2");
    expect(sent("favourite")).toEqual([{ type: "favourite", job_id: "a", index: 1, on: true }]);
    const star = within(dialog).getByRole("button", { name: "Favourite: clip 2" });
    await waitFor(() => expect(star.getAttribute("aria-pressed")).toBe("true"));
  });

  it("save a note once, when its field loses the focus", async () => {
    const { dialog, sent, user } = await openLarge();
    await user.type(within(dialog).getByRole("textbox", { name: "Note" }), "the best, {Enter}keep");
    await user.tab();
    expect(sent("annotate")).toEqual([
      { type: "annotate", job_id: "a", index: 1, note: "the best, \nkeep" },
    ]);
  });

  it("let arrow keys move in a text field, not to another clip", async () => {
    const { dialog, user } = await openLarge();
    await user.type(within(dialog).getByRole("textbox", { name: "Note" }), "{ArrowRight}.,k");
    screen.getByRole("dialog", { name: "Clip 2 of 4: waves" });
  });

  it("lead to its parent and to the clips made from it", async () => {
    const images = imageJob({ id: "i", prompt: "a meadow" });
    const child = videoJob({ id: "a", prompt: "wind", parent: { job_id: "i", index: 2 } });
    const longer = videoJob({
      id: "e",
      kind: "extend_video",
      prompt: "more",
      parent: { job_id: "a", index: 1 },
    });
    const { dialog, press, el } = await openLarge({ _live: live([images, child, longer]) });
    within(dialog).getByText("Created from this");
    await press("Image 3 of “a meadow”");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() =>
      expect(document.activeElement).toBe(
        el.querySelector('[data-job-id="i"] [data-image="2"] .clip-open'),
      ),
    );
    screen.getByRole("button", { name: "Extended from clip 2 of “wind”" });
  });

  it("look up a parent that is not loaded, and go to it when it arrives", async () => {
    const id = "2e53f089-5e41-408f-b42b-2562306b109c";
    const child = videoJob({ id: "a", parent: { job_id: id, index: 0 } });
    const { el, kernel, press, sent } = await openLarge({ _live: live([child], 1) });
    await press("Image 1 of “2e53f089”");
    expect(sent("look_up")).toEqual([{ type: "look_up", job_id: id }]);
    const parent = imageJob({ id, prompt: "a meadow" });
    kernel.change({ _live: { revision: 2, since: 1, jobs: [parent], total: 2 } });
    kernel.emit({ type: "looked_up", job_id: id, error: null });
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() =>
      expect(document.activeElement).toBe(
        el.querySelector(`[data-job-id="${id}"] [data-image="0"] .clip-open`),
      ),
    );
  });

  it("go to no parent that is known for another reason", async () => {
    const child = videoJob({ id: "a", parent: { job_id: "gone", index: 0 } });
    const { dialog, kernel } = await openLarge({ _live: live([child], 1) });
    const parent = imageJob({ id: "gone", prompt: "a meadow" });
    kernel.change({ _live: { revision: 2, since: 1, jobs: [parent], total: 2 } });
    await within(dialog).findByRole("button", { name: "Image 1 of “a meadow”" });
    expect(screen.queryByRole("dialog")).toBe(dialog);
  });

  it("say beside the button why a parent cannot be shown, and try again", async () => {
    const child = videoJob({ id: "a", parent: { job_id: "gone", index: 0 } });
    const { dialog, kernel, press, sent } = await openLarge({ _live: live([child]) });
    await press("Image 1 of “gone”");
    const button = within(dialog).getByRole("button", { name: "Image 1 of “gone”" });
    expect(button.getAttribute("aria-disabled")).toBe("true");
    await press("Image 1 of “gone”");
    expect(sent("look_up")).toHaveLength(1);
    const error = serviceMessage("There is no such job.");
    kernel.emit({ type: "looked_up", job_id: "gone", error });
    const reason = await within(dialog).findByText("There is no such job.");
    expect(reason.closest("[role=alert]")?.previousElementSibling).toBe(button);
    expect(button.hasAttribute("aria-disabled")).toBe(false);
    await press("Image 1 of “gone”");
    expect(sent("look_up")).toHaveLength(2);
  });
});

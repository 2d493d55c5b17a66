import { screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { live, videoJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const JOB = videoJob({ id: "a", prompt: "waves" });
const COSTS = { balance: 9000, costs: { extend_video: 480, video_upscale: 120 } };

async function openLarge(values: Record<string, unknown> = {}, index = 1) {
  const studio = openStudio({ _live: live([JOB]), _account: COSTS, ...values });
  const clip = studio.el.querySelector<HTMLElement>(
    `[data-job-id=a] [data-clip="${index}"] .clip-open`,
  );
  clip?.click();
  const dialog = await screen.findByRole("dialog");
  const press = (name: RegExp | string) =>
    studio.user.click(within(dialog).getByRole("button", { name }));
  return { ...studio, dialog, press };
}

describe("the large view", () => {
  it("steps by frames, and changes speed and loop", async () => {
    const { dialog, press, user } = await openLarge();
    const video = dialog.querySelector("video") as HTMLVideoElement;
    within(dialog).getByRole("button", { name: "Close" }).focus();
    await user.keyboard("...,");
    expect(video.currentTime).toBeCloseTo(2 / 24, 3);
    await user.keyboard(">");
    await waitFor(() => expect(video.playbackRate).toBe(1.5));
    expect(video.loop).toBe(true);
    await press("Loop");
    await waitFor(() => expect(video.loop).toBe(false));
  });

  it("shows the variations of a job side by side, of which one is chosen", async () => {
    const { dialog, kernel, press } = await openLarge();
    await press("Compare 4");
    await waitFor(() => expect(dialog.querySelectorAll("video")).toHaveLength(4));
    await press("Choose clip 4");
    expect(kernel.get("_selected")).toEqual({ job_id: "a", index: 3 });
    screen.getByRole("dialog", { name: "Clip 4 of 4: waves" });
  });
});

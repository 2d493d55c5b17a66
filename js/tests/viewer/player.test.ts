import { screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { openLarge } from "./large_view";

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

  it("shows the clips of a job side by side, with one chosen", async () => {
    const { dialog, kernel, press } = await openLarge();
    await press("Compare 4");
    await waitFor(() => expect(dialog.querySelectorAll("video")).toHaveLength(4));
    await press("Select clip 4");
    expect(kernel.get("_selected")).toEqual({ job_id: "a", index: 3 });
    screen.getByRole("dialog", { name: "Clip 4 of 4: waves" });
  });
});

import { fireEvent, screen, waitFor } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { failedJob, live, PROMPTS, runningJob, videoJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const clip = (el: HTMLElement, index: number) => {
  const found = el.querySelector<HTMLElement>(`[data-clip="${index}"]`);
  if (!found) throw new Error(`no clip ${index}`);
  return found;
};

describe("the gallery", () => {
  it("shows each finished job with its clips", () => {
    const { el } = openStudio({ _live: live([videoJob({ id: "a" }), runningJob({ id: "b" })]) });
    const gallery = screen.getByRole("region", { name: "Gallery" });
    const queue = screen.getByRole("region", { name: "Queue" });
    expect(gallery.querySelector('[data-job-id="a"][data-status="completed"]')).toBeTruthy();
    expect(queue.querySelector('[data-job-id="b"][data-status="processing"]')).toBeTruthy();
    expect(el.querySelectorAll("[data-clip] video")).toHaveLength(4);
  });

  it("takes a job from the queue when it completes", async () => {
    const { kernel } = openStudio({ _live: live([runningJob({ id: "a" })], 1) });
    kernel.change({
      _live: { revision: 2, since: 1, jobs: [videoJob({ id: "a" })], total: 1 },
    });
    await waitFor(() => expect(screen.queryByRole("region", { name: "Queue" })).toBeNull());
    expect(document.querySelectorAll("[data-job-id=a]")).toHaveLength(1);
  });

  it("requests the changes that it missed", () => {
    const { kernel, sent } = openStudio({ _live: live([], 3) });
    kernel.change({ _live: { revision: 9, since: 8, jobs: [videoJob()], total: 1 } });
    expect(sent("sync")).toEqual([{ type: "sync", since: 3 }]);
  });

  it("plays a clip on hover and on focus without sound, and pauses it afterwards", async () => {
    const play = vi.spyOn(HTMLMediaElement.prototype, "play");
    const pause = vi.spyOn(HTMLMediaElement.prototype, "pause");
    const { el } = openStudio({ _live: live([videoJob()]) });
    const video = clip(el, 0).querySelector("video") as HTMLVideoElement;
    expect(video.muted).toBe(true);
    fireEvent.pointerEnter(clip(el, 0));
    expect(play).toHaveBeenCalledTimes(1);
    fireEvent.pointerLeave(clip(el, 0));
    expect(pause).toHaveBeenCalled();
    clip(el, 1).querySelector("button")?.focus();
    expect(play).toHaveBeenCalledTimes(2);
  });

  it("does not play automatically with reduced motion", () => {
    vi.stubGlobal("matchMedia", () => ({
      matches: true,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }));
    const play = vi.spyOn(HTMLMediaElement.prototype, "play");
    const { el } = openStudio({ _live: live([videoJob()]) });
    fireEvent.pointerEnter(clip(el, 0));
    expect(play).not.toHaveBeenCalled();
  });

  it("shows why a job failed and what to do, and lets it be dismissed", async () => {
    const { user } = openStudio({ _live: live([failedJob()]) });
    screen.getByText(/could not be loaded from its link/);
    screen.getByText(/Change the prompt or the image/);
    await user.click(screen.getByRole("button", { name: `Dismiss: ${PROMPTS.dusk}` }));
    expect(screen.queryByRole("region", { name: "Queue" })).toBeNull();
  });

  it("asks the kernel to fill the form with the inputs of a job", async () => {
    const job = videoJob({ id: "a", prompt: "again" });
    const { prompt, sent, user } = openStudio({ _live: live([job]) });
    await user.click(screen.getByRole("button", { name: "Use again: again" }));
    expect(sent("reuse")).toEqual([{ type: "reuse", job_id: "a" }]);
    await waitFor(() => expect(document.activeElement).toBe(prompt()));
  });

  it("offers to renew a link that has expired", async () => {
    const media = [{ kind: "video", index: 0, url: "https://x.y/a.mp4", expires: 1, pull: false }];
    const { sent, user } = openStudio({ _live: live([videoJob({ id: "a", media })]) });
    await user.click(screen.getByRole("button", { name: "Renew link" }));
    expect(sent("refresh")).toEqual([{ type: "refresh", job_id: "a" }]);
  });
});

describe("the gallery alone", () => {
  it("offers a size of tiles only where several jobs share the room", async () => {
    const { kernel } = openStudio({ _live: live([videoJob({ id: "a" })], 1) }, "gallery");
    expect(screen.queryByRole("combobox", { name: "Tile size" })).toBeNull();
    screen.getByRole("button", { name: "Full height" });
    kernel.change({ _live: { revision: 2, since: 1, jobs: [videoJob({ id: "b" })], total: 2 } });
    await screen.findByRole("combobox", { name: "Tile size" });
  });

  it("says where its clips come from while it has none", () => {
    openStudio({}, "gallery");
    screen.getByText("A gallery shows the jobs, clips, or library that it is given.");
  });

  it("requests nothing that its kernel does not offer: pages, next steps", async () => {
    const parent = { job_id: "elsewhere", index: 0 };
    const { el, kernel, user } = openStudio(
      { _live: live(Array.from({ length: 30 }, (_, at) => videoJob({ id: `j${at}`, parent }))) },
      "gallery",
    );
    await user.type(screen.getByRole("searchbox", { name: "Search" }), "dunes");
    await user.click(clip(el, 0).querySelector("button") as HTMLElement);
    const dialog = await screen.findByRole("dialog");
    expect(dialog.querySelector(".next-steps")).toBeNull();
    expect(kernel.sent).toEqual([]);
    expect(dialog.textContent).toContain("gallery.selected");
    await user.keyboard("f");
    expect(kernel.sent).toEqual([{ type: "favourite", job_id: "j0", index: 0, on: true }]);
  });
});

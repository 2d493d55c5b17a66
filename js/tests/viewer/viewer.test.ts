import { screen, waitFor } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { live, videoJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const clip = (el: HTMLElement, index: number) => {
  const found = el.querySelector<HTMLElement>(`[data-clip="${index}"]`);
  if (!found) throw new Error(`no clip ${index}`);
  return found;
};

describe("the large view", () => {
  const JOB = videoJob({ id: "a", prompt: "waves" });

  it("opens with the clip that was pressed, which is selected", async () => {
    const { el, kernel, user } = openStudio({ _live: live([JOB]) });
    await user.click(clip(el, 2).querySelector("button") as HTMLElement);
    await screen.findByRole("dialog", { name: "Clip 3 of 4: waves" });
    expect(kernel.get("_selected")).toEqual({ job_id: "a", index: 2 });
  });

  it("steps with the arrow keys, closes with Escape and gives the focus back", async () => {
    const { el, kernel, user } = openStudio({ _live: live([JOB]) });
    const opener = clip(el, 0).querySelector("button") as HTMLElement;
    opener.focus();
    await user.keyboard("{Enter}");
    await user.keyboard("{ArrowRight}");
    await screen.findByRole("dialog", { name: "Clip 2 of 4: waves" });
    expect(kernel.get("_selected")).toEqual({ job_id: "a", index: 1 });
    await user.keyboard("{ArrowLeft}{ArrowLeft}");
    await screen.findByRole("dialog", { name: "Clip 1 of 4: waves" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.activeElement).toBe(opener);
  });

  it("is open in the view where it was opened, and in no other", async () => {
    const { el, open, user } = openStudio({ _live: live([JOB]) });
    open();
    await user.click(clip(el, 0).querySelector("button") as HTMLElement);
    expect(await screen.findAllByRole("dialog")).toHaveLength(1);
  });
});

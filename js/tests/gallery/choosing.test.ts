import { screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { kernelMessage, live, videoJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const JOBS = [
  videoJob({ id: "b", prompt: "hills", created: 2_000 }),
  videoJob({ id: "a", prompt: "waves", created: 1_000 }),
];

const open = () => openStudio({ _live: live(JOBS) });
const boxes = () => screen.getAllByRole<HTMLInputElement>("checkbox", { name: /^Select clip/ });
const box = (at: number) => boxes()[at] as HTMLInputElement;
const bar = () => screen.getByRole("toolbar", { name: "Selected clips" });
const chosen = (...pairs: [string, number][]) =>
  pairs.map(([job_id, index]) => ({ job_id, index }));

describe("choosing clips", () => {
  it("ticks one, a range with Shift, and all of that by keys", async () => {
    const { user } = open();
    await user.click(box(2));
    within(bar()).getByText("1 selected");
    await user.keyboard("{Shift>}");
    await user.click(box(5));
    await user.keyboard("{/Shift}");
    await waitFor(() => within(bar()).getByText("4 selected"));
    screen.getByRole("button", { name: "Open clip 4: waves" }).focus();
    await user.keyboard("x");
    await waitFor(() => within(bar()).getByText("5 selected"));
    await user.keyboard("x");
    await waitFor(() => within(bar()).getByText("4 selected"));
    await user.click(within(bar()).getByRole("button", { name: "Clear selection" }));
    await waitFor(() =>
      expect(screen.queryByRole("toolbar", { name: "Selected clips" })).toBeNull(),
    );
  });

  it("stars a clip by its button or by F", async () => {
    const { sent, user } = open();
    const [first] = screen.getAllByRole("button", { name: "Favourite: clip 1" });
    await user.click(first as HTMLElement);
    screen.getByRole("button", { name: "Open clip 3: waves" }).focus();
    await user.keyboard("f");
    expect(sent("favourite")).toEqual([
      { type: "favourite", job_id: "b", index: 0, on: true },
      { type: "favourite", job_id: "a", index: 2, on: true },
    ]);
    expect(first?.getAttribute("aria-pressed")).toBe("true");
  });

  it("compares clips of several jobs side by side", async () => {
    const { user } = open();
    await user.click(box(0));
    expect(
      within(bar()).getByRole("button", { name: "Compare 1" }).getAttribute("aria-disabled"),
    ).toBe("true");
    await user.click(box(6));
    await user.click(within(bar()).getByRole("button", { name: "Compare 2" }));
    const dialog = await screen.findByRole("dialog");
    within(dialog).getByRole("button", { name: "Select clip 1: hills" });
    await user.click(within(dialog).getByRole("button", { name: "Select clip 3: waves" }));
    await waitFor(() => screen.getByRole("dialog", { name: "Clip 3 of 4: waves" }));
  });

  it("hides and deletes with undo", async () => {
    const { sent, unmount, user } = open();
    await user.click(box(0));
    await user.click(box(1));
    await user.click(within(bar()).getByRole("button", { name: "Hide" }));
    await waitFor(() => expect(boxes()).toHaveLength(6));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(boxes()).toHaveLength(8));
    const both = chosen(["b", 0], ["b", 1]);
    expect(sent("hide")).toEqual([
      { type: "hide", clips: both, on: true },
      { type: "hide", clips: both, on: false },
    ]);
    await user.click(box(7));
    await user.click(within(bar()).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(boxes()).toHaveLength(7));
    screen.getByText("1 clip deleted.");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    const [removed] = sent("delete");
    expect(removed).toMatchObject({ clips: chosen(["a", 3]) });
    expect(sent("undo")).toEqual([{ type: "undo", undo: removed?.undo }]);
    await waitFor(() => expect(sent("complete")).toHaveLength(1));
    await user.click(box(0));
    await user.click(within(bar()).getByRole("button", { name: "Delete" }));
    await screen.findByText("1 clip deleted.");
    unmount();
    expect(sent("complete")[1]).toEqual({ type: "complete", undo: sent("delete")[1]?.undo });
  });

  it("keeps a gallery in sight whose last clips are hidden, with the way back", async () => {
    const clips = live([videoJob({ id: "only" })]);
    const { el, user } = openStudio({ _face: "gallery", _live: clips }, "gallery");
    for (const tick of boxes()) await user.click(tick);
    await user.click(within(bar()).getByRole("button", { name: "Hide" }));
    await waitFor(() => expect(screen.queryAllByRole("checkbox")).toHaveLength(0));
    expect(el.querySelector(".gallery")).not.toBeNull();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(boxes()).toHaveLength(4));
  });

  it("shows hidden clips when asked, and shows them again", async () => {
    const { sent, user } = open();
    await user.click(box(0));
    await user.click(within(bar()).getByRole("button", { name: "Hide" }));
    await user.click(await screen.findByRole("button", { name: "Hidden", pressed: false }));
    await waitFor(() => expect(boxes()).toHaveLength(1));
    await user.click(box(0));
    await user.click(within(bar()).getByRole("button", { name: "Show again" }));
    expect(sent("hide").at(-1)).toMatchObject({ on: false });
  });

  it("says where an export is, and why there is no zip file", async () => {
    const { kernel, user } = open();
    kernel.answer = ({ type, ask }) => {
      if (type === "export") kernel.emit({ type: "exported", ask, path: "/tmp/x", error: null });
      if (type === "pack") {
        const error = kernelMessage("clips_not_fetched");
        kernel.emit({ type: "packed", ask, name: "", missing: 1, error });
      }
    };
    await user.click(box(0));
    await user.click(within(bar()).getByRole("button", { name: "Export" }));
    await screen.findByText("Exported, with a page that shows them: /tmp/x");
    await user.click(within(bar()).getByRole("button", { name: "Download zip" }));
    await screen.findByText("None of these clips could be fetched.");
  });
});

describe("a batch", () => {
  it("is a table by what its prompts differ in, with a clip in each cell", async () => {
    const prompts = ["a red sun rises", "a red sun sets", "a blue sun rises", "a blue sun sets"];
    const jobs = prompts.map((prompt, at) => videoJob({ id: `j${at}`, prompt }));
    const batch = { click: "c", total: 4, sent: 4, done: 4, failed: 0, state: "done" };
    openStudio({ _live: live(jobs), _batch: { ...batch, jobs: jobs.map(({ id }) => id) } });
    const table = within(screen.getByRole("table", { name: "The batch as a table" }));
    expect(table.getAllByRole("columnheader").map((each) => each.textContent)).toEqual([
      "rises",
      "sets",
    ]);
    expect(table.getAllByRole("rowheader").map((each) => each.textContent)).toEqual([
      "red",
      "blue",
    ]);
    expect(table.getAllByRole("button", { name: /^Open clip 1/ })).toHaveLength(4);
  });
});

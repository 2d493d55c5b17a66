import { screen, waitFor } from "@testing-library/dom";
import { beforeEach, describe, expect, it } from "vitest";
import { live, manyJobs } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

/** Stands in for the browser's: elements are near when the test decides so. */
class FakeObserver {
  static readonly all = new Set<FakeObserver>();
  readonly targets: Element[] = [];
  constructor(private readonly tell: (entries: { isIntersecting: boolean }[]) => void) {
    FakeObserver.all.add(this);
  }
  observe = (target: Element) => this.targets.push(target);
  disconnect = () => FakeObserver.all.delete(this);
  static async see(element: Element | undefined, isIntersecting: boolean) {
    const watched = () =>
      [...FakeObserver.all].filter(({ targets }) => targets.includes(element as Element));
    await waitFor(() => expect(watched()).not.toEqual([]));
    for (const observer of watched()) observer.tell([{ isIntersecting }]);
  }
}

beforeEach(() => {
  FakeObserver.all.clear();
});

describe("finding", () => {
  const JOBS = manyJobs(12);
  const shown = () => document.querySelectorAll(".gallery [data-job-id]").length;

  it("acts at once on what is loaded, and asks the library for the rest", async () => {
    const { sent, user } = openStudio({ _live: live(JOBS) });
    expect(shown()).toBe(12);
    await user.type(screen.getByRole("searchbox", { name: "Search" }), "fjord");
    await waitFor(() => expect(shown()).toBe(3));
    expect(sent("page")).toEqual([]);
    await waitFor(() => expect(sent("page")[0]).toMatchObject({ search: "fjord" }));
  });

  it("shows what the library found by words that are not here", async () => {
    const { kernel, sent, user } = openStudio({ _live: live(JOBS) });
    await user.type(screen.getByRole("searchbox", { name: "Search" }), "zebra");
    await screen.findByText("Nothing matches.");
    await waitFor(() => expect(sent("page").length).toBeGreaterThan(0));
    const { ask } = sent("page").at(-1) ?? {};
    kernel.emit({ type: "paged", ask, jobs: manyJobs(1, 500), next: null, total: 1 });
    await screen.findByText("1 job");
  });

  it("can be undone with one press", async () => {
    const { user } = openStudio({ _live: live(JOBS) });
    await user.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "Upscale");
    await user.click(await screen.findByRole("button", { name: "Show everything" }));
    await waitFor(() => expect(shown()).toBe(12));
  });

  it("knows favourites, order and days", async () => {
    const { user } = openStudio({ _live: live(JOBS) });
    expect(screen.getAllByRole("heading", { level: 4 }).length).toBeGreaterThan(2);
    await user.selectOptions(screen.getByRole("combobox", { name: "Sort" }), "Oldest first");
    await waitFor(() => expect(document.querySelector(".card-title")?.textContent).toMatch(/^12/));
    await user.click(screen.getByRole("button", { name: "Favourites" }));
    await waitFor(() => expect(shown()).toBe(2));
  });

  it("turns to a list and back", async () => {
    const { el, user } = openStudio({ _live: live(JOBS) });
    await user.click(screen.getByRole("button", { name: "List" }));
    await waitFor(() => expect(el.querySelector(".cards[data-layout=list]")).toBeTruthy());
    await user.click(screen.getByRole("button", { name: "Grid" }));
    await waitFor(() => expect(el.querySelector(".cards[data-layout=grid]")).toBeTruthy());
  });
});

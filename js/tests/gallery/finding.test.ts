import { screen, waitFor } from "@testing-library/dom";
import { beforeEach, describe, expect, it } from "vitest";
import { live, manyJobs } from "../../pages/fixtures";
import { openStudio } from "../studio_page";
import { FakeObserver } from "./fake_observer";

beforeEach(() => {
  FakeObserver.all.clear();
});

describe("search and sort", () => {
  const JOBS = manyJobs(12);
  const shown = () => document.querySelectorAll(".gallery [data-job-id]").length;

  it("filters loaded jobs at once, and asks the library for the rest", async () => {
    const { sent, user } = openStudio({ _live: live(JOBS) });
    expect(shown()).toBe(12);
    await user.type(screen.getByRole("searchbox", { name: "Search" }), "fjord");
    await waitFor(() => expect(shown()).toBe(3));
    expect(sent("page")).toEqual([]);
    await waitFor(() => expect(sent("page")[0]).toMatchObject({ search: "fjord" }));
  });

  it("shows jobs that the library found by text that is not loaded", async () => {
    const { kernel, sent, user } = openStudio({ _live: live(JOBS) });
    await user.type(screen.getByRole("searchbox", { name: "Search" }), "zebra");
    await screen.findByText("Nothing matches.");
    await waitFor(() => expect(sent("page").length).toBeGreaterThan(0));
    const { ask } = sent("page").at(-1) ?? {};
    kernel.emit({ type: "paged", ask, jobs: manyJobs(1, 500), next: null, total: 1 });
    await screen.findByText("1 job");
  });

  it("can be reset with one press", async () => {
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

  it("switches to a list and back", async () => {
    const { el, user } = openStudio({ _live: live(JOBS) });
    await user.click(screen.getByRole("button", { name: "List" }));
    await waitFor(() => expect(el.querySelector(".cards[data-layout=list]")).toBeTruthy());
    await user.click(screen.getByRole("button", { name: "Grid" }));
    await waitFor(() => expect(el.querySelector(".cards[data-layout=grid]")).toBeTruthy());
  });
});

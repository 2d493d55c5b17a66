import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { live, manyJobs } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

/** Stands for the browser's: elements are near when the test says so. */
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

const chunks = (el: HTMLElement) => [...el.querySelectorAll(".chunk")];
const end = (el: HTMLElement) => el.querySelector(".more-of") as Element;

describe("a gallery of 1,000 jobs", () => {
  it("has elements only for what is near, and none for what one has left", async () => {
    vi.stubGlobal("IntersectionObserver", FakeObserver);
    const { el } = openStudio({ _live: live(manyJobs(1000)) });
    expect(el.querySelectorAll(".card").length).toBeLessThan(12);
    const far = chunks(el)[100];
    expect(far?.childElementCount).toBe(0);
    expect((far as HTMLElement).style.blockSize).toMatch(/^\d{3,}px$/);
    await FakeObserver.see(far, true);
    await waitFor(() => expect(far?.querySelectorAll(".card")).toHaveLength(4));
    expect(far?.querySelector(".card")?.getAttribute("aria-posinset")).toBe("401");
    await FakeObserver.see(far, false);
    await waitFor(() => expect(far?.childElementCount).toBe(0));
  });

  it("keeps what has the focus", async () => {
    vi.stubGlobal("IntersectionObserver", FakeObserver);
    const { el } = openStudio({ _live: live(manyJobs(100)) });
    const chunk = chunks(el)[5];
    await FakeObserver.see(chunk, true);
    await waitFor(() => expect(chunk?.childElementCount).toBeGreaterThan(0));
    chunk?.querySelector<HTMLElement>(".clip-open")?.focus();
    await FakeObserver.see(chunk, false);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(document.activeElement?.closest(".chunk")).toBe(chunk);
  });

  it("asks for older jobs page by page as one comes to the end", async () => {
    vi.stubGlobal("IntersectionObserver", FakeObserver);
    const { el, kernel, sent } = openStudio({ _live: live(manyJobs(24)) });
    expect(sent("page")).toEqual([]);
    await FakeObserver.see(end(el), true);
    await waitFor(() => expect(sent("page")).toHaveLength(1));
    expect(sent("page")[0]).toMatchObject({ before: null, search: "", favourite: null });
    const first = { type: "paged", ask: sent("page")[0]?.ask, total: 60 };
    kernel.tell({ ...first, jobs: manyJobs(24), next: "c1" });
    await waitFor(() => expect(sent("page")).toHaveLength(2));
    expect(sent("page")[1]).toMatchObject({ before: "c1" });
    const last = { type: "paged", ask: sent("page")[1]?.ask, total: 48 };
    kernel.tell({ ...last, jobs: manyJobs(24, 24), next: null });
    await screen.findByText("48 jobs");
    expect(sent("page")).toHaveLength(2);
  });

  it("asks nobody for what a small library cannot have", () => {
    const { sent } = openStudio({ _live: live(manyJobs(5)) });
    expect(sent("page")).toEqual([]);
  });
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
    await screen.findByText("Nothing here fits.");
    await waitFor(() => expect(sent("page").length).toBeGreaterThan(0));
    const { ask } = sent("page").at(-1) ?? {};
    kernel.tell({ type: "paged", ask, jobs: manyJobs(1, 500), next: null, total: 1 });
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

describe("a clip with a still", () => {
  it("fetches the clip only when someone turns to it, and lets it go after", async () => {
    let made = 0;
    URL.createObjectURL = () => {
      made += 1;
      return `blob:http://localhost/${made}`;
    };
    URL.revokeObjectURL = () => undefined;
    const studio = openStudio();
    studio.kernel.answer = ({ type, pull, chunk, media }) => {
      if (type !== "media") return;
      const whole = { type, pull, chunk, chunks: 1, bytes: 3, mime: `image/${media}` };
      queueMicrotask(() => studio.kernel.tell(whole, [new DataView(new ArrayBuffer(3))]));
    };
    studio.kernel.change({ _live: live(manyJobs(1)) });
    const tile = await waitFor(() => {
      const found = studio.el.querySelector<HTMLElement>('[data-clip="0"]');
      expect(found?.querySelector("img.poster")).toBeTruthy();
      return found as HTMLElement;
    });
    expect(studio.el.querySelectorAll("video")).toHaveLength(0);
    expect(studio.sent("media").every(({ media }) => media === "poster")).toBe(true);
    fireEvent.pointerEnter(tile);
    await waitFor(() => expect(tile.querySelector("video")).toBeTruthy());
    fireEvent.pointerLeave(tile);
    await waitFor(() => expect(tile.querySelector("video")).toBeNull());
    within(tile).getByRole("button", { name: /Open clip 1/ });
  });
});

import { screen, waitFor } from "@testing-library/dom";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { live, manyJobs } from "../../pages/fixtures";
import { openStudio } from "../studio_page";
import { FakeObserver } from "./fake_observer";

beforeEach(() => {
  FakeObserver.all.clear();
});

const chunks = (el: HTMLElement) => [...el.querySelectorAll(".chunk")];
const end = (el: HTMLElement) => el.querySelector(".more-reach") as Element;

describe("a gallery of 1,000 jobs", () => {
  it("has elements only for jobs near the viewport", async () => {
    vi.stubGlobal("IntersectionObserver", FakeObserver);
    const { el } = openStudio({ _live: live(manyJobs(1000)) });
    expect(el.querySelectorAll(".card").length).toBeLessThan(12);
    const far = chunks(el)[100];
    expect(far?.childElementCount).toBe(0);
    expect((far as HTMLElement).style.blockSize).toMatch(/^\d{3,}px$/);
    await FakeObserver.see(far, true);
    await waitFor(() => expect(far?.querySelectorAll(".card")).toHaveLength(6));
    expect(far?.querySelector(".card")?.getAttribute("aria-posinset")).toBe("601");
    await FakeObserver.see(far, false);
    await waitFor(() => expect(far?.childElementCount).toBe(0));
  });

  it("keeps the element that has the focus", async () => {
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

  it("requests older jobs page by page near its end", async () => {
    vi.stubGlobal("IntersectionObserver", FakeObserver);
    const { el, kernel, sent } = openStudio({ _live: live(manyJobs(24)) });
    expect(sent("page")).toEqual([]);
    await FakeObserver.see(end(el), true);
    await waitFor(() => expect(sent("page")).toHaveLength(1));
    expect(sent("page")[0]).toMatchObject({ before: null, search: "", favourite: null });
    const first = { type: "paged", ask: sent("page")[0]?.ask, total: 60 };
    kernel.emit({ ...first, jobs: manyJobs(24), next: "c1" });
    await waitFor(() => expect(sent("page")).toHaveLength(2));
    expect(sent("page")[1]).toMatchObject({ before: "c1" });
    const last = { type: "paged", ask: sent("page")[1]?.ask, total: 48 };
    kernel.emit({ ...last, jobs: manyJobs(24, 24), next: null });
    await screen.findByText("48 jobs");
    expect(sent("page")).toHaveLength(2);
  });

  it("requests nothing more than a small library has", () => {
    const { sent } = openStudio({ _live: live(manyJobs(5)) });
    expect(sent("page")).toEqual([]);
  });
});

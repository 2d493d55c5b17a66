import { screen, waitFor } from "@testing-library/dom";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  ACCOUNT,
  failedJob,
  live,
  manyJobs,
  runningJob,
  serviceMessage,
  videoJob,
} from "../../pages/fixtures";
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

  it("says why older jobs could not be read, and tries again on request", async () => {
    vi.stubGlobal("IntersectionObserver", FakeObserver);
    const { el, kernel, sent, user } = openStudio({ _live: live(manyJobs(24)) });
    await FakeObserver.see(end(el), true);
    for (let times = 1; times < 6; times += 1) {
      await waitFor(() => expect(sent("page")).toHaveLength(times));
      const error = serviceMessage("The library cannot be read.");
      kernel.emit({ type: "paged", ask: sent("page").at(-1)?.ask, jobs: [], next: null, error });
      await screen.findByText("The library cannot be read.");
      expect(sent("page")).toHaveLength(times);
      await user.click(screen.getByRole("button", { name: "Try again" }));
    }
    await waitFor(() => expect(sent("page")).toHaveLength(6));
    const ask = sent("page").at(-1)?.ask;
    kernel.emit({ type: "paged", ask, total: 60, jobs: manyJobs(24), next: "c" });
    // From here on it goes by itself again.
    await waitFor(() => expect(sent("page").at(-1)).toMatchObject({ before: "c" }));
    expect(screen.queryByText("The library cannot be read.")).toBeNull();
  });

  it("offers the jobs of other studios, and requests them only then", async () => {
    vi.stubGlobal("IntersectionObserver", FakeObserver);
    const library = { ...(ACCOUNT.library as object), jobs: 3, shown: 3 };
    const account = { ...ACCOUNT, library };
    const { el, sent, user } = openStudio({ _live: live(manyJobs(1)), _account: account });
    await FakeObserver.see(end(el), true);
    screen.getByText("1 of 3 jobs");
    expect(sent("page")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Show more" }));
    expect(sent("page")).toHaveLength(1);
  });

  it("counts no job that has nothing to show, whether it is loaded or not", async () => {
    const library = { ...(ACCOUNT.library as object), jobs: 90, shown: 5 };
    const { kernel, sent, user } = openStudio({
      _live: live([videoJob(), failedJob(), runningJob()]),
      _account: { ...ACCOUNT, library },
    });
    screen.getByText("1 of 5 jobs");
    await user.click(screen.getByRole("button", { name: "Show more" }));
    const { ask } = sent("page")[0] ?? {};
    const jobs = [failedJob({ id: "other" })];
    kernel.emit({ type: "paged", ask, jobs, next: "c", total: 90, shown: 6 });
    await screen.findByText("1 of 6 jobs");
  });

  it("counts what it shows when there is nothing more to load", async () => {
    const library = { ...(ACCOUNT.library as object), jobs: 3, shown: 3 };
    const account = { ...ACCOUNT, library };
    const { kernel, sent, user } = openStudio({ _live: live(manyJobs(1)), _account: account });
    await user.click(screen.getByRole("button", { name: "Show more" }));
    const { ask } = sent("page")[0] ?? {};
    kernel.emit({ type: "paged", ask, jobs: manyJobs(1), next: null, total: 3 });
    await screen.findByText("1 job");
  });

  it("requests nothing more than a small library has", () => {
    const { sent } = openStudio({ _live: live(manyJobs(5)) });
    expect(sent("page")).toEqual([]);
  });
});

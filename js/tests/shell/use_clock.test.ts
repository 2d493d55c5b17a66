import { screen } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { live, runningJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const RUNNING = { _live: live([runningJob({ elapsed: 10, remaining: 200 })]) };

/** Hides or shows the page as a browser does. */
function setPageHidden(hidden: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

async function pass(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
}

describe("the clock of a view", () => {
  it("ticks once a second while a job runs, and never in an idle studio", async () => {
    vi.useFakeTimers();
    openStudio(RUNNING);
    await pass(5_100);
    screen.getByText(/^0:15 elapsed/);
    const idle = vi.getTimerCount();
    openStudio();
    await pass(1_000); // what waits once for a pause in typing is over
    // The silence after the first request is the only other timer.
    expect(vi.getTimerCount()).toBeLessThanOrEqual(idle + 1);
  });

  it("stops while the page is hidden, and is right at once when it shows again", async () => {
    vi.useFakeTimers();
    const { el } = openStudio(RUNNING);
    await pass(2_100);
    screen.getByText(/^0:12 elapsed/);
    setPageHidden(true);
    await pass(60_000);
    screen.getByText(/^0:12 elapsed/);
    expect(el.querySelector(".legnext-widgets")?.getAttribute("data-resting")).toBe("true");
    setPageHidden(false);
    await pass(100);
    screen.getByText(/^1:12 elapsed/);
    expect(el.querySelector(".legnext-widgets")?.hasAttribute("data-resting")).toBe(false);
  });

  it("stops while the view is scrolled out of sight", async () => {
    vi.useFakeTimers();
    const callbacks: ((entries: { isIntersecting: boolean }[]) => void)[] = [];
    const targets: Element[] = [];
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
          this.callback = callback;
        }
        private readonly callback;
        observe = (target: Element) => {
          if (!target.classList.contains("legnext-widgets")) return;
          callbacks.push(this.callback);
          targets.push(target);
        };
        disconnect = () => undefined;
      },
    );
    openStudio(RUNNING);
    await pass(1_100);
    screen.getByText(/^0:11 elapsed/);
    for (const callback of callbacks) callback([{ isIntersecting: false }]);
    await pass(30_000);
    screen.getByText(/^0:11 elapsed/);
    for (const callback of callbacks) callback([{ isIntersecting: true }]);
    await pass(100);
    screen.getByText(/^0:41 elapsed/);
  });

  it("animates progress while a job runs, unless reduced motion is preferred", async () => {
    vi.useFakeTimers();
    const { el } = openStudio({ _live: live([runningJob({ elapsed: 10, remaining: null })]) });
    const look = () => [
      el.querySelector<SVGElement>(".queue .spinner")?.style.transform,
      el.querySelector<HTMLElement>(".progress > span")?.style.getPropertyValue("--part"),
      [...el.querySelectorAll(".empty-frame")].findIndex((each) => each.matches("[data-dimmed]")),
    ];
    const seen = new Set<string>();
    for (let second = 0; second < 8; second += 1) {
      await pass(1_000);
      seen.add(JSON.stringify(look()));
    }
    expect(seen.size).toBeGreaterThan(5);
    expect(el.querySelectorAll(".spinner:not(.stepped)")).toHaveLength(0);

    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    await pass(1_000);
    const still = look();
    await pass(3_000);
    expect(look()).toEqual(still);
    expect(still).toEqual(["rotate(0turn)", "0", -1]);
  });
});

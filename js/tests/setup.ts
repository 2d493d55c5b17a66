import { configure } from "@testing-library/dom";
import { afterEach, beforeEach, vi } from "vitest";
import { resetJobs } from "../pages/fixtures";
import { closeStudios } from "./studio_page";

configure({ asyncUtilTimeout: 20_000 });

/** Parts of a browser that jsdom lacks and the UI uses. */
beforeEach(() => {
  resetJobs();
  document.head.replaceChildren();
  document.body.replaceChildren();
  document.body.removeAttribute("data-theme");
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  HTMLMediaElement.prototype.play = () => Promise.resolve();
  HTMLMediaElement.prototype.pause = () => undefined;
  HTMLMediaElement.prototype.load = () => undefined;
});

afterEach(() => {
  closeStudios();
  vi.useRealTimers();
});

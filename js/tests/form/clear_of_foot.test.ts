import { fireEvent } from "@testing-library/dom";
import { beforeEach, expect, it, vi } from "vitest";
import { openStudio } from "../studio_page";

const reports = new Map<string, () => void>();
const footGrows = () => reports.get("foot")?.();
const formGrows = () => reports.get("form")?.();

beforeEach(() => {
  reports.clear();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly report: () => void) {}
      observe(element: Element) {
        if (element.matches(".controls-foot")) reports.set("foot", this.report);
        if (element.matches(".controls")) reports.set("form", this.report);
      }
      disconnect() {}
      unobserve() {}
    },
  );
});

const at = (element: Element, top: number, height: number) =>
  vi.spyOn(element, "getBoundingClientRect").mockReturnValue(new DOMRect(0, top, 300, height));

/** A studio whose prompt has the focus, at 400 to 460 pixels. */
function openAtPrompt() {
  const { el, prompt } = openStudio();
  const foot = el.querySelector(".controls-foot") as HTMLElement;
  const field = prompt();
  const scrolled = vi.fn();
  field.scrollIntoView = scrolled;
  field.focus();
  at(field, 400, 60);
  return { el, foot, field, scrolled };
}

it("moves the field that has the focus when the foot grows over it", () => {
  const { el, foot, scrolled } = openAtPrompt();
  at(foot, 450, 200);
  vi.spyOn(foot, "offsetHeight", "get").mockReturnValue(200);
  footGrows();
  expect(scrolled).toHaveBeenCalledExactlyOnceWith({ block: "nearest" });
  const form = el.querySelector(".controls") as HTMLElement;
  expect(form.style.getPropertyValue("--foot")).toBe("200px");
});

it("moves a field that a late note has pushed under the foot, but not during a press", () => {
  const { foot, field, scrolled } = openAtPrompt();
  at(foot, 450, 200);
  fireEvent.pointerDown(field);
  formGrows();
  expect(scrolled).not.toHaveBeenCalled();
  fireEvent.pointerUp(field);
  formGrows();
  expect(scrolled).toHaveBeenCalledOnce();
});

it("moves a covered field that gets the focus, by a press when that has ended", () => {
  const { foot, field, scrolled } = openAtPrompt();
  at(foot, 450, 200);
  field.blur();
  fireEvent.mouseDown(field);
  field.focus();
  expect(scrolled).not.toHaveBeenCalled();
  fireEvent.mouseUp(field);
  fireEvent.click(field);
  expect(scrolled).toHaveBeenCalledOnce();
  field.blur();
  field.focus();
  expect(scrolled).toHaveBeenCalledTimes(2);
});

it("moves a covered field when one types in it", () => {
  const { foot, field, scrolled } = openAtPrompt();
  at(foot, 380, 200);
  fireEvent.input(field, { target: { value: "waves" } });
  expect(scrolled).toHaveBeenCalledOnce();
});

it("leaves the page alone where the field is clear, or scrolled away", () => {
  const { foot, scrolled } = openAtPrompt();
  at(foot, 460, 200);
  footGrows();
  at(foot, 100, 200);
  footGrows();
  expect(scrolled).not.toHaveBeenCalled();
});

import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

const OCCASIONS = ["focusin", "input", "keyup", "click"];
// A touch ends before the mouse events that follow it.
const PRESSES = ["pointerdown", "mousedown"];
const RELEASES = ["pointerup", "pointercancel", "mouseup"];

/**
 * Keep the control that has the focus clear of the foot, which covers what is below it while it
 * sticks. The form's styles get the foot's height as `--foot`.
 */
export function useClearOfFoot(
  form: RefObject<HTMLElement | null>,
  foot: RefObject<HTMLElement | null>,
) {
  useLayoutEffect(() => {
    const place = form.current;
    const cover = foot.current;
    if (!place || !cover) return undefined;

    // What one presses must not move before the press has ended.
    let pressing = false;
    const uncover = () => {
      if (pressing) return;
      const { activeElement } = place.getRootNode() as Document | ShadowRoot;
      if (!activeElement || !place.contains(activeElement) || cover.contains(activeElement)) return;
      const control = activeElement.getBoundingClientRect();
      const { top, bottom } = cover.getBoundingClientRect();
      // Where the person has scrolled away from it, it stays away.
      if (control.bottom > top && control.top < bottom)
        activeElement.scrollIntoView?.({ block: "nearest" });
    };
    const ended = new AbortController();
    const { signal } = ended;
    for (const occasion of OCCASIONS) place.addEventListener(occasion, uncover, { signal });
    for (const press of PRESSES) place.addEventListener(press, () => (pressing = true), { signal });
    for (const release of RELEASES)
      place.ownerDocument.addEventListener(release, () => (pressing = false), { signal });

    let observer: ResizeObserver | undefined;
    if (typeof ResizeObserver !== "undefined") {
      observer = new ResizeObserver(() => {
        place.style.setProperty("--foot", `${cover.offsetHeight}px`);
        uncover();
      });
      observer.observe(cover);
      // A note that comes late moves what is below it.
      observer.observe(place);
    }
    return () => {
      ended.abort();
      observer?.disconnect();
    };
  }, [form, foot]);
}

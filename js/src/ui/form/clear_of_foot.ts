import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** Not the focus itself: what one presses must not move before the press has ended. */
const OCCASIONS = ["input", "keyup", "click"];

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

    const uncover = () => {
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
    let pressing = false;
    place.addEventListener("pointerdown", () => (pressing = true), { signal });
    for (const end of ["pointerup", "pointercancel"])
      place.ownerDocument.addEventListener(end, () => (pressing = false), { signal });

    let observer: ResizeObserver | undefined;
    if (typeof ResizeObserver !== "undefined") {
      observer = new ResizeObserver(() => {
        place.style.setProperty("--foot", `${cover.offsetHeight}px`);
        if (!pressing) uncover();
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

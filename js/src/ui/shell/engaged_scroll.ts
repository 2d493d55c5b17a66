import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/**
 * Let the results scroll in themselves only for a person who is at them: who moved the pointer
 * there, touched them, or has the focus in them. A wheel that moves the notebook, and only brings
 * the results under a resting pointer, goes on to move the notebook.
 */
export function useEngagedScroll(results: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = results.current;
    if (!element) return;
    const engage = () => {
      element.dataset.engaged = "true";
    };
    const moved = (event: PointerEvent) => {
      // A browser also reports a pointer that rests while the page moves below it.
      if (event.movementX !== 0 || event.movementY !== 0) engage();
    };
    const release = () => {
      if (!element.contains(element.ownerDocument.activeElement)) delete element.dataset.engaged;
    };
    const left = ({ relatedTarget }: FocusEvent) => {
      if (!element.contains(relatedTarget as Node | null)) delete element.dataset.engaged;
    };
    element.addEventListener("pointermove", moved);
    element.addEventListener("pointerdown", engage);
    element.addEventListener("focusin", engage);
    element.addEventListener("pointerleave", release);
    element.addEventListener("focusout", left);
    return () => {
      element.removeEventListener("pointermove", moved);
      element.removeEventListener("pointerdown", engage);
      element.removeEventListener("focusin", engage);
      element.removeEventListener("pointerleave", release);
      element.removeEventListener("focusout", left);
    };
  }, [results]);
}

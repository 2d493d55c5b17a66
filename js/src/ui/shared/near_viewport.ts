import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const MARGIN_PX = 300;
/** Milliseconds before media are fetched: not for what is scrolled past quickly. */
const SETTLE_MS = 90;

interface NearOptions {
  margin?: number;
  settle?: number;
  /** The result before anything was observed. */
  first?: boolean;
  /** Called just before the element counts as far away. */
  leaving?: () => void;
}

/** Whether an element is in or near the viewport: only then does it hold media. */
export function useNearViewport(
  element: RefObject<Element | null>,
  { margin = MARGIN_PX, settle = SETTLE_MS, first = false, leaving }: NearOptions = {},
): boolean {
  const onLeaving = useRef(leaving);
  onLeaving.current = leaving;
  const [near, setNear] = useState(first || typeof IntersectionObserver === "undefined");
  useEffect(() => {
    const target = element.current;
    if (!target || typeof IntersectionObserver === "undefined") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        const is = entries.at(-1)?.isIntersecting ?? false;
        clearTimeout(timer);
        if (!is) onLeaving.current?.();
        if (is && settle > 0) timer = setTimeout(() => setNear(true), settle);
        else setNear(is);
      },
      // The second is for what scrolls inside the page: the results, and a notebook itself.
      { rootMargin: `${margin}px`, scrollMargin: `${margin}px` } as IntersectionObserverInit,
    );
    observer.observe(target);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [element, margin, settle]);
  return near;
}

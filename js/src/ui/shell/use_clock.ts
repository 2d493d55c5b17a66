import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../session";

const TICK_MS = 1_000;

/**
 * Advance `now` once a second while a job runs and the view is in sight. All that moves for long
 * (elapsed times, progress bars, the spinners of running jobs) moves with it, so that an idle or
 * hidden studio does nothing.
 *
 * @returns Whether the view is out of sight: then its other animations rest, too.
 */
export function useClock(
  session: Session,
  now: Signal<number>,
  root: RefObject<Element | null>,
): boolean {
  const running = session.jobs.ordered.value.some(({ job }) => !job.done);
  const visible = useVisible(root);

  useEffect(() => {
    if (!running || !visible) return;
    const tick = () => {
      now.value = performance.now();
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [running, visible, now]);

  return !visible;
}

/** Check whether an element is in the viewport of a page that is not hidden. */
function useVisible(element: RefObject<Element | null>): boolean {
  const [pageShown, setPageShown] = useState(!document.hidden);
  const [inViewport, setInViewport] = useState(true);

  useEffect(() => {
    const update = () => setPageShown(!document.hidden);
    document.addEventListener("visibilitychange", update);
    return () => document.removeEventListener("visibilitychange", update);
  }, []);

  useEffect(() => {
    if (!element.current || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver((entries) =>
      setInViewport(entries.at(-1)?.isIntersecting ?? true),
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);

  return pageShown && inViewport;
}

import type { Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Session } from "../session";

/** Lets `now` advance once a second, but only while a job runs: an idle studio does nothing. */
export function useSecondsWhileRunning(session: Session, now: Signal<number>): void {
  const running = session.jobs.ordered.value.some(({ job }) => !job.done);
  useEffect(() => {
    if (!running) return;
    const tick = () => {
      now.value = performance.now();
    };
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [running, now]);
}

import type { ComponentChildren } from "preact";
import { useScene } from "./context";
import { Spinner } from "./icons";
import { stepOf } from "./motion";

/** A spinner for a job: it turns with the clock of the view. */
export function RunningSpinner() {
  const { view } = useScene();
  return <Spinner turn={stepOf(view.now.value, 8) / 8} />;
}

interface ProgressBarProps {
  label: string;
  /** How far it is; null when that is not known. */
  now: number | null;
  max: number;
  class?: string;
  /** Bars below that of `now`. */
  children?: ComponentChildren;
}

export function ProgressBar({ label, now, max, children, ...rest }: ProgressBarProps) {
  return (
    <div
      class={`progress ${rest.class ?? ""}`.trim()}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={now === null ? undefined : Math.round(now)}
      data-indeterminate={now === null ? "true" : undefined}
    >
      {children}
      {now === null ? <Wanderer /> : <Bar part={now / max} />}
    </div>
  );
}

/** One bar, filled to a part between 0 and 1. It moves by a transform, which needs no layout. */
export function Bar({ part, class: kind }: { part: number; class?: string }) {
  return <span class={kind} style={{ "--part": String(part) }} />;
}

/** Steps back and forth: the job runs, and no estimate is known. */
function Wanderer() {
  const { view } = useScene();
  const step = stepOf(view.now.value, 8);
  return <span style={{ "--part": String((step <= 4 ? step : 8 - step) / 4) }} />;
}

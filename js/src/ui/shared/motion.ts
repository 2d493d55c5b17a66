/** Check whether the person prefers reduced motion; then nothing plays or animates by itself. */
export const reducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * The step of an animation that lasts as long as a job. It advances with the clock of the view,
 * once a second: an animation of the browser would draw 60 frames a second for minutes.
 *
 * @param now Milliseconds, from `view.now`.
 * @param steps After this many it starts over.
 */
export function stepOf(now: number, steps: number): number {
  return reducedMotion() ? 0 : Math.floor(now / 1000) % steps;
}

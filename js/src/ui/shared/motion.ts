/** Whether this person asked for less motion: then nothing plays by itself. */
export const stillPlease = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

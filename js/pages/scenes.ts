import { STATES } from "./fixtures";

/** What the plain page shows, and what is done in it first, as a person would. */
export interface Scene {
  /** A fixture's name. */
  state: string;
  /** Generate is pressed, so that all problems show. */
  tried?: boolean;
  /** The first clip is opened large. */
  open?: boolean;
  /** Buttons to press in turn, by a part of their names. */
  press?: readonly string[];
  /** What stands in the gallery's search. */
  find?: string;
  /** Several prompts, one a line. */
  several?: string;
  /** Words that must show up before it counts as there. */
  says?: string;
  /** Only what a window of this many pixels shows is of interest, not the whole page. */
  window?: number;
}

const LINES = "A {red|blue} balloon rises\nThe tide {comes in|goes out} at {dawn|dusk}";

const VARIANTS: Readonly<Record<string, Scene>> = {
  problems: { state: "problems", tried: true },
  missing: { state: "empty", tried: true },
  large: { state: "lineage", open: true, window: 800 },
  largetall: { state: "alone", open: true, window: 800 },
  largespanish: { state: "spanish", open: true, window: 800 },
  largechinese: { state: "chinese", open: true, window: 800 },
  largecompare: { state: "gallery", open: true, press: ["Compare"], window: 800 },
  options: { state: "options", press: ["More options"] },
  request: { state: "account", press: ["Show request"], says: "video_type" },
  requestpython: { state: "account", press: ["Show request", "Python"], says: "import" },
  lookupfailed: { state: "lookupfailed", says: "no such job" },
  key: { state: "empty", press: ["Use your API key"] },
  several: { state: "account", several: LINES },
  severalwrong: { state: "account", tried: true, several: "\n" },
  confirm: { state: "account", press: ["Generate"], several: LINES },
  many: { state: "many", window: 900 },
  list: { state: "list", press: ["List"], window: 900 },
  nothing: { state: "many", press: ["Favourites"], find: "zebra", window: 900 },
};

/** Every state that is looked at: each fixture as it is, and what is done from some of them. */
export const SCENES: Readonly<Record<string, Scene>> = {
  ...Object.fromEntries(Object.keys(STATES).map((state) => [state, { state }])),
  ...VARIANTS,
};

import { STATES } from "./fixtures";

/** A scene of the plain page, with the actions that a person performs in it first. */
export interface Scene {
  /** A fixture's name. */
  state: string;
  /** Generate is pressed, so that all problems show. */
  tried?: boolean;
  /** The first clip is opened large. */
  open?: boolean;
  /** Buttons to press in turn, by a part of their names. */
  press?: readonly string[];
  /** Clips to tick before that, by their place in the gallery. */
  tick?: readonly number[];
  /** Text in the gallery's search. */
  find?: string;
  /** Of how many requests the library has a job already. */
  made?: number;
  /** Several prompts, one per line. */
  several?: string;
  /** A picture to drop on the place of the first one: one that is refused, or is on its way. */
  drop?: "note.jpg" | "holiday.png";
  /** Text that must show up before the scene is ready. */
  says?: string;
  /** Height of the window in pixels, where the whole page is not of interest. */
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
  largeasks: {
    state: "gallery",
    open: true,
    press: ["Upscale"],
    made: 1,
    says: "Not now",
    window: 800,
  },
  options: { state: "options", press: ["More options"] },
  bothpictures: { state: "ownpictures", press: ["More options"], says: "holiday-dunes-wide-3" },
  picturefailed: { state: "empty", drop: "note.jpg", says: "This is a text file" },
  picturesending: { state: "real", drop: "holiday.png", says: "Reading the image" },
  request: { state: "account", press: ["Show request"], says: "video_type" },
  requestpython: { state: "account", press: ["Show request", "Python"], says: "import" },
  lookupfailed: { state: "lookupfailed", says: "no such job" },
  key: { state: "empty", press: ["Use your API key"] },
  taken: { state: "filled", press: ["Generate"], says: "Done." },
  another: {
    state: "filled",
    press: ["Generate", "Dismiss: Your last request", "Generate"],
    says: "Not now",
  },
  madebefore: { state: "filled", press: ["Generate"], made: 1, says: "Show it" },
  madebeforemany: {
    state: "filled",
    press: ["Generate", "Start"],
    several: LINES,
    made: 2,
    says: "Generate only the rest",
  },
  wide: { state: "many", press: ["Full width"], window: 900 },
  tall: { state: "gallery", press: ["Full height"] },
  several: { state: "account", several: LINES },
  severalwrong: { state: "account", tried: true, several: "\n" },
  confirm: { state: "lineage", press: ["Generate"], several: LINES, says: "Start 6 jobs" },
  many: { state: "many", window: 900 },
  list: { state: "list", press: ["List"], window: 900 },
  ticked: { state: "gallery", tick: [0, 2, 5], window: 900 },
  compared: { state: "gallery", tick: [0, 2, 5], press: ["Compare 3"], window: 800 },
  undo: { state: "gallery", tick: [1], press: ["Hide"], window: 900 },
  batchtable: { state: "batchtable" },
  help: { state: "gallery", press: ["Help and shortcuts"], window: 900 },
  helpspanish: { state: "spanish", press: ["Ayuda y atajos"], window: 900 },
  helpchinese: { state: "chinese", press: ["帮助与快捷键"], window: 900 },
  nothing: { state: "many", press: ["Favourites"], find: "zebra", window: 900 },
};

/** Every scene: each fixture as it is, and some with actions performed first. */
export const SCENES: Readonly<Record<string, Scene>> = {
  ...Object.fromEntries(Object.keys(STATES).map((state) => [state, { state }])),
  ...VARIANTS,
};

import { type Signal, signal } from "@preact/signals";
import type { Field, Job, Selection } from "../protocol/generated";
import type { Step } from "../protocol/messages";
import { type Browse, PLAIN } from "../state/browse";
import { newId } from "../state/ids";

export interface PlayerKeys {
  frame(by: number): void;
  playOrPause(): void;
}

export type TileSize = "small" | "medium" | "large";

export interface Reveal {
  jobId: string;
  /** Which clip or image of it gets the focus. */
  index: number;
}

/** What was begun at one clip in the viewer: the words to go on with, and the last step sent. */
export interface StepDraft {
  prompt: string;
  sent: { click: string; step: Step } | null;
  /** A step that was sent before, while the viewer asks whether it is meant once more. */
  repeated: Step | null;
}

const NO_STEP: StepDraft = { prompt: "", sent: null, repeated: null };

/** State of one view that is never sent: what is open, touched or dismissed, and the clock. */
export interface ViewState {
  readonly touched: Signal<ReadonlySet<Field>>;
  readonly submitTried: Signal<boolean>;
  /** Whether a batch is shown for confirmation. */
  readonly confirming: Signal<boolean>;
  /** Whether the form asks if the same request is meant once more. */
  readonly another: Signal<boolean>;
  readonly opened: Signal<Selection | null>;
  /** Keys of the ticked clips; see `state/chosen_clips`. */
  readonly ticked: Signal<ReadonlySet<string>>;
  /** The clip that was ticked last: a range begins there. */
  readonly lastTicked: { current: string | null };
  /** Clips of any jobs that the viewer shows side by side; empty for those of one job. */
  readonly compared: Signal<readonly Selection[]>;
  /** What was just done, how to undo it where that is possible, and what ends the time for it. */
  readonly undo: Signal<{ text: string; run: (() => void) | null; end?: () => void } | null>;
  /** The jobs that the gallery shows, in its order: the viewer steps through them. */
  readonly shown: Signal<readonly Job[]>;
  readonly browse: Signal<Browse>;
  /** What was begun at a clip; it stays when the viewer shows another one. */
  stepDraft(clip: Selection): Signal<StepDraft>;
  /** `tall`: the results are as high as their content. `wide`: they take the place of the form. */
  readonly room: Signal<{ tall: boolean; wide: boolean; tiles: TileSize }>;
  /** A job that the gallery is to scroll to. */
  readonly reveal: Signal<Reveal | null>;
  /** Whether the viewer shows a job's variations side by side. */
  readonly comparing: Signal<boolean>;
  readonly player: Signal<{ loop: boolean; speed: number }>;
  /** What the viewer's keys do to the clip or clips that play. */
  readonly playerKeys: { current: PlayerKeys | null };
  /** Failed jobs and outcomes that were dismissed. */
  readonly dismissed: Signal<ReadonlySet<string>>;
  /** Milliseconds of `performance.now()`, advancing once a second while a job runs. */
  readonly now: Signal<number>;
  /** Whether the keys and the link to the guide are shown. */
  readonly help: Signal<boolean>;
  readonly announcement: Signal<string>;
  /** Incremented to make the form focus the first problem. */
  readonly focusProblem: Signal<number>;
  /** Incremented to make the form focus the prompt, after a source was chosen elsewhere. */
  readonly focusPrompt: Signal<number>;
  /** An id for an element; several views and widgets share one document. */
  nextId(): string;
  touch(field: Field): void;
  dismiss(key: string): void;
}

export function createViewState(): ViewState {
  const touched = signal<ReadonlySet<Field>>(new Set());
  const prefix = `legnext-${newId()}`;
  let ids = 0;
  const dismissed = signal<ReadonlySet<string>>(new Set());
  const stepDrafts = new Map<string, Signal<StepDraft>>();
  return {
    touched,
    submitTried: signal(false),
    confirming: signal(false),
    another: signal(false),
    opened: signal(null),
    ticked: signal(new Set()),
    lastTicked: { current: null },
    compared: signal([]),
    undo: signal(null),
    shown: signal([]),
    browse: signal(PLAIN),
    stepDraft({ job_id, index }) {
      const key = `${job_id}/${index}`;
      const draft = stepDrafts.get(key) ?? signal(NO_STEP);
      stepDrafts.set(key, draft);
      return draft;
    },
    room: signal({ tall: false, wide: false, tiles: "medium" }),
    reveal: signal(null),
    comparing: signal(false),
    player: signal({ loop: true, speed: 1 }),
    playerKeys: { current: null },
    dismissed,
    now: signal(performance.now()),
    help: signal(false),
    announcement: signal(""),
    focusProblem: signal(0),
    focusPrompt: signal(0),
    nextId() {
      ids += 1;
      return `${prefix}-${ids}`;
    },
    touch(field) {
      if (!touched.peek().has(field)) touched.value = new Set([...touched.peek(), field]);
    },
    dismiss(key) {
      dismissed.value = new Set([...dismissed.peek(), key]);
    },
  };
}

import { type Signal, signal } from "@preact/signals";
import type { Field, Job, Selection } from "../protocol/generated";
import { type Browse, PLAIN } from "../state/browse";
import { newId } from "../state/ids";

export interface PlayerKeys {
  frame(by: number): void;
  playOrPause(): void;
}

export interface Reveal {
  jobId: string;
  /** Which clip or image of it gets the focus. */
  index: number;
}

/** What belongs to one view alone and never travels: what is open, touched, put away, ticking. */
export interface ViewState {
  readonly touched: Signal<ReadonlySet<Field>>;
  readonly submitTried: Signal<boolean>;
  /** Whether several prompts are looked through before they are sent. */
  readonly confirming: Signal<boolean>;
  readonly opened: Signal<Selection | null>;
  /** The jobs that the gallery shows, in its order: what the large view steps through. */
  readonly shown: Signal<readonly Job[]>;
  readonly browse: Signal<Browse>;
  /** Asks the gallery to bring a job into sight. */
  readonly reveal: Signal<Reveal | null>;
  /** Whether the large view shows a job's variations side by side. */
  readonly comparing: Signal<boolean>;
  readonly player: Signal<{ loop: boolean; speed: number }>;
  /** What the large view's keys do to what plays now. */
  readonly playerKeys: { current: PlayerKeys | null };
  /** Failed jobs and outcomes that the person has put away. */
  readonly dismissed: Signal<ReadonlySet<string>>;
  /** Milliseconds of `performance.now()`, advancing once a second while something runs. */
  readonly now: Signal<number>;
  readonly announcement: Signal<string>;
  /** Asks the form to bring the first problem into focus. */
  readonly focusProblem: Signal<number>;
  /** Asks the form to take the focus to the prompt, after a source was chosen elsewhere. */
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
  return {
    touched,
    submitTried: signal(false),
    confirming: signal(false),
    opened: signal(null),
    shown: signal([]),
    browse: signal(PLAIN),
    reveal: signal(null),
    comparing: signal(false),
    player: signal({ loop: true, speed: 1 }),
    playerKeys: { current: null },
    dismissed,
    now: signal(performance.now()),
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

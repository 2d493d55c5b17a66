import { type Signal, signal } from "@preact/signals";
import type { Host } from "../host";
import { type Inputs, NEUTRAL_INPUTS } from "../protocol/generated";
import { FIELDS } from "../protocol/messages";

const TYPING_PAUSE_MS = 150;
/** An older value of ours that comes back within this time is an echo; later it is a new value. */
const ECHO_MS = 3_000;

/** Everything that is typed or chosen: the inputs of one request, and the prompts of a batch. */
export interface DraftValues extends Inputs {
  _several: boolean;
  _prompts: string;
}
type Name = keyof DraftValues;

const EMPTY: Readonly<DraftValues> = { ...NEUTRAL_INPUTS, _several: false, _prompts: "" };
const NAMES = Object.keys(EMPTY) as readonly Name[];

/**
 * The inputs as they stand in the browser. The traits are the truth; a draft only runs ahead of
 * them during typing, and never lets a late echo of its own older text overwrite newer text.
 */
export interface Drafts {
  field<F extends Name>(field: F): Signal<DraftValues[F]>;
  /** The inputs of one request. */
  all(): Inputs;
  /** Typed text: saved after a short pause. */
  type<F extends Name>(field: F, value: DraftValues[F]): void;
  /** A choice: saved at once, together with what was typed before. */
  choose(values: Partial<DraftValues>): void;
  flush(): void;
  /** A view begins: the kernel has all that was chosen so far, and answers with what it has. */
  begin(): void;
  /** Take the kernel's values, but for what was chosen here since the last view began. */
  catchUp(values: Readonly<Record<string, unknown>>): void;
  dispose(): void;
}

type Signals = { [F in Name]: Signal<DraftValues[F]> };

function read<F extends Name>(field: F, value: unknown): DraftValues[F] {
  const empty = EMPTY[field];
  return (typeof value === typeof empty ? value : empty) as DraftValues[F];
}

export function createDrafts(host: Host): Drafts {
  const signals = Object.fromEntries(
    NAMES.map((field) => [field, signal(read(field, host.get(field)))]),
  ) as unknown as Signals;
  const unsaved = new Set<Name>();
  const chosen = new Set<Name>();
  const sent = new Map<Name, { value: unknown; at: number }[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function recent(field: Name) {
    const since = performance.now() - ECHO_MS;
    return (sent.get(field) ?? []).filter(({ at }) => at >= since);
  }

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (unsaved.size === 0) return;
    for (const field of unsaved) {
      const value = signals[field].peek();
      sent.set(field, [...recent(field), { value, at: performance.now() }]);
      host.set(field, value);
    }
    unsaved.clear();
    host.save();
  }

  function put<F extends Name>(field: F, value: DraftValues[F]) {
    const target: Signal<DraftValues[F]> = signals[field];
    if (target.peek() === value) return;
    target.value = value;
    unsaved.add(field);
    chosen.add(field);
  }

  function receive<F extends Name>(field: F) {
    const value = read(field, host.get(field));
    const target: Signal<DraftValues[F]> = signals[field];
    // Ours is newer and not sent yet: it wins, so do not show theirs in between.
    if (value === target.peek() || unsaved.has(field)) return;
    const older = recent(field).slice(0, -1);
    if (older.some((entry) => entry.value === value)) return;
    target.value = value;
  }

  function begin() {
    flush();
    chosen.clear();
  }

  function catchUp(values: Readonly<Record<string, unknown>>) {
    const isNews = (field: Name) =>
      !chosen.has(field) &&
      values[field] !== host.get(field) &&
      values[field] === read(field, values[field]);
    const news = NAMES.filter(isNews);
    for (const field of news) host.set(field, values[field]);
    // The kernel has them, but what stays unsaved here would replace what it sets later.
    if (news.length > 0) host.save();
  }

  const stops = NAMES.map((field) => host.onChange(field, () => receive(field)));

  return {
    field: <F extends Name>(field: F): Signal<DraftValues[F]> => signals[field],
    all: () =>
      Object.fromEntries(FIELDS.map((field) => [field, signals[field].value])) as unknown as Inputs,
    type(field, value) {
      put(field, value);
      if (unsaved.size === 0) return;
      clearTimeout(timer);
      timer = setTimeout(flush, TYPING_PAUSE_MS);
    },
    choose(values) {
      for (const field of NAMES) {
        const value = values[field];
        if (value !== undefined) put(field, value as never);
      }
      flush();
    },
    flush,
    begin,
    catchUp,
    dispose() {
      flush();
      for (const stop of stops) stop();
    },
  };
}

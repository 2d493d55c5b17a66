import { type Signal, signal } from "@preact/signals";
import type { Host } from "../host";
import { type Inputs, NEUTRAL_INPUTS } from "../protocol/generated";
import { FIELDS } from "../protocol/messages";

const TYPING_PAUSE_MS = 150;
/** An older value of ours that comes back within this time is an echo, later it is a new wish. */
const ECHO_MS = 3_000;

/** All that is written or chosen: what makes one request, and the prompts that make several. */
export interface Written extends Inputs {
  _several: boolean;
  _prompts: string;
}
type Name = keyof Written;

const NOTHING: Readonly<Written> = { ...NEUTRAL_INPUTS, _several: false, _prompts: "" };
const NAMES = Object.keys(NOTHING) as readonly Name[];

/**
 * The inputs as they stand in the browser. The traits are the truth; a draft only runs ahead of
 * them while someone types, and never lets a late echo of its own older text overwrite newer one.
 */
export interface Drafts {
  field<F extends Name>(field: F): Signal<Written[F]>;
  /** The inputs of one request. */
  all(): Inputs;
  /** Typed text: saved after a short pause. */
  type<F extends Name>(field: F, value: Written[F]): void;
  /** A choice: saved at once, together with what was typed before. */
  choose(values: Partial<Written>): void;
  flush(): void;
  dispose(): void;
}

type Signals = { [F in Name]: Signal<Written[F]> };

function read<F extends Name>(field: F, value: unknown): Written[F] {
  const nothing = NOTHING[field];
  return (typeof value === typeof nothing ? value : nothing) as Written[F];
}

export function createDrafts(host: Host): Drafts {
  const signals = Object.fromEntries(
    NAMES.map((field) => [field, signal(read(field, host.get(field)))]),
  ) as unknown as Signals;
  const unsaved = new Set<Name>();
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

  function put<F extends Name>(field: F, value: Written[F]) {
    const target: Signal<Written[F]> = signals[field];
    if (target.peek() === value) return;
    target.value = value;
    unsaved.add(field);
  }

  function takeFromKernel<F extends Name>(field: F) {
    const value = read(field, host.get(field));
    const target: Signal<Written[F]> = signals[field];
    // Ours is newer and on its way: it will win, so do not show theirs in between.
    if (value === target.peek() || unsaved.has(field)) return;
    const older = recent(field).slice(0, -1);
    if (older.some((entry) => entry.value === value)) return;
    target.value = value;
  }

  const stops = NAMES.map((field) => host.onChange(field, () => takeFromKernel(field)));

  return {
    field: <F extends Name>(field: F): Signal<Written[F]> => signals[field],
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
    dispose() {
      flush();
      for (const stop of stops) stop();
    },
  };
}

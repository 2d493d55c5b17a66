import { type ReadonlySignal, signal } from "@preact/signals";
import type { Job } from "../protocol/contract";
import type { Paged } from "../protocol/messages";

/** What the library is asked for; everything else is decided over what is loaded. */
export interface Query {
  search: string;
  favourite: boolean | null;
}

export interface PagesState {
  asking: boolean;
  /** False once the last page of this query is there. */
  more: boolean;
  /** How many jobs the library has for this query; null before it was asked. */
  total: number | null;
  /** Ids of the jobs that the library gave for this query. */
  found: ReadonlySet<string>;
}

/** Older jobs, fetched page by page as someone comes near the end of what is loaded. */
export interface Pages {
  readonly state: ReadonlySignal<PagesState>;
  look(query: Query): void;
  more(): void;
  /** Forgets how far it came, as after another account's key. */
  restart(): void;
}

const NONE: ReadonlySet<string> = new Set();

interface Progress extends PagesState {
  next: string | null;
}

export function createPages(
  ask: (query: Query, before: string | null) => Promise<Paged>,
  add: (jobs: readonly Job[]) => void,
): Pages {
  const known = new Map<string, Progress>();
  const unasked: Progress = { asking: false, more: true, total: null, next: null, found: NONE };
  let query: Query = { search: "", favourite: null };
  const state = signal<PagesState>(unasked);

  const keyOf = ({ search, favourite }: Query) => JSON.stringify([search, favourite]);

  function note(key: string, progress: Progress) {
    known.set(key, progress);
    if (key === keyOf(query)) state.value = progress;
  }

  return {
    state,
    look(wanted) {
      query = { ...wanted, search: wanted.search.trim() };
      state.value = known.get(keyOf(query)) ?? unasked;
    },
    more() {
      const key = keyOf(query);
      const at = known.get(key) ?? unasked;
      if (at.asking || !at.more) return;
      note(key, { ...at, asking: true });
      void ask(query, at.next).then(({ jobs, next, total }) => {
        // Forgotten meanwhile: these may be another account's.
        if (!known.has(key)) return;
        add(jobs);
        const found = new Set([...at.found, ...jobs.map(({ id }) => id)]);
        note(key, { asking: false, more: next !== null, total, next, found });
      });
    },
    restart() {
      known.clear();
      state.value = unasked;
    },
  };
}

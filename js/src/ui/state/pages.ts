import { type ReadonlySignal, signal } from "@preact/signals";
import type { Job, LocalizedMessage, PagedMessage } from "../protocol/generated";

/** What the library filters by; all other filters work on the jobs that are loaded. */
export interface Query {
  search: string;
  favourite: boolean | null;
  hidden: boolean;
}

export interface PagesState {
  loading: boolean;
  /** False once the last page of this query is there. */
  more: boolean;
  /** How many jobs the library has for this query; null until it is known. */
  total: number | null;
  /** How many of them the gallery shows; 0 until it is known. */
  shown: number;
  /** Ids of the jobs that the library found for this query. */
  found: ReadonlySet<string>;
  /** Why the last page of this query could not be read; null once it could. */
  error: LocalizedMessage | null;
}

/** Older jobs, loaded page by page as the end of the gallery comes near. */
export interface Pages {
  readonly state: ReadonlySignal<PagesState>;
  /** Show another query; nothing is loaded yet. */
  show(query: Query): void;
  /** Load the next page. */
  more(): void;
  /** Forget what was loaded, as after a key of another account. */
  restart(): void;
}

const NONE: ReadonlySet<string> = new Set();

interface Progress extends PagesState {
  next: string | null;
}

export function createPages(
  load: (query: Query, before: string | null) => Promise<PagedMessage>,
  add: (jobs: readonly Job[]) => void,
): Pages {
  const known = new Map<string, Progress>();
  const untouched: Progress = {
    loading: false,
    more: true,
    total: null,
    shown: 0,
    next: null,
    found: NONE,
    error: null,
  };
  let query: Query = { search: "", favourite: null, hidden: false };
  const state = signal<PagesState>(untouched);

  const keyOf = ({ search, favourite, hidden }: Query) =>
    JSON.stringify([search, favourite, hidden]);

  function note(key: string, progress: Progress) {
    known.set(key, progress);
    if (key === keyOf(query)) state.value = progress;
  }

  return {
    state,
    show(wanted) {
      query = { ...wanted, search: wanted.search.trim() };
      state.value = known.get(keyOf(query)) ?? untouched;
    },
    more() {
      const key = keyOf(query);
      const at = known.get(key) ?? untouched;
      if (at.loading || !at.more) return;
      note(key, { ...at, loading: true, error: null });
      load(query, at.next).then(
        ({ jobs, next, total, shown, error }) => {
          // After a restart, these are jobs of the account before.
          if (!known.has(key)) return;
          if (error) return note(key, { ...at, loading: false, error });
          add(jobs);
          const found = new Set([...at.found, ...jobs.map(({ id }) => id)]);
          const more = next !== null;
          note(key, { loading: false, more, total, shown, next, found, error: null });
        },
        () => note(key, { ...at, loading: false }),
      );
    },
    restart() {
      known.clear();
      state.value = untouched;
    },
  };
}

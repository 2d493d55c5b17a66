import { nameOf, useWords } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { GridIcon, ListIcon, SearchIcon, StarIcon } from "../shared/icons";
import type { Browse } from "../state/browse";
import { KINDS } from "../state/browse";

/** Search, filter, order and layout of the gallery; all of it acts at once on what is loaded. */
export function BrowseBar() {
  const { view } = useScene();
  const words = useWords();
  const id = useElementId();
  const browse = view.browse.value;
  const set = (changes: Partial<Browse>) => {
    view.browse.value = { ...view.browse.peek(), ...changes };
  };
  return (
    <search class="browse" aria-label={words.browse.title}>
      <label class="browse-search" for={id}>
        <SearchIcon />
        <span class="sr-only">{words.browse.search}</span>
        <input
          id={id}
          class="input"
          type="search"
          dir="auto"
          autoComplete="off"
          value={browse.search}
          placeholder={words.browse.searchPlaceholder}
          onInput={(event) => set({ search: event.currentTarget.value })}
        />
      </label>
      <div class="browse-rest">
        <Choice
          label={words.browse.status}
          value={browse.status}
          choose={(status) => set({ status })}
          options={[
            ["", words.browse.withMedia],
            ["running", words.status.running ?? ""],
            ["failed", words.status.failed ?? ""],
            ["uncertain", words.status.uncertain ?? ""],
          ]}
        />
        <Choice
          label={words.browse.kind}
          value={browse.kind}
          choose={(kind) => set({ kind })}
          options={[["", words.browse.anyKind], ...KINDS.map(named)]}
        />
        <Choice
          label={words.browse.sort}
          value={browse.sort}
          choose={(sort) => set({ sort })}
          options={[
            ["newest", words.browse.newest],
            ["oldest", words.browse.oldest],
            ["words", words.browse.words],
          ]}
        />
        <button
          type="button"
          class="button small toggled"
          aria-pressed={browse.favourites}
          onClick={() => set({ favourites: !browse.favourites })}
        >
          <StarIcon filled={browse.favourites} />
          {words.browse.favourites}
        </button>
        <button
          type="button"
          class="button small"
          onClick={() => set({ layout: browse.layout === "grid" ? "list" : "grid" })}
        >
          {browse.layout === "grid" ? <ListIcon /> : <GridIcon />}
          {browse.layout === "grid" ? words.browse.list : words.browse.grid}
        </button>
      </div>
    </search>
  );

  function named(kind: string): [string, string] {
    return [kind, nameOf(words.kind, kind)];
  }
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  choose(value: T): void;
}

function Choice<T extends string>({ label, value, options, choose }: ChoiceProps<T>) {
  return (
    <select
      class="select"
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => choose(event.currentTarget.value as T)}
    >
      {options.map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}

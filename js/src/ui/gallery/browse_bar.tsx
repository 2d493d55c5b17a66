import { nameOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { GridIcon, ListIcon, SearchIcon, StarIcon } from "../shared/icons";
import type { Browse } from "../state/browse";
import { KINDS } from "../state/browse";

/** Search, filter, order and layout of the gallery; they apply at once to what is loaded. */
export function BrowseBar() {
  const { view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const browse = view.browse.value;
  const set = (changes: Partial<Browse>) => {
    view.browse.value = { ...view.browse.peek(), ...changes };
  };
  return (
    <search class="browse" aria-label={t("browse.title")}>
      <label class="browse-search" for={id}>
        <SearchIcon />
        <span class="sr-only">{t("browse.search")}</span>
        <input
          id={id}
          class="input"
          type="search"
          dir="auto"
          autoComplete="off"
          value={browse.search}
          placeholder={t("browse.search_placeholder")}
          onInput={(event) => set({ search: event.currentTarget.value })}
        />
      </label>
      <div class="browse-rest">
        <Choice
          label={t("browse.status")}
          value={browse.status}
          choose={(status) => set({ status })}
          options={[
            ["", t("browse.with_media")],
            ["running", t("status.running") ?? ""],
            ["failed", t("status.failed") ?? ""],
            ["uncertain", t("status.uncertain") ?? ""],
          ]}
        />
        <Choice
          label={t("browse.kind")}
          value={browse.kind}
          choose={(kind) => set({ kind })}
          options={[["", t("browse.any_kind")], ...KINDS.map(named)]}
        />
        <Choice
          label={t("browse.sort")}
          value={browse.sort}
          choose={(sort) => set({ sort })}
          options={[
            ["newest", t("browse.newest")],
            ["oldest", t("browse.oldest")],
            ["words", t("browse.words")],
          ]}
        />
        <button
          type="button"
          class="button small toggled"
          aria-pressed={browse.favourites}
          onClick={() => set({ favourites: !browse.favourites })}
        >
          <StarIcon filled={browse.favourites} />
          {t("browse.favourites")}
        </button>
        <button
          type="button"
          class="button small toggled"
          aria-pressed={browse.hidden}
          onClick={() => set({ hidden: !browse.hidden })}
        >
          {t("browse.hidden")}
        </button>
        <button
          type="button"
          class="button small"
          onClick={() => set({ layout: browse.layout === "grid" ? "list" : "grid" })}
        >
          {browse.layout === "grid" ? <ListIcon /> : <GridIcon />}
          {browse.layout === "grid" ? t("browse.list") : t("browse.grid")}
        </button>
      </div>
    </search>
  );

  function named(kind: string): [string, string] {
    return [kind, nameOf(t, "kind", kind)];
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

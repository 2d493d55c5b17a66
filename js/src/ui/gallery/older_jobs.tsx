import { useEffect, useRef, useState } from "preact/hooks";
import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { PAGE_SIZE } from "../protocol/generated";
import { useScene } from "../shared/context";
import { Spinner } from "../shared/icons";
import { useNearViewport } from "../shared/near_viewport";
import { isNarrowed } from "../state/browse";

/** Pages that load by themselves without one matching job; after that, only by the button. */
const MAX_FRUITLESS = 3;
const TYPING_PAUSE_MS = 300;

/** The end of the gallery: scrolling there loads older jobs from the library. */
export function OlderJobs({ shown }: { shown: number }) {
  const { face, session, view } = useScene();
  const t = useTranslate();
  const reach = useRef<HTMLSpanElement>(null);
  const near = useNearViewport(reach, { margin: 0, settle: 0 });
  const fruitless = useRef({ shown: -1, pages: 0 });
  const { search, favourites, hidden } = view.browse.value;
  const query = JSON.stringify([search, favourites, hidden]);
  const [settledQuery, setSettledQuery] = useState(query);
  const settled = settledQuery === query;
  const { pages, jobs } = session;
  const { error, loading, more, total } = pages.state.value;
  const { byId, total: known } = jobs.state.value;
  // A gallery alone has no library, only the jobs that it was given. With fewer jobs than one page
  // there are no older ones.
  const library = face === "studio" && (isNarrowed(view.browse.value) || byId.size >= PAGE_SIZE);
  const may = library || known > byId.size;
  // Jobs that another studio made meanwhile come only when asked for.
  const others = face === "studio" && (session.account.value.library?.jobs ?? 0) > byId.size;

  useEffect(() => {
    const timer = setTimeout(
      () => {
        pages.show({ search, favourite: favourites || null, hidden });
        setSettledQuery(query);
        if (library && (search.trim() || favourites || hidden)) pages.more();
      },
      search ? TYPING_PAUSE_MS : 0,
    );
    return () => clearTimeout(timer);
  }, [search, favourites, hidden, query, library, pages]);

  useEffect(() => {
    if (!near || !may || !settled || loading || !more || error) return;
    if (fruitless.current.shown !== shown) fruitless.current = { shown, pages: 0 };
    if (fruitless.current.pages >= MAX_FRUITLESS) return;
    fruitless.current.pages += 1;
    pages.more();
  }, [near, may, settled, loading, more, error, shown, pages]);

  const load = () => {
    fruitless.current = { shown, pages: 0 };
    pages.more();
  };
  return (
    <div class="more-of">
      <span ref={reach} class="more-reach" aria-hidden="true" />
      <div role="status">
        {error && (
          <p class="problem" dir="auto">
            {localize(error, t)}
          </p>
        )}
      </div>
      {(may || others) && more && (
        <button
          type="button"
          class="button"
          aria-disabled={loading ? "true" : undefined}
          onClick={load}
        >
          {loading && <Spinner />}
          {loading ? t("browse.loading") : t(error ? "gallery.retry" : "gallery.more")}
        </button>
      )}
      {total !== null && byId.size < total && (
        <p class="hint">{t("browse.loaded", { loaded: byId.size, total })}</p>
      )}
    </div>
  );
}

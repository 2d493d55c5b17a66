import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Form } from "../form/form";
import { Gallery } from "../gallery/gallery";
import { localeOf } from "../i18n/language";
import { localize } from "../i18n/localize";
import { type Catalogs, TranslateProvider, translateFor, useTranslate } from "../i18n/translate";
import type { Face } from "../protocol/generated";
import { BatchProgress } from "../queue/batch_progress";
import { Queue } from "../queue/queue";
import type { Session } from "../session";
import { SceneProvider, useScene } from "../shared/context";
import { WarningIcon } from "../shared/icons";
import { createViewState, type ViewState } from "../shared/view_state";
import { sizeOf } from "../state/format";
import { Viewer } from "../viewer/viewer";
import { Announcer } from "./announcer";
import { useEngagedScroll } from "./engaged_scroll";
import { Header } from "./header";
import { detectTheme, watchTheme } from "./theme";
import { useClock } from "./use_clock";

interface AppProps {
  session: Session;
  face: Face;
  catalogs: Catalogs;
}

/** One view of a widget: the studio, or the gallery alone. */
export function App({ session, face, catalogs }: AppProps) {
  const root = useRef<HTMLDivElement>(null);
  const results = useRef<HTMLDivElement>(null);
  const view = useMemo(createViewState, []);
  const [theme, setTheme] = useState(() => detectTheme(document, false));
  const scene = useMemo(() => ({ face, session, view }), [face, session, view]);
  const { locale } = session.config.value;
  const t = useMemo(() => translateFor(locale ?? localeOf(document), catalogs), [locale, catalogs]);

  useEffect(() => watchTheme(document, setTheme), []);
  useEffect(() => (root.current ? takeKeys(root.current, view) : undefined), [view]);
  const resting = useClock(session, view.now, root);
  useScrollToNewJob(session, results);
  useEngagedScroll(results);

  const { tall, wide } = view.room.value;
  const sandbox = session.service.value.sandbox;
  return (
    <TranslateProvider value={t}>
      <SceneProvider value={scene}>
        <div
          ref={root}
          class="legnext-widgets"
          lang={t.language}
          data-face={face}
          data-theme={theme}
          data-sandbox={String(sandbox)}
          data-resting={resting ? "true" : undefined}
          // JupyterLab reads this: its one-letter shortcuts stay off while the focus is in here.
          data-lm-suppress-shortcuts="true"
        >
          <div class="frame">
            <Header face={face} />
            {face === "studio" ? (
              <div
                class="columns"
                data-tall={tall ? "true" : undefined}
                data-wide={wide ? "true" : undefined}
              >
                <Form />
                <div class="results-place">
                  <div ref={results} class="results">
                    <BatchProgress />
                    <Queue face={face} />
                    <Gallery face={face} />
                  </div>
                </div>
              </div>
            ) : (
              <div ref={results} class="results alone" data-tall={tall ? "true" : undefined}>
                <Queue face={face} />
                <Gallery face={face} />
              </div>
            )}
            {face === "studio" && <LibraryLine />}
          </div>
          <Viewer inStudio={face === "studio"} />
          <Announcer />
        </div>
      </SceneProvider>
    </TranslateProvider>
  );
}

/** At the foot: how much the library holds and where, and what is wrong with it. */
function LibraryLine() {
  const { session } = useScene();
  const t = useTranslate();
  const { library } = session.account.value;
  if (!library) return null;
  const facts = [
    t("library.holds", { size: sizeOf(library.bytes, t.language) }),
    library.keeps ? "" : t("library.no_clips"),
  ].filter(Boolean);
  return (
    <footer class="frame-foot">
      {library.problems.map((problem, at) => (
        <p class="strip strip-warning" key={at}>
          <WarningIcon />
          <span dir="auto">{localize(problem, t)}</span>
        </p>
      ))}
      <p class="strip">
        <span>{facts.join(" · ")}</span>
        <span class="library-path" dir="ltr">
          {library.path}
        </span>
      </p>
    </footer>
  );
}

/**
 * Keep the host's shortcuts off: a notebook must not delete a cell because "dd" was typed in a
 * prompt, nor take the focus from a button. The UI's own handlers sit below and have run.
 */
function takeKeys(root: HTMLElement, view: ViewState): () => void {
  const block = (event: Event) => {
    event.stopPropagation();
    const target = event.target as HTMLElement;
    if (event.type !== "keydown" || (event as KeyboardEvent).key !== "?") return;
    if (!target.matches("input, textarea, select")) view.help.value = !view.help.peek();
  };
  const kinds = ["keydown", "keypress", "keyup", "paste", "copy", "cut"];
  for (const kind of kinds) root.addEventListener(kind, block);
  return () => {
    for (const kind of kinds) root.removeEventListener(kind, block);
  };
}

/** Bring the queue into view when a click became a job: its list may be scrolled away. */
function useScrollToNewJob(session: Session, results: RefObject<HTMLElement | null>) {
  const seen = useRef(session.submission.peek()?.click);

  useSignalEffect(() => {
    const outcome = session.submission.value;
    if (outcome?.phase !== "accepted" || outcome.click === seen.current) return;
    seen.current = outcome.click;
    if (results.current) results.current.scrollTop = 0;
  });
}

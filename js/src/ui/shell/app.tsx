import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Studio } from "../form/form";
import { Gallery } from "../gallery/gallery";
import { WordsProvider, wordsFor } from "../i18n/translate";
import { BatchProgress } from "../queue/batch_progress";
import { Queue } from "../queue/queue";
import type { Session } from "../session";
import { SceneProvider } from "../shared/context";
import type { Face } from "../shared/face";
import { createViewState } from "../shared/view_state";
import { LargeView } from "../viewer/viewer";
import { Announcer } from "./announcer";
import { Header } from "./header";
import { holdOffHost } from "./host_keys";
import { LibraryLine } from "./library_line";
import { useScrollToNews } from "./scroll_to_news";
import { detectTheme, watchTheme } from "./theme";
import { useSecondsWhileRunning } from "./use_clock";

export function App({ session, face }: { session: Session; face: Face }) {
  const root = useRef<HTMLDivElement>(null);
  const results = useRef<HTMLDivElement>(null);
  const view = useMemo(createViewState, []);
  const [theme, setTheme] = useState(() => detectTheme(document, false));
  const scene = useMemo(() => ({ face, session, view }), [face, session, view]);
  const words = useMemo(
    () => wordsFor(session.config.value.locale ?? navigator.language),
    [session.config.value.locale],
  );

  useEffect(() => watchTheme(document, setTheme), []);
  useEffect(() => (root.current ? holdOffHost(root.current) : undefined), []);
  useSecondsWhileRunning(session, view.now);
  useScrollToNews(session, results);

  const sandbox = session.service.value.sandbox;
  return (
    <WordsProvider value={words}>
      <SceneProvider value={scene}>
        <div
          ref={root}
          class="legnext-widgets"
          lang={words.language}
          data-face={face}
          data-theme={theme}
          data-sandbox={String(sandbox)}
          // JupyterLab reads this: its one-letter shortcuts stay off while the focus is in here.
          data-lm-suppress-shortcuts="true"
        >
          <div class="frame">
            <Header face={face} />
            {face === "studio" ? (
              <div class="columns">
                <Studio />
                <div ref={results} class="results">
                  <BatchProgress />
                  <Queue />
                  <Gallery face={face} />
                </div>
              </div>
            ) : (
              <div class="results alone">
                <Gallery face={face} />
              </div>
            )}
            {face === "studio" && <LibraryLine />}
          </div>
          <LargeView inStudio={face === "studio"} />
          <Announcer />
        </div>
      </SceneProvider>
    </WordsProvider>
  );
}

import { sizeOf } from "../state/size";
import { useWords } from "../words/words";
import { useScene } from "./context";
import { WarningIcon } from "./icons";

/** At the foot: how much the library holds and where, and what is wrong with it. */
export function LibraryLine() {
  const { session } = useScene();
  const words = useWords();
  const { library } = session.account.value;
  if (!library) return null;
  const facts = [
    words.library.holds(sizeOf(library.bytes, words.language)),
    library.keeps ? "" : words.library.noClips,
  ].filter(Boolean);
  return (
    <footer class="frame-foot">
      {library.trouble && (
        <p class="strip strip-warning">
          <WarningIcon />
          <span dir="auto">
            {words.library.trouble} {library.trouble}
          </span>
        </p>
      )}
      <p class="strip">
        <span>{facts.join(" · ")}</span>
        <span class="library-path" dir="ltr">
          {library.path}
        </span>
      </p>
    </footer>
  );
}

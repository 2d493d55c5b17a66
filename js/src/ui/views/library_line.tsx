import { sizeOf } from "../state/size";
import { tell, useWords } from "../words/words";
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
      {library.troubles.map((trouble, at) => (
        <p class="strip strip-warning" key={at}>
          <WarningIcon />
          <span dir="auto">{tell(trouble, words)}</span>
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

import { tell, useWords } from "../i18n/translate";
import { useScene } from "../shared/context";
import { WarningIcon } from "../shared/icons";
import { sizeOf } from "../state/size";

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

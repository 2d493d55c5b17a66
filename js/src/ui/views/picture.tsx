import { useEffect, useState } from "preact/hooks";
import { webLink } from "../state/links";
import { useWords } from "../words/words";
import { ImageIcon, Spinner, WarningIcon } from "./icons";

const TYPING_PAUSE_MS = 350;

/** A live look at a picture's link; half-typed links are not fetched. */
export function Picture({ url, alt, small }: { url: string; alt: string; small?: boolean }) {
  const words = useWords();
  const link = webLink(url.trim());
  const [shown, setShown] = useState(link);
  const [state, setState] = useState<"loading" | "loaded" | "failed">("loading");

  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(link);
      setState("loading");
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [link]);

  const current = shown === link ? shown : null;
  return (
    <div class={small ? "picture small" : "picture"} data-state={current ? state : "empty"}>
      {current && (
        <img
          key={current}
          src={current}
          alt={alt}
          referrerpolicy="no-referrer"
          decoding="async"
          onLoad={() => setState("loaded")}
          onError={() => setState("failed")}
        />
      )}
      {!current && (
        <p class="picture-note">
          <ImageIcon />
          {words.source.previewEmpty}
        </p>
      )}
      {current && state === "loading" && (
        <p class="picture-note">
          <Spinner />
          {words.source.previewLoading}
        </p>
      )}
      {current && state === "failed" && (
        <p class="picture-note">
          <WarningIcon />
          {words.source.previewFailed}
        </p>
      )}
    </div>
  );
}

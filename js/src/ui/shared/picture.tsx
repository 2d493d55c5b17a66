import { useEffect, useState } from "preact/hooks";
import { useWords } from "../i18n/translate";
import { usePicture } from "../media/use_image";
import { webLink } from "../state/links";
import { useScene } from "./context";
import { ImageIcon, Spinner, WarningIcon } from "./icons";

const TYPING_PAUSE_MS = 350;

/** A live look at a picture's link; half-typed links are not fetched. */
export function Picture({ url, alt, small }: { url: string; alt: string; small?: boolean }) {
  const { session } = useScene();
  const words = useWords();
  const link = webLink(url.trim());
  const [settled, setSettled] = useState(link);
  const [loaded, setLoaded] = useState<string | null>(null);

  useEffect(() => {
    const timer = setTimeout(() => setSettled(link), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [link]);

  const current = settled === link ? link : null;
  const { src, failed, onError } = usePicture(session, current);
  const state = failed ? "failed" : src !== null && loaded === src ? "loaded" : "loading";
  return (
    <div class={small ? "picture small" : "picture"} data-state={current ? state : "empty"}>
      {src && (
        <img
          key={src}
          src={src}
          alt={alt}
          referrerpolicy="no-referrer"
          decoding="async"
          onLoad={() => setLoaded(src)}
          onError={onError}
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

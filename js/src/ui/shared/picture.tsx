import { useEffect, useState } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import { useLinkedImage } from "../media/use_image";
import { webLink } from "../state/links";
import { useScene } from "./context";
import { ImageIcon, Spinner, WarningIcon } from "./icons";

const TYPING_PAUSE_MS = 350;

/** A live preview of a picture's link; half-typed links are not fetched. */
export function Picture({ url, alt, small }: { url: string; alt: string; small?: boolean }) {
  const { session } = useScene();
  const t = useTranslate();
  const link = webLink(url.trim());
  const [settled, setSettled] = useState(link);
  const [loaded, setLoaded] = useState<string | null>(null);

  useEffect(() => {
    const timer = setTimeout(() => setSettled(link), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [link]);

  const current = settled === link ? link : null;
  const { src, failed, onError } = useLinkedImage(session, current);
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
          {t("source.preview_empty")}
        </p>
      )}
      {current && state === "loading" && (
        <p class="picture-note">
          <Spinner />
          {t("source.preview_loading")}
        </p>
      )}
      {current && state === "failed" && (
        <p class="picture-note">
          <WarningIcon />
          {t("source.preview_failed")}
        </p>
      )}
    </div>
  );
}

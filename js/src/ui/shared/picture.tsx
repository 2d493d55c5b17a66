import { useEffect, useState } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import { useLinkedImage } from "../media/use_image";
import { webLink } from "../state/links";
import { useScene } from "./context";
import { ImageIcon, Spinner, WarningIcon } from "./icons";

const TYPING_PAUSE_MS = 350;

interface PictureProps {
  url: string;
  alt: string;
  /** Whether the field beside it shows what is wrong with the link. */
  faulty: boolean;
}

/** A live preview of a picture's link; half-typed links are not fetched. */
export function Picture({ url, alt, faulty }: PictureProps) {
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
  const note = !current
    ? t("source.preview_empty")
    : state === "loading"
      ? t("source.preview_loading")
      : state === "failed" && !faulty
        ? t("source.preview_failed")
        : "";
  return (
    <div class="preview">
      <div class="picture" data-state={current ? state : "empty"} title={note || undefined}>
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
        {!current && <ImageIcon />}
        {current && state === "loading" && <Spinner />}
        {current && state === "failed" && <WarningIcon />}
      </div>
      {note && <p class={state === "failed" && current ? "hint" : "sr-only"}>{note}</p>}
    </div>
  );
}

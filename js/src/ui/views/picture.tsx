import { useEffect, useState } from "preact/hooks";
import { webLink } from "../state/links";
import { useWords } from "../words/words";
import { ImageIcon, Spinner, WarningIcon } from "./icons";

const TYPING_PAUSE_MS = 350;

/** A live look at a picture's link; half-typed links are not fetched. */
export function Picture({ url, alt, small }: { url: string; alt: string; small?: boolean }) {
  const words = useWords();
  const link = webLink(url.trim());
  const [settled, setSettled] = useState(link);
  const [outcome, setOutcome] = useState<{ link: string; state: "loaded" | "failed" } | null>(null);

  useEffect(() => {
    const timer = setTimeout(() => setSettled(link), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [link]);

  const current = settled === link ? link : null;
  const state = outcome?.link === current ? (outcome?.state ?? "loading") : "loading";
  return (
    <div class={small ? "picture small" : "picture"} data-state={current ? state : "empty"}>
      {current && (
        <img
          key={current}
          src={current}
          alt={alt}
          referrerpolicy="no-referrer"
          decoding="async"
          onLoad={() => setOutcome({ link: current, state: "loaded" })}
          onError={() => setOutcome({ link: current, state: "failed" })}
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

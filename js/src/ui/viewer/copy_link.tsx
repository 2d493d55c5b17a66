import { useRef, useState } from "preact/hooks";
import { useWords } from "../i18n/translate";
import { copyText } from "../media/clipboard";
import { useScene } from "../shared/context";
import { CheckIcon, LinkIcon } from "../shared/icons";
import { webLink } from "../state/links";

export function CopyLink({ url }: { url: string | null }) {
  const { view } = useScene();
  const words = useWords();
  const button = useRef<HTMLButtonElement>(null);
  const [state, setState] = useState<"idle" | "copied" | "by-hand">("idle");
  const link = webLink(url);
  if (!link) return null;

  async function copy() {
    const near = button.current?.parentElement;
    if (!link || !near) return;
    const copied = await copyText(link, near);
    setState(copied ? "copied" : "by-hand");
    view.announcement.value = copied ? words.large.copied : words.large.copyByHand;
  }

  return (
    <>
      <button ref={button} type="button" class="button" onClick={copy}>
        {state === "copied" ? <CheckIcon /> : <LinkIcon />}
        {state === "copied" ? words.large.copied : words.large.copyLink}
      </button>
      {state === "by-hand" && (
        <label class="field by-hand">
          <span class="hint">{words.large.copyByHand}</span>
          <input
            class="input mono"
            readOnly
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
      )}
    </>
  );
}

import { useRef, useState } from "preact/hooks";
import { ReuseButton } from "../gallery/reuse_button";
import { useTranslate } from "../i18n/translate";
import { copyText } from "../media/clipboard";
import type { Job, Media } from "../protocol/generated";
import { useScene } from "../shared/context";
import { DownloadAll, DownloadButton } from "../shared/download_buttons";
import { CheckIcon, LinkIcon } from "../shared/icons";
import { webLink } from "../state/links";
import { FrameActions } from "./frame_actions";

interface ClipActionsProps {
  job: Job;
  media: Media;
  title: string;
  /** Also what only a studio can do. */
  inStudio: boolean;
  onReuse(): void;
}

/** Download, copy the link, use again. */
export function ClipActions({ job, media, title, inStudio, onReuse }: ClipActionsProps) {
  return (
    <div class="large-actions">
      <DownloadButton key={media.index} job={job} media={media} />
      <DownloadAll key={job.id} job={job} title={title} />
      <CopyLink key={`link-${media.index}`} url={media.url} />
      {inStudio && media.kind === "video" && (
        <FrameActions
          key={`frame-${job.id}/${media.index}`}
          job={job}
          media={media}
          onStart={onReuse}
        />
      )}
      {inStudio && <ReuseButton job={job} title={title} look="button" onUsed={onReuse} />}
    </div>
  );
}

function CopyLink({ url }: { url: string | null }) {
  const { view } = useScene();
  const t = useTranslate();
  const button = useRef<HTMLButtonElement>(null);
  const [state, setState] = useState<"idle" | "copied" | "by-hand">("idle");
  const link = webLink(url);
  if (!link) return null;

  async function copy() {
    const near = button.current?.parentElement;
    if (!link || !near) return;
    const copied = await copyText(link, near);
    setState(copied ? "copied" : "by-hand");
    view.announcement.value = copied ? t("viewer.copied") : t("viewer.copy_by_hand");
  }

  return (
    <>
      <button ref={button} type="button" class="button" onClick={copy}>
        {state === "copied" ? <CheckIcon /> : <LinkIcon />}
        {state === "copied" ? t("viewer.copied") : t("viewer.copy_link")}
      </button>
      {state === "by-hand" && (
        <label class="field by-hand">
          <span class="hint">{t("viewer.copy_by_hand")}</span>
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

import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../i18n/translate";
import { saveFile } from "../media/download";
import type { Job, Media } from "../protocol/contract";
import { useScene } from "./context";
import { DownloadIcon, Spinner } from "./icons";

interface DownloadButtonProps {
  job: Job;
  media: Media;
  compact?: boolean;
}

export function DownloadButton({ job, media, compact }: DownloadButtonProps) {
  const { session, view } = useScene();
  const words = useWords();
  const [state, setState] = useState<"idle" | "working" | "failed">("idle");
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  async function download() {
    if (state === "working") return;
    const running = new AbortController();
    controller.current = running;
    setState("working");
    try {
      await saveFile(session, job, media, running.signal);
      setState("idle");
    } catch {
      if (running.signal.aborted) return;
      setState("failed");
      view.announcement.value = words.large.downloadFailed;
    }
  }

  const label = words.gallery.downloadClip(media.index + 1);
  const icon = state === "working" ? <Spinner /> : <DownloadIcon />;
  if (compact) {
    return (
      <button
        type="button"
        class="icon-button clip-download"
        aria-label={label}
        title={state === "failed" ? words.large.downloadFailed : words.gallery.download}
        onClick={download}
      >
        {icon}
      </button>
    );
  }
  return (
    <>
      <button type="button" class="button" aria-label={label} onClick={download}>
        {icon}
        {state === "working" ? words.large.downloading : words.large.download}
      </button>
      {state === "failed" && <p class="problem">{words.large.downloadFailed}</p>}
    </>
  );
}

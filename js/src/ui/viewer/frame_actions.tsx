import { useState } from "preact/hooks";
import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { encoded, RefusedPicture } from "../media/pictures";
import type { Job, Media } from "../protocol/generated";
import { useScene } from "../shared/context";
import { saveFile } from "../shared/download_buttons";
import { Spinner } from "../shared/icons";

type Action = "start" | "copy" | "gif" | "webp";

interface FrameActionsProps {
  job: Job;
  media: Media;
  /** The form is to be seen, with the frame in it. */
  onStart(): void;
}

/** What to do with the frame that is seen, or with the clip as a picture that moves. */
export function FrameActions({ job, media, onStart }: FrameActionsProps) {
  const { session, view } = useScene();
  const t = useTranslate();
  const [running, setRunning] = useState<Action | null>(null);
  const [failure, setFailure] = useState<string>();

  async function run(action: Action, near: HTMLElement) {
    if (running) return;
    setRunning(action);
    setFailure(undefined);
    const video = near.closest(".large")?.querySelector("video") ?? null;
    try {
      if (action === "start") {
        const at = Math.floor((video?.currentTime ?? 0) * 1000);
        const link = await session.pictures.takeFrame(job.id, media.index, at);
        session.drafts.choose({ source: "image_url", image_url: link });
        onStart();
      } else if (action === "copy") {
        await copyFrame(video);
        view.announcement.value = t("viewer.copied");
      } else {
        const file = { kind: action, index: media.index } as const;
        await saveFile(session, job, file, new AbortController().signal);
      }
    } catch (error) {
      const reason = error instanceof RefusedPicture ? localize(error.reason, t) : null;
      setFailure(reason ?? t(action === "copy" ? "viewer.frame_blocked" : "viewer.frame_failed"));
    }
    setRunning(null);
  }

  const button = (action: Action, label: string) => (
    <button
      type="button"
      class="button"
      data-frame={action}
      onClick={(event) => void run(action, event.currentTarget)}
    >
      {running === action && <Spinner />}
      {label}
    </button>
  );
  return (
    <>
      {button("start", t("viewer.start_frame"))}
      {button("copy", t("viewer.copy_frame"))}
      {button("gif", "GIF")}
      {button("webp", "WebP")}
      {failure && <p class="problem">{failure}</p>}
    </>
  );
}

/** Copy what a player shows; browsers refuse it for clips of hosts that do not allow it. */
async function copyFrame(video: HTMLVideoElement | null): Promise<void> {
  if (!video) throw new Error("no clip is shown");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const png = encoded(canvas, "image/png");
  if (!png) throw new Error("the frame is empty");
  await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
}

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { copyPicture } from "../media/clipboard";
import { frameAt } from "../media/frame";
import { RefusedPicture } from "../media/pictures";
import type { Job, Media } from "../protocol/generated";
import type { Session } from "../session";
import { useScene } from "../shared/context";
import { saveFile } from "../shared/download_buttons";
import { CheckIcon, DownloadIcon, Spinner } from "../shared/icons";

/** Milliseconds for which the button says that the frame is copied. */
const COPIED_MS = 3_000;
/** The clip that is chosen: alone on the stage, or one of those that are compared. */
const CHOSEN = ".stage video, .compare-tile[data-chosen] video";

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
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(setCopied, COPIED_MS, false);
    return () => clearTimeout(timer);
  }, [copied]);

  async function run(action: Action, near: HTMLElement) {
    if (running) return;
    setRunning(action);
    setFailure(undefined);
    setCopied(false);
    const time = near.closest(".large")?.querySelector<HTMLVideoElement>(CHOSEN)?.currentTime ?? 0;
    try {
      if (action === "start") {
        const at = Math.floor(time * 1000);
        const link = await session.pictures.takeFrame(job.id, media.index, at);
        session.drafts.choose({ source: "image_url", image_url: link });
        onStart();
      } else if (action === "copy") {
        const done = await copyPicture(() => frameOf(session, job, media, time));
        setCopied(done);
        if (done) view.announcement.value = t("viewer.copied");
        else setFailure(t("viewer.frame_blocked"));
      } else {
        const file = { kind: action, index: media.index } as const;
        await saveFile(session, job, file, new AbortController().signal);
      }
    } catch (error) {
      const reason = error instanceof RefusedPicture ? localize(error.reason, t) : null;
      setFailure(reason ?? t("viewer.frame_failed"));
    }
    setRunning(null);
  }

  const button = (action: Action, label: string, icon?: ComponentChildren) => (
    <button
      type="button"
      class="button"
      title={icon ? `${t("viewer.download")}: ${label}` : undefined}
      data-frame={action}
      onClick={(event) => void run(action, event.currentTarget)}
    >
      {running === action ? <Spinner /> : icon}
      {action === "copy" && copied && <CheckIcon />}
      {label}
    </button>
  );
  return (
    <>
      {button("start", t("viewer.start_frame"))}
      {button("copy", t(copied ? "viewer.copied" : "viewer.copy_frame"))}
      {button("gif", "GIF", <DownloadIcon />)}
      {button("webp", "WebP", <DownloadIcon />)}
      {failure && <p class="problem">{failure}</p>}
    </>
  );
}

/**
 * A frame of a clip, in seconds. The bytes come through the kernel: the browser gives no pixels of a
 * clip that plays from its link.
 */
async function frameOf(session: Session, job: Job, media: Media, at: number): Promise<Blob> {
  const { signal } = new AbortController();
  const lease = await session.blobs.borrow(job.id, media, { signal, urgent: true });
  try {
    return await frameAt(lease.url, at);
  } finally {
    lease.release();
  }
}

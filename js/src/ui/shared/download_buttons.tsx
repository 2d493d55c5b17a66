import { useEffect, useRef, useState } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import type { BlobLease } from "../media/blob_cache";
import type { FileRef } from "../media/chunk_fetcher";
import type { Job, Media } from "../protocol/generated";
import type { Session } from "../session";
import { fileName } from "../state/format";
import { useScene } from "./context";
import { DownloadIcon, Spinner } from "./icons";

/** Milliseconds for which the bytes stay: the browser reads them after the click has returned. */
const SAVING_MS = 30_000;

/**
 * Save a clip under a real name. The bytes come through the kernel, because browsers ignore the
 * wanted name of a link to another origin, and often open it instead of saving it.
 */
export async function saveFile(session: Session, job: Job, media: FileRef, signal: AbortSignal) {
  const lease = await session.blobs.borrow(job.id, media, { signal, urgent: true });
  saveAs(lease, fileName(job.prompt, media.index, lease.blob.type));
}

/** Have the browser save a file under a name. */
export function saveAs(lease: BlobLease, name: string): void {
  const anchor = document.createElement("a");
  anchor.href = lease.url;
  anchor.download = name;
  anchor.rel = "noopener";
  anchor.click();
  setTimeout(lease.release, SAVING_MS);
}

/** Save files one after the other. `done` is the number saved; null while idle. */
function useDownload(job: Job, files: readonly Media[]) {
  const { session, view } = useScene();
  const t = useTranslate();
  const [done, setDone] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  async function download() {
    if (done !== null) return;
    const running = new AbortController();
    controller.current = running;
    setFailed(false);
    try {
      for (const [at, media] of files.entries()) {
        setDone(at);
        await saveFile(session, job, media, running.signal);
      }
    } catch {
      if (running.signal.aborted) return;
      setFailed(true);
      view.announcement.value = t("viewer.download_failed");
    }
    setDone(null);
  }

  return { done, failed, download };
}

interface DownloadButtonProps {
  job: Job;
  media: Media;
  compact?: boolean;
}

export function DownloadButton({ job, media, compact }: DownloadButtonProps) {
  const t = useTranslate();
  const { done, failed, download } = useDownload(job, [media]);
  const label = t("gallery.download_clip", { number: media.index + 1 });
  const icon = done === null ? <DownloadIcon /> : <Spinner />;
  if (compact) {
    return (
      <button
        type="button"
        class="icon-button clip-download"
        aria-label={label}
        title={failed ? t("viewer.download_failed") : t("gallery.download")}
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
        {done === null ? t("viewer.download") : t("viewer.downloading")}
      </button>
      {failed && <p class="problem">{t("viewer.download_failed")}</p>}
    </>
  );
}

interface DownloadAllProps {
  job: Job;
  title: string;
  compact?: boolean;
}

/** All clips of a job, one file after the other. */
export function DownloadAll({ job, title, compact }: DownloadAllProps) {
  const t = useTranslate();
  const { done, failed, download } = useDownload(job, job.media);
  const count = job.media.length;
  if (count < 2) return null;
  const icon = done === null ? <DownloadIcon /> : <Spinner />;
  const label =
    done === null
      ? t("viewer.download_all", { count })
      : t("viewer.downloading_of", { number: done + 1, count });
  if (compact) {
    return (
      <button
        type="button"
        class="icon-button"
        title={failed ? t("viewer.download_failed") : label}
        aria-label={t("viewer.download_all_of", { count, title })}
        onClick={download}
      >
        {icon}
      </button>
    );
  }
  return (
    <>
      <button type="button" class="button" onClick={download}>
        {icon}
        {label}
      </button>
      {failed && <p class="problem">{t("viewer.download_failed")}</p>}
    </>
  );
}

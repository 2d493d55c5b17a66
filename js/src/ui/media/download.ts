import type { Job, Media } from "../protocol/contract";
import type { Session } from "../session";
import { fileName } from "../state/format";

/**
 * Saves a clip under a real name. The bytes come through the kernel, because browsers ignore the
 * wanted name of a link to another origin, and often open it in place of saving it.
 */
export async function saveFile(
  session: Session,
  job: Job,
  media: Media,
  signal: AbortSignal,
): Promise<void> {
  const lease = await session.blobs.borrow(job.id, media, { signal, urgent: true });
  const anchor = document.createElement("a");
  anchor.href = lease.url;
  anchor.download = fileName(job.prompt, media.index, lease.blob.type);
  anchor.rel = "noopener";
  anchor.click();
  // The browser reads the bytes after the click has returned.
  setTimeout(lease.release, 30_000);
}

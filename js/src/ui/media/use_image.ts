import { useEffect, useState } from "preact/hooks";
import type { Media } from "../protocol/generated";
import type { Session } from "../session";
import { webLink } from "../state/links";
import type { FileRef } from "./chunk_fetcher";

interface FetchedImage {
  src: string | null;
  failed: boolean;
}

const NOTHING: FetchedImage = { src: null, failed: false };

/** An image through the kernel, while there is a `file` to fetch. */
function useFetchedImage(session: Session, jobId: string, file: FileRef | null): FetchedImage {
  const [image, setImage] = useState(NOTHING);
  const { kind, index } = file ?? {};
  useEffect(() => {
    if (kind === undefined || index === undefined) return;
    const controller = new AbortController();
    let release: (() => void) | null = null;
    session.blobs
      .borrow(jobId, { kind, index }, { signal: controller.signal, urgent: true })
      .then((lease) => {
        if (controller.signal.aborted) return lease.release();
        release = lease.release;
        setImage({ src: lease.url, failed: false });
      })
      .catch(() => {
        if (!controller.signal.aborted) setImage({ src: null, failed: true });
      });
    return () => {
      controller.abort();
      release?.();
      setImage(NOTHING);
    };
  }, [session, jobId, kind, index]);
  return image;
}

export interface LinkedImage extends FetchedImage {
  onError(): void;
}

/** An image by its link; an example of the sandbox through the kernel where that is needed. */
export function useLinkedImage(session: Session, url: string | null): LinkedImage {
  const link = webLink(url);
  const { examples } = session.service.value;
  const index = examples.findIndex((example) => example.url === link);
  const [failedLink, setFailedLink] = useState<string | null>(null);
  const linkFailed = link !== null && failedLink === link;
  const fetching = link !== null && index >= 0 && (linkFailed || examples[index]?.pull === true);
  const fetched = useFetchedImage(session, "", fetching ? { kind: "sample", index } : null);
  const onError = () => setFailedLink(link);
  if (fetching) return { ...fetched, onError };
  return { src: linkFailed ? null : link, failed: linkFailed, onError };
}

export interface Poster {
  src: string | null;
  /** There is none, or it did not arrive: the clip itself must show its first frame. */
  missing: boolean;
}

/** The still of a clip that the kernel keeps, while `wanted`. */
export function usePoster(session: Session, jobId: string, media: Media, wanted: boolean): Poster {
  const { index, poster } = media;
  const image = useFetchedImage(
    session,
    jobId,
    wanted && poster ? { kind: "poster", index } : null,
  );
  const [failed, setFailed] = useState(false);
  // Not requested again each time the tile comes back into view.
  useEffect(() => {
    if (image.failed) setFailed(true);
  }, [image.failed]);
  return { src: image.src, missing: !poster || failed || image.failed };
}

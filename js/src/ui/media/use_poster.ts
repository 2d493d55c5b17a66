import { useEffect, useState } from "preact/hooks";
import type { Media } from "../protocol/contract";
import type { Session } from "../session";

export interface Poster {
  src: string | null;
  /** There is none, or it did not come: the clip itself must show its first frame. */
  missing: boolean;
}

/** The small still of a clip that the kernel keeps, while `wanted`. */
export function usePoster(session: Session, jobId: string, media: Media, wanted: boolean): Poster {
  const [src, setSrc] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const { index, poster } = media;
  useEffect(() => {
    if (!wanted || !poster) return;
    const controller = new AbortController();
    let release: (() => void) | null = null;
    session.blobs
      .borrow(jobId, { kind: "poster", index }, { signal: controller.signal, urgent: true })
      .then((lease) => {
        if (controller.signal.aborted) return lease.release();
        release = lease.release;
        setSrc(lease.url);
      })
      .catch(() => {
        if (!controller.signal.aborted) setFailed(true);
      });
    return () => {
      controller.abort();
      release?.();
      setSrc(null);
    };
  }, [session, jobId, index, poster, wanted]);
  return { src, missing: !poster || failed };
}

import { useEffect, useState } from "preact/hooks";
import type { Session } from "../session";
import { webLink } from "../state/links";

export interface ShownPicture {
  src: string | null;
  failed: boolean;
  onError(): void;
}

/** A picture by its link; one of the sandbox's samples through the kernel where that is needed. */
export function usePicture(session: Session, url: string | null): ShownPicture {
  const link = webLink(url);
  const { samples } = session.service.value;
  const index = samples.findIndex((sample) => sample.url === link);
  const [failedLink, setFailedLink] = useState<string | null>(null);
  const [pulled, setPulled] = useState<{ link: string; src: string | null } | null>(null);
  const linkFailed = link !== null && failedLink === link;
  const pulling = link !== null && index >= 0 && (linkFailed || samples[index]?.pull === true);

  useEffect(() => {
    if (!pulling || link === null) return;
    const controller = new AbortController();
    let release: (() => void) | null = null;
    session.blobs
      .borrow("", { kind: "sample", index }, { signal: controller.signal, urgent: true })
      .then((lease) => {
        if (controller.signal.aborted) return lease.release();
        release = lease.release;
        setPulled({ link, src: lease.url });
      })
      .catch(() => {
        if (!controller.signal.aborted) setPulled({ link, src: null });
      });
    return () => {
      controller.abort();
      release?.();
      setPulled(null);
    };
  }, [pulling, session, index, link]);

  const onError = () => setFailedLink(link);
  if (!pulling) return { src: linkFailed ? null : link, failed: linkFailed, onError };
  const mine = pulled?.link === link ? pulled : null;
  return { src: mine?.src ?? null, failed: mine !== null && mine.src === null, onError };
}

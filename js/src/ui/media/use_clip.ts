import { useEffect, useRef, useState } from "preact/hooks";
import { RequestError } from "../kernel/requests";
import type { Media } from "../protocol/generated";
import type { Session } from "../session";
import { chooseSource } from "./source";

export type ClipState = "idle" | "ready" | "loading" | "busy" | "expired" | "failed";

export interface Clip {
  state: ClipState;
  src: string | null;
  /** 0 to 1 while loading. */
  part: number;
  /** The element has loaded what it needs. */
  onSourceReady(): void;
  /** The element could not load its source: try the next one. */
  onSourceError(): void;
  retry(): void;
}

/**
 * The source of one clip or image while it is `wanted`: its own link, else bytes through the kernel.
 * Borrowed bytes are released when it is no longer wanted.
 */
export function useClip(
  session: Session,
  jobId: string,
  media: Media,
  { wanted, urgent }: { wanted: boolean; urgent: boolean },
): Clip {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  // A link that was opened in time plays on after it expires, so it is kept.
  const openedUrl = useRef<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [fetched, setFetched] = useState<{ state: ClipState; src: string | null; part: number }>({
    state: "idle",
    src: null,
    part: 0,
  });
  const opened = openedUrl.current !== null && openedUrl.current === media.url;
  const source = chooseSource(opened ? { ...media, expires: null } : media, {
    now: Date.now() / 1000,
    pageProtocol: location.protocol,
    linkFailed: failedUrl !== null && failedUrl === media.url,
  });
  const fetching = wanted && source.by === "kernel";

  // biome-ignore lint/correctness/useExhaustiveDependencies: media is a new object with each snapshot; `attempt` starts over
  useEffect(() => {
    if (!fetching) return;
    const controller = new AbortController();
    let release: (() => void) | null = null;
    setFetched({ state: "loading", src: null, part: 0 });
    session.blobs
      .borrow(jobId, media, {
        signal: controller.signal,
        urgent,
        onProgress: ({ part, waiting }) =>
          setFetched({ state: waiting ? "busy" : "loading", src: null, part }),
      })
      .then((lease) => {
        if (controller.signal.aborted) return lease.release();
        release = lease.release;
        setFetched({ state: "ready", src: lease.url, part: 1 });
      })
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        if (!(error instanceof RequestError)) console.error(error);
        setFetched({ state: "failed", src: null, part: 0 });
      });
    return () => {
      controller.abort();
      release?.();
      setFetched({ state: "idle", src: null, part: 0 });
    };
  }, [fetching, session, jobId, media.kind, media.index, attempt]);

  const retry = () => {
    setFailedUrl(null);
    openedUrl.current = null;
    setAttempt((count) => count + 1);
  };
  const onSourceError = () => {
    openedUrl.current = null;
    if (source.by === "link") setFailedUrl(media.url);
    else setFetched({ state: "failed", src: null, part: 0 });
  };
  const onSourceReady = () => {
    if (source.by === "link") openedUrl.current = source.url;
  };
  const shared = { onSourceReady, onSourceError, retry };
  if (!wanted) return { state: "idle", src: null, part: 0, ...shared };
  if (source.by === "link") return { state: "ready", src: source.url, part: 1, ...shared };
  if (source.by === "none") {
    const state = source.reason === "expired" ? "expired" : "failed";
    return { state, src: null, part: 0, ...shared };
  }
  return { ...fetched, ...shared };
}

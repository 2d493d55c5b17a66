import { useEffect, useRef, useState } from "preact/hooks";
import type { Media } from "../protocol/contract";
import type { Session } from "../session";
import { PullError } from "./chunk_fetcher";
import { chooseWay } from "./source";

export type ClipState = "idle" | "ready" | "pulling" | "busy" | "expired" | "failed";

export interface Clip {
  state: ClipState;
  src: string | null;
  /** 0 to 1 while pulling. */
  part: number;
  /** The element has what it needs from its source. */
  onSourceReady(): void;
  /** The element could not play its source: try the next way. */
  onSourceError(): void;
  retry(): void;
}

/**
 * Where one clip or image plays from, while `wanted`: its own link, else bytes through the kernel.
 * Borrowed bytes are given back when it is no longer wanted.
 */
export function useClip(
  session: Session,
  jobId: string,
  media: Media,
  { wanted, urgent }: { wanted: boolean; urgent: boolean },
): Clip {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  // A link that was opened in time goes on to play after its end, so it is not given up for that.
  const openedUrl = useRef<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [pulled, setPulled] = useState<{ state: ClipState; src: string | null; part: number }>({
    state: "idle",
    src: null,
    part: 0,
  });
  const opened = openedUrl.current !== null && openedUrl.current === media.url;
  const way = chooseWay(opened ? { ...media, expires: null } : media, {
    now: Date.now() / 1000,
    pageProtocol: location.protocol,
    linkFailed: failedUrl !== null && failedUrl === media.url,
  });
  const pulling = wanted && way.by === "pull";

  // biome-ignore lint/correctness/useExhaustiveDependencies: media is a new object with each snapshot; `attempt` asks again
  useEffect(() => {
    if (!pulling) return;
    const controller = new AbortController();
    let release: (() => void) | null = null;
    setPulled({ state: "pulling", src: null, part: 0 });
    session.blobs
      .borrow(jobId, media, {
        signal: controller.signal,
        urgent,
        onProgress: ({ part, waiting }) =>
          setPulled({ state: waiting ? "busy" : "pulling", src: null, part }),
      })
      .then((lease) => {
        if (controller.signal.aborted) return lease.release();
        release = lease.release;
        setPulled({ state: "ready", src: lease.url, part: 1 });
      })
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        if (!(error instanceof PullError)) console.error(error);
        setPulled({ state: "failed", src: null, part: 0 });
      });
    return () => {
      controller.abort();
      release?.();
      setPulled({ state: "idle", src: null, part: 0 });
    };
  }, [pulling, session, jobId, media.kind, media.index, attempt]);

  const retry = () => {
    setFailedUrl(null);
    openedUrl.current = null;
    setAttempt((count) => count + 1);
  };
  const onSourceError = () => {
    openedUrl.current = null;
    if (way.by === "link") setFailedUrl(media.url);
    else setPulled({ state: "failed", src: null, part: 0 });
  };
  const onSourceReady = () => {
    if (way.by === "link") openedUrl.current = way.url;
  };
  const shared = { onSourceReady, onSourceError, retry };
  if (!wanted) return { state: "idle", src: null, part: 0, ...shared };
  if (way.by === "link") return { state: "ready", src: way.url, part: 1, ...shared };
  if (way.by === "nothing") {
    const state = way.reason === "expired" ? "expired" : "failed";
    return { state, src: null, part: 0, ...shared };
  }
  return { ...pulled, ...shared };
}

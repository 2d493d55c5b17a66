import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import type { Session } from "../session";

/** Brings the queue into sight when a click became a job: its list may have been scrolled away. */
export function useScrollToNews(session: Session, results: RefObject<HTMLElement | null>) {
  const seen = useRef(session.submission.peek()?.click);

  useSignalEffect(() => {
    const outcome = session.submission.value;
    if (outcome?.phase !== "accepted" || outcome.click === seen.current) return;
    seen.current = outcome.click;
    if (results.current) results.current.scrollTop = 0;
  });
}

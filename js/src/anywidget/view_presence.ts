import type { Session } from "../ui/session";
import { newId } from "../ui/state/ids";

/**
 * Tells the kernel that a view is open, until it or its page goes away: Notebook 6 does not say
 * which cell it runs, and a studio may only make way for the next one when nobody looks at it.
 */
export function announceView(session: Session, page: Window | null): () => void {
  const view = newId();
  let open = false;
  const tell = (now: boolean) => {
    if (now !== open) session.tellOfView(view, now);
    open = now;
  };
  const come = () => tell(true);
  const go = () => tell(false);
  come();
  page?.addEventListener("pagehide", go);
  page?.addEventListener("pageshow", come);
  return () => {
    page?.removeEventListener("pagehide", go);
    page?.removeEventListener("pageshow", come);
    go();
  };
}

import type { Media } from "../protocol/generated";
import { webLink } from "../state/links";

/** Where to load a clip or image from. */
export type Source =
  | { by: "link"; url: string }
  | { by: "kernel" }
  | { by: "none"; reason: "expired" | "unavailable" };

export interface SourceContext {
  /** Unix seconds. */
  now: number;
  pageProtocol: string;
  linkFailed: boolean;
}

/** Seconds that a link must still be valid for to be used. */
const EXPIRY_MARGIN_S = 5;

/** Choose where to load from: the service's own link first, else through the kernel. */
export function chooseSource(
  media: Media,
  { now, pageProtocol, linkFailed }: SourceContext,
): Source {
  const url = webLink(media.url);
  const expired = media.expires !== null && media.expires - EXPIRY_MARGIN_S <= now;
  if (url && !expired && !linkFailed && !isMixedContent(url, pageProtocol)) {
    return { by: "link", url };
  }
  if (media.pull) return { by: "kernel" };
  return { by: "none", reason: expired ? "expired" : "unavailable" };
}

/** Browsers block http media on an https page, except from the page's own machine. */
function isMixedContent(url: string, pageProtocol: string): boolean {
  if (pageProtocol !== "https:") return false;
  const { protocol, hostname } = new URL(url);
  const loopback = hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
  return protocol === "http:" && !loopback;
}

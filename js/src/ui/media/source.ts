import type { Media } from "../protocol/contract";
import { webLink } from "../state/links";

export type Way =
  | { by: "link"; url: string }
  | { by: "pull" }
  | { by: "nothing"; reason: "expired" | "unavailable" };

export interface Circumstances {
  /** Unix seconds. */
  now: number;
  pageProtocol: string;
  linkFailed: boolean;
}

/** A link that ends within this time is not worth beginning with. */
const EXPIRY_MARGIN_S = 5;

/** How to come by the bytes: the service's own link first, else through the kernel. */
export function chooseWay(media: Media, { now, pageProtocol, linkFailed }: Circumstances): Way {
  const url = webLink(media.url);
  const expired = media.expires !== null && media.expires - EXPIRY_MARGIN_S <= now;
  if (url && !expired && !linkFailed && !isMixedContent(url, pageProtocol)) {
    return { by: "link", url };
  }
  if (media.pull) return { by: "pull" };
  return { by: "nothing", reason: expired ? "expired" : "unavailable" };
}

/** Browsers block http media on an https page, but for the page's own machine. */
function isMixedContent(url: string, pageProtocol: string): boolean {
  if (pageProtocol !== "https:") return false;
  const { protocol, hostname } = new URL(url);
  const loopback = hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
  return protocol === "http:" && !loopback;
}

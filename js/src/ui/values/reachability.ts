/**
 * Why the service cannot fetch a link. Python's rules are the reference, in
 * `client/api/values/reachability.py`; `tests/protocol/links.json` holds both to the same cases.
 */
export type Obstacle = "unreachable_url" | "share_page";

const LOCAL_NAME =
  /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|home\.arpa)$/;
const SHARE_PAGES = [
  String.raw`drive\.google\.com/(file/|open\b|drive/)`,
  String.raw`docs\.google\.com/(?!uc\b)`,
  String.raw`photos\.(google\.com/|app\.goo\.gl/)`,
  String.raw`(www\.)?dropbox\.com/(s|scl|sh)/(?!.*[?&](dl|raw)=1\b)`,
  String.raw`(www\.)?icloud\.com/`,
  String.raw`share\.icloud\.com/`,
  String.raw`1drv\.ms/`,
  String.raw`onedrive\.live\.com/(?!.*\bdownload\b)`,
  String.raw`[^/]*\.sharepoint\.com/:`,
  String.raw`(www\.)?wetransfer\.com/|we\.tl/`,
  String.raw`github\.com/[^/]+/[^/]+/blob/(?!.*[?&]raw=)`,
];
const SHARE_PAGE = new RegExp(`^(${SHARE_PAGES.join("|")})`, "i");

/** Networks that are not public, as the registries of IANA list them. */
const PRIVATE_IPV4 =
  /^(0|10|127|24\d|25[0-5])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^192\.168\.|^192\.0\.[02]\.|^198\.1[89]\.|^198\.51\.100\.|^203\.0\.113\./;
const PRIVATE_IPV6 = /^\[(::1?|100::.*|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*|2001:db8:.*)\]$/;
const MAPPED_IPV4 = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

/** Find why the service can certainly not fetch a web link; null where nothing is against it. */
export function obstacleTo(link: string): Obstacle | null {
  // Here, addresses have their usual form: `127.1` and `0x7f000001` are `127.0.0.1`.
  const { hostname, pathname, search } = new URL(link);
  const host = hostname.replace(/\.$/, "");
  if (isPrivate(host)) return "unreachable_url";
  return SHARE_PAGE.test(`${host}${pathname}${search}`) ? "share_page" : null;
}

function isPrivate(host: string): boolean {
  const mapped = MAPPED_IPV4.exec(host);
  if (mapped) return PRIVATE_IPV4.test(ipv4Of(mapped));
  if (host.startsWith("[")) return PRIVATE_IPV6.test(host);
  if (/^\d+(\.\d+){3}$/.test(host)) return PRIVATE_IPV4.test(host);
  return !host.includes(".") || LOCAL_NAME.test(host);
}

function ipv4Of([, high = "0", low = "0"]: RegExpExecArray): string {
  return [high, low]
    .map((pair) => Number.parseInt(pair, 16))
    .map((pair) => `${pair >> 8}.${pair & 255}`)
    .join(".");
}

"""Recognize hosts of this machine, and hosts that the service cannot reach. Pure.

The front end has the same rules, for links as they are typed: `js/src/ui/values/reachability.ts`.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Literal

from legnext_widgets.client.api.urls import split_web_link
from legnext_widgets.client.api.validation import Problem

from .prompt import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Obstacle = Literal["unreachable_url", "share_page"]
"""Why the service cannot fetch a picture from a link."""

_LOCAL_NAMES = (
    *("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp"),
    *("private", "home.arpa"),
)
"""Names, and ends of names, that are only known in the network of the person."""

_SHARE_PAGES = (
    r"drive\.google\.com/(file/|open\b|drive/)",
    r"docs\.google\.com/(?!uc\b)",
    r"photos\.(google\.com/|app\.goo\.gl/)",
    r"(www\.)?dropbox\.com/(s|scl|sh)/(?!.*[?&](dl|raw)=1\b)",
    r"(www\.)?icloud\.com/",
    r"share\.icloud\.com/",
    r"1drv\.ms/",
    r"onedrive\.live\.com/(?!.*\bdownload\b)",
    r"[^/]*\.sharepoint\.com/:",
    r"(www\.)?wetransfer\.com/|we\.tl/",
    r"github\.com/[^/]+/[^/]+/blob/(?!.*[?&]raw=)",
)
_IS_SHARE_PAGE = re.compile(f"({'|'.join(_SHARE_PAGES)})", re.IGNORECASE)

_DOTTED = re.compile(r"[0-9.]+|0x[0-9a-f.x]+", re.IGNORECASE)


_ADVICE: Mapping[Obstacle, str] = {
    "unreachable_url": (
        "leads to this computer or a private network, where the service cannot fetch it; put the "
        "file on a public server and use its link (allow_private_urls=True if a proxy of yours "
        "can reach it)"
    ),
    "share_page": (
        "leads to a page of a file-sharing service, not to the image itself; use a link that opens "
        "only the image, such as of a public bucket or web server"
    ),
}


def unreachable_links(request: object) -> Iterator[Problem]:
    """Find the links of a request that the service can certainly not fetch.

    A request alone does not know which service it is for. So its links are checked where it is
    submitted: a service on this machine, such as a sandbox, reaches what this machine reaches.
    """
    for field in ("image_url", "end_image_url", "prompt", "callback"):
        value = getattr(request, field, None)
        if not isinstance(value, str):
            continue
        parts = split(value) if field == "prompt" else None
        links = (parts.image_url, parts.end_image_url) if parts else (value,)
        for link in links:
            obstacle = obstacle_to(link) if link else None
            if obstacle is not None and not (field == "callback" and obstacle == "share_page"):
                yield Problem(field, obstacle, _ADVICE[obstacle])


def is_loopback_host(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    name = host.lower().strip("[]").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def is_loopback(url: str) -> bool:
    """Whether a link leads to this machine itself."""
    parts = split_web_link(url)
    return parts is not None and is_loopback_host(parts.hostname or "")


def obstacle_to(url: str) -> Obstacle | None:
    """Find out why the service can certainly not fetch a picture from a link.

    Returns:
        `unreachable_url` for this machine and for names and addresses of private networks;
        `share_page` for the page of a file service, which is no picture; None for all others.
    """
    parts = split_web_link(url)
    if parts is None:
        return None
    name = (parts.hostname or "").lower().strip("[]").rstrip(".")
    address = _address(name)
    if address is not None:
        return None if address.is_global else "unreachable_url"
    if "." not in name or any(name == end or name.endswith(f".{end}") for end in _LOCAL_NAMES):
        return "unreachable_url"
    rest = f"{name}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    return "share_page" if _IS_SHARE_PAGE.match(rest) else None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address in any form that resolvers take, such as `127.1` or `0x7f000001`."""
    text = name.partition("%")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return _old_form(text) if _DOTTED.fullmatch(text) else None
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address
    return address


def _old_form(text: str) -> ipaddress.IPv4Address | None:
    def number_of(part: str) -> int:
        if part[:2].lower() == "0x":
            return int(part, 16)
        return int(part, 8 if part.startswith("0") else 10)

    try:
        parts = [number_of(part) for part in text.split(".")]
        number = sum(part << 8 * (3 - place) for place, part in enumerate(parts[:-1])) + parts[-1]
        return ipaddress.IPv4Address(number) if len(parts) <= 4 else None
    except ValueError:
        return None

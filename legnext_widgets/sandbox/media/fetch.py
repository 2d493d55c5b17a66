"""Pictures from elsewhere: fetched by their link, within limits."""

from __future__ import annotations

import ipaddress
import time
from urllib.parse import urljoin, urlsplit

import httpx

from legnext_widgets.client.addresses import is_web_link

NEVER_BY_PROXY: dict[str, None] = {
    f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")
}
"""For httpx's `mounts`: this machine is reached without the proxies of the environment, since none
could reach it for the sandbox."""

SIZE_LIMIT = 20 << 20
"""Bytes of a picture."""
SECONDS = 20.0
"""How long fetching one may take in all."""
REDIRECTS = 3

_RESERVED = ("example.com", "example.org", "example.net")


class PictureError(Exception):
    """A picture could not be had; the text is for whoever gave the link."""


def is_reserved(url: str) -> bool:
    """Whether a link is of a host for examples only; the sandbox draws a still for it."""
    host = (urlsplit(url).hostname or "").lower()
    return host.endswith(".example") or any(
        host == name or host.endswith(f".{name}") for name in _RESERVED
    )


def is_loopback(url: str) -> bool:
    """Whether a link leads to this machine."""
    host = (urlsplit(url).hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fetch(url: str, *, loopback_only: bool = False) -> bytes:
    """The bytes behind a link.

    Args:
        url: http(s) link.
        loopback_only: Go nowhere but to this machine.

    Raises:
        PictureError: It is not http(s), too large, too slow, or not there.
    """
    deadline = time.monotonic() + SECONDS
    accepted = {"Accept": "image/*"}
    with httpx.Client(timeout=SECONDS / 2, headers=accepted, mounts=NEVER_BY_PROXY) as client:
        for _ in range(REDIRECTS + 1):
            if not is_web_link(url):
                raise PictureError("the image link leads to something that is not http or https")
            if loopback_only and not is_loopback(url):
                raise PictureError(
                    "the image link leads off this machine, and the sandbox is offline"
                )
            try:
                found = _fetch_once(client, url, deadline)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise PictureError(
                    f"the image could not be fetched: {type(error).__name__}"
                ) from None
            if isinstance(found, bytes):
                return found
            url = urljoin(url, found)
    raise PictureError(f"the image link was redirected more than {REDIRECTS} times")


def _fetch_once(client: httpx.Client, url: str, deadline: float) -> bytes | str:
    """The picture, or where the answer sends us."""
    with client.stream("GET", url) as response:
        if response.is_redirect:
            return response.headers["location"]
        if response.status_code != 200:
            raise PictureError(f"the image could not be fetched: HTTP {response.status_code}")
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > SIZE_LIMIT:
                raise PictureError(f"the image is larger than {SIZE_LIMIT >> 20} MB")
            if time.monotonic() > deadline:
                raise PictureError(f"the image took longer than {SECONDS:.0f} s to arrive")
            parts.append(part)
    return b"".join(parts)

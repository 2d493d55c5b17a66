"""Pictures from other servers, within limits."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from legnext_widgets.client.api.urls import is_web_link
from legnext_widgets.client.api.values.reachability import is_loopback
from legnext_widgets.sandbox.serving.workers import run_until_stopped

from .producer import SourceError

if TYPE_CHECKING:
    import threading

    import httpx

SIZE_LIMIT = 20 << 20
"""Largest picture in bytes."""
SECONDS = 20.0
"""Longest time for one picture."""
MAX_REDIRECTS = 3

_RESERVED = ("example.com", "example.org", "example.net")


def is_reserved(url: str) -> bool:
    """Return whether a link has a host for examples only; it gets a packaged picture."""
    host = (urlsplit(url).hostname or "").lower()
    return host.endswith(".example") or any(
        host == name or host.endswith(f".{name}") for name in _RESERVED
    )


def fetch(url: str, stop: threading.Event, *, loopback_only: bool = False) -> bytes:
    """Return the bytes behind a link.

    Args:
        url: http(s) link.
        stop: Set when the sandbox closes.
        loopback_only: Connect to this machine only.

    Raises:
        SourceError: It is not http(s), too large, too slow, or not there.
        StoppedError: `stop` was set.
    """
    return run_until_stopped(partial(_fetch, url, loopback_only=loopback_only), stop)


async def _fetch(url: str, *, loopback_only: bool) -> bytes:
    import httpx

    from legnext_widgets.client.api.routes import Certificates, RoutingTransport

    headers = {"Accept": "image/*"}
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpx.AsyncClient(
                timeout=SECONDS / 2, headers=headers, transport=RoutingTransport(Certificates())
            ) as client,
        ):
            for _ in range(MAX_REDIRECTS + 1):
                _check(url, loopback_only=loopback_only)
                found = await _fetch_once(client, url)
                if isinstance(found, bytes):
                    return found
                url = urljoin(url, found)
    except TimeoutError:
        raise SourceError(f"the image took longer than {SECONDS:.0f} s to arrive") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(f"the image could not be fetched: {type(error).__name__}") from None
    raise SourceError(f"the image link was redirected more than {MAX_REDIRECTS} times")


def _check(url: str, *, loopback_only: bool) -> None:
    if not is_web_link(url):
        raise SourceError("the image link leads to something that is not http or https")
    if loopback_only and not is_loopback(url):
        raise SourceError("the image link leads off this machine, and the sandbox is offline")


async def _fetch_once(client: httpx.AsyncClient, url: str) -> bytes | str:
    """Return the picture, or where the response redirects to."""
    async with client.stream("GET", url) as response:
        if response.is_redirect:
            return response.headers["location"]
        if response.status_code != 200:
            raise SourceError(f"the image could not be fetched: HTTP {response.status_code}")
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > SIZE_LIMIT:
                raise SourceError(f"the image is larger than {SIZE_LIMIT >> 20} MB")
            parts.append(part)
    return b"".join(parts)

"""Notice how far a request came: whether a transport got it, and whether its body was read.

httpcore, which sends for httpx, reads the body only to write it to a connection, after all that may
fail before: proxies, connecting, TLS. A request with an unread body started nothing then. Of other
transports it is not known how they read, so a request that one of them got may have left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class _WatchedBody(httpx.ByteStream):
    """A body that knows whether it was read."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.streamed = False

    def __iter__(self) -> Iterator[bytes]:
        self.streamed = True
        yield from super().__iter__()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.streamed = True
        async for chunk in super().__aiter__():
            yield chunk


class WatchedRequest(httpx.Request):
    """A request that knows whether its body was read, in any of the ways that httpx offers.

    Args:
        built: The request as an HTTP client built it.
        body: Its body.

    Attributes:
        looked_at: Whether the body was read as a whole, as hooks and some transports do.
        handed_over: Whether the body was asked for: httpx does so right before it calls the
            transport, after all hooks and the authentication.
        reported_on: Whether the transport reports its steps, as httpcore does.
    """

    def __init__(self, built: httpx.Request, body: bytes) -> None:
        self._body = body
        self._watched = _WatchedBody(body)
        self.looked_at = False
        self.reported_on = False
        super().__init__(
            built.method,
            built.url,
            headers=built.headers,
            stream=self._watched,
            extensions={**built.extensions, "trace": self._trace},
        )
        self.handed_over = False

    @property
    def stream(self) -> httpx.SyncByteStream | httpx.AsyncByteStream:
        """What a connection reads."""
        self.handed_over = True
        return self._given_stream

    @stream.setter
    def stream(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        self._given_stream = stream

    async def _trace(self, _: str, __: object) -> None:
        """Take a report of the connection (httpcore's `trace` extension)."""
        self.reported_on = True

    @property
    def streamed(self) -> bool:
        """Whether the body was read as a connection reads it, to be sent."""
        return self._watched.streamed

    def is_unsent(self, *, by_httpcore: bool) -> bool:
        """Whether nothing can have sent the body.

        Args:
            by_httpcore: Whether it is known that httpcore sends it.
        """
        known = by_httpcore or self.reported_on or not self.handed_over
        return known and not (self.streamed or self.looked_at)

    @property
    def content(self) -> bytes:
        """The body."""
        self.looked_at = True
        return self._body

    def read(self) -> bytes:
        """Read the body."""
        return self.content

    async def aread(self) -> bytes:
        """Read the body."""
        return self.content

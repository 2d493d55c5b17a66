"""Notice whether the body of a request was ever read.

The body is read only to be written to a connection, after all that may fail before: hooks, logins,
proxies, connecting, TLS. A request with an unread body started nothing, whatever the error is.
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
    """

    def __init__(self, built: httpx.Request, body: bytes) -> None:
        self._body = body
        self._watched = _WatchedBody(body)
        self.looked_at = False
        super().__init__(
            built.method,
            built.url,
            headers=built.headers,
            stream=self._watched,
            extensions=built.extensions,
        )

    @property
    def streamed(self) -> bool:
        """Whether the body was read as a connection reads it, to be sent."""
        return self._watched.streamed

    @property
    def unread(self) -> bool:
        """Whether nothing can have read the body."""
        return not (self.streamed or self.looked_at)

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

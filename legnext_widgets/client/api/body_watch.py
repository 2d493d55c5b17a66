"""Notice whether the body of a request was ever read.

The body is read only to be written to a connection, after all that may fail before: hooks, logins,
proxies, connecting, TLS. A request whose body httpcore did not read started nothing, whatever the
error is. Other transports may fail after sending, or only pretend to send: of those only a request
that they never had is known to be unsent.
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
        self._handed_over = self._on_connection = False
        self.looked_at = False
        super().__init__(
            built.method,
            built.url,
            headers=built.headers,
            stream=self._watched,
            extensions={**built.extensions, "trace": self._trace},
        )

    @property
    def streamed(self) -> bool:
        """Whether the body was read as a connection reads it, to be sent."""
        return self._watched.streamed

    @property
    def unread(self) -> bool:
        """Whether nothing can have sent the body: no transport had it, or httpcore read none."""
        if self.streamed or self.looked_at:
            return False
        return self._on_connection or not self._handed_over

    @property
    def stream(self) -> httpx.SyncByteStream | httpx.AsyncByteStream:
        """The body, for a transport; an HTTP client looks at it before it calls one."""
        self._handed_over = True
        return self._watched

    @stream.setter
    def stream(self, _: object) -> None:
        """Keep the body that was given: httpx sets it when a request is made."""

    async def _trace(self, *_: object) -> None:
        """Take a report of httpcore, httpx's own transport."""
        self._on_connection = True

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

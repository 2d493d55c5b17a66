"""The sandbox as an httpx transport: no sockets, and the errors that sockets would give."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import anyio
import httpx

from .connections import ConnectionCut

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message


class SandboxTransport(httpx.AsyncBaseTransport):
    """Hands every request to the app, whatever its host, on whichever loop it is awaited.

    Args:
        app: The sandbox's ASGI app.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serves one request.

        Raises:
            httpx.ReadTimeout: The answer takes longer than the request's read timeout.
            httpx.RemoteProtocolError: The sandbox cut the connection.
        """
        exchange = _Exchange(request)
        read_timeout = request.extensions.get("timeout", {}).get("read")
        body = await request.aread()
        try:
            with anyio.fail_after(read_timeout):
                await exchange.run(self._app, body)
        except TimeoutError:
            raise httpx.ReadTimeout("The read operation timed out", request=request) from None
        except ConnectionCut:
            if exchange.status is None:
                raise httpx.RemoteProtocolError(
                    "Server disconnected without sending a response.", request=request
                ) from None
            exchange.cut = True
        return httpx.Response(
            exchange.status or 500, headers=exchange.headers, stream=exchange, request=request
        )


class _Exchange(httpx.AsyncByteStream):
    """One request and its answer, which may break off."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.cut = False
        self._parts: list[bytes] = []

    async def run(self, app: ASGIApp, body: bytes) -> None:
        unread = [body]

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status, self.headers = message["status"], list(message["headers"])
            elif part := message.get("body"):
                self._parts.append(part)

        await app(self._scope(), receive, send)

    def _scope(self) -> dict[str, Any]:
        url = self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "server": (url.host, url.port),
            "client": None,
        }

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self.cut:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body",
                request=self._request,
            )

"""The sandbox as an httpx transport: no sockets, but the errors that sockets give."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

import anyio
import httpx

from legnext_widgets.sandbox.faults.connections import ConnectionCutError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)


class SandboxTransport(httpx.ASGITransport):
    """Pass each request to the app, for any host, on the event loop that awaits it.

    Args:
        app: The sandbox's ASGI app.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app=_ends_broken_responses(app))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request.

        Raises:
            httpx.ReadTimeout: The response takes longer than the request's read timeout.
            httpx.RemoteProtocolError: The sandbox cut the connection.
        """
        read_timeout = request.extensions.get("timeout", {}).get("read")
        try:
            with anyio.fail_after(read_timeout):
                response = await super().handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("The read operation timed out", request=request) from None
        except ConnectionCutError:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from None
        if request.method != "HEAD" and response.status_code != 304:
            response.stream = _MeasuredStream(response, request)
        return response


class _MeasuredStream(httpx.AsyncByteStream):
    """The body of a response, which fails where it is shorter than announced."""

    def __init__(self, response: httpx.Response, request: httpx.Request) -> None:
        self._parts = cast("httpx.AsyncByteStream", response.stream)
        self._request = request
        self._missing = int(response.headers.get("content-length", 0))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._parts:
            self._missing -= len(part)
            yield part
        if self._missing > 0:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body",
                request=self._request,
            )


def _ends_broken_responses(app: ASGIApp) -> ASGIApp:
    """Wrap an app so that a response that broke off ends, as far as it was sent."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await app(scope, receive, send_noted)
        except ConnectionCutError:
            if not started:
                raise
            await send({"type": "http.response.body", "body": b""})
        except Exception:
            if not started:
                raise
            # Starlette has sent a response with status 500 before it raised.
            _LOG.exception("a request to the sandbox failed")

    return serve

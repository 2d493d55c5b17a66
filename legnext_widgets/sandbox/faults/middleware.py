"""ASGI middleware that makes faults happen to requests and responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from starlette.responses import HTMLResponse, JSONResponse, Response

from legnext_widgets.sandbox.api import bodies

from .connections import ConnectionCutError, Connections
from .hooks import Call, Hooks

if TYPE_CHECKING:
    from collections import deque

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .faults import Fault, Faults

_PAGE = """<html>
<head><title>{status} {phrase}</title></head>
<body><center><h1>{status} {phrase}</h1></center><hr><center>nginx</center></body>
</html>
"""
_PHRASES = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


class FaultMiddleware:
    """The app as a client sees it through a network with faults.

    Args:
        app: The app without faults.
        faults: What goes wrong.
        hooks: Called at the stages of each request.
        connections: The sockets that can be cut.
        calls: Gets every request that arrives, except those to `/sandbox`.
        speed: Goes into a header of every response, by which a client knows the sandbox.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        faults: Faults,
        hooks: Hooks,
        connections: Connections,
        calls: deque[Call],
        speed: float,
    ) -> None:
        self._app = app
        self._faults = faults
        self._hooks = hooks
        self._connections = connections
        self._calls = calls
        self._header = (b"x-legnext-sandbox", f"speed={speed:g}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), self._header]}
            await send(message)

        if scope["path"].startswith("/sandbox"):
            await self._app(scope, receive, send_marked)
            return
        call = Call(scope["method"], scope["path"])
        self._calls.append(call)

        async def receive_noted() -> Message:
            message = await receive()
            call.add(message.get("body", b""))
            return message

        app = self._app
        # The fault that was switched on first is the outermost: the request meets it first.
        for fault in reversed(self._faults.in_transport(scope["method"], scope["path"])):
            app = self._with(fault, app)
        await self._hooks.around(app, call)(scope, receive_noted, send_marked)

    def _with(self, fault: Fault, app: ASGIApp) -> ASGIApp:
        if fault.kind == "latency":
            return _late(fault, app)
        if fault.kind == "truncated_json":
            return _truncated(fault, app)
        if fault.kind == "truncated_media":
            return self._cut_within(fault, app)
        if fault.kind == "cut_before":
            return self._cut
        if fault.kind == "cut_after":
            return self._cut_after(app)
        return _error_response(fault)

    async def _cut(self, scope: Scope, receive: Receive, _send: Send) -> None:
        if not self._connections.abort(scope.get("client")):
            raise ConnectionCutError
        while (await receive())["type"] != "http.disconnect":
            pass

    def _cut_after(self, app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await _response_of(app, scope, receive)
            await self._cut(scope, receive, send)

        return serve

    def _cut_within(self, fault: Fault, app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            start, part = await _first_part(fault, app, scope, receive)
            await send(start)
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await self._cut(scope, receive, send)

        return serve


def _late(fault: Fault, app: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if fault.when == "before":
            await anyio.sleep(fault.seconds)
            await app(scope, receive, send)
            return
        messages = await _response_of(app, scope, receive)
        await anyio.sleep(fault.seconds)
        for message in messages:
            await send(message)

    return serve


def _truncated(fault: Fault, app: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        start, part = await _first_part(fault, app, scope, receive)
        headers = [(n, v) for n, v in start["headers"] if n.lower() != b"content-length"]
        headers.append((b"content-length", str(len(part)).encode()))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": part})

    return serve


def _error_response(fault: Fault) -> Response:
    if fault.kind == "proxy_html":
        status = fault.status or 502
        phrase = _PHRASES.get(status, "Error")
        return HTMLResponse(_PAGE.format(status=status, phrase=phrase), status)
    if fault.kind == "rate_limit":
        status = fault.status or 429
        message = fault.message or "Too many requests, please slow down"
        headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after}"}
        return JSONResponse(bodies.plain_error(status, message), status, headers)
    status = fault.status or 500
    message = fault.message or "Internal server error"
    return JSONResponse(bodies.plain_error(status, message), status)


async def _first_part(
    fault: Fault, app: ASGIApp, scope: Scope, receive: Receive
) -> tuple[Message, bytes]:
    """Return the start of a response, and the part of its body that a fault lets through."""
    start, *rest = await _response_of(app, scope, receive)
    body = b"".join(message.get("body", b"") for message in rest)
    return start, body[: int(len(body) * fault.fraction)]


async def _response_of(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    """Return the messages of a response without sending them."""
    messages: list[Message] = []

    async def collect(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, collect)
    return messages

"""Makes switched-on faults happen to requests and answers, as an ASGI app around the app."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio
from starlette.responses import HTMLResponse, JSONResponse, Response

from . import answers
from .connections import ConnectionCut, Connections

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .faults import Fault, Faults

_PAGE = """<html>
<head><title>{status} {words}</title></head>
<body><center><h1>{status} {words}</h1></center><hr><center>nginx</center></body>
</html>
"""
_WORDS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


class FaultyService:
    """The app as seen through a network that has faults.

    Args:
        app: The app that works.
        faults: What goes wrong.
        connections: The sockets that can be cut.
        note: Told method and path of every request that arrives.
        speed: Said in a header of every answer, so that nobody takes it for the service.
    """

    def __init__(
        self,
        app: ASGIApp,
        faults: Faults,
        connections: Connections,
        note: Callable[[str, str], None],
        speed: float,
    ) -> None:
        self._app = app
        self._faults = faults
        self._connections = connections
        self._note = note
        self._header = (b"x-legnext-sandbox", f"speed={speed:g}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), self._header]}
            await send(message)

        if scope["path"].startswith("/sandbox"):
            await self._app(scope, receive, send_marked)
            return
        self._note(scope["method"], scope["path"])
        app = self._app
        # The first that was switched on is the outermost: it is met first.
        for fault in reversed(self._faults.on_the_way(scope["method"], scope["path"])):
            app = self._with(fault, app)
        await app(scope, receive, send_marked)

    def _with(self, fault: Fault, app: ASGIApp) -> ASGIApp:
        if fault.kind == "latency":
            return _late(fault, app)
        if fault.kind == "truncated_json":
            return _halved(fault, app)
        if fault.kind == "truncated_media":
            return self._cut_within(fault, app)
        if fault.kind == "cut_before":
            return self._cut
        if fault.kind == "cut_after":
            return self._cut_after(app)
        return _refusal(fault)

    async def _cut(self, scope: Scope, receive: Receive, _send: Send) -> None:
        if not self._connections.abort(scope.get("client")):
            raise ConnectionCut
        while (await receive())["type"] != "http.disconnect":
            pass

    def _cut_after(self, app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await app(scope, receive, _nowhere)
            await self._cut(scope, receive, send)

        return serve

    def _cut_within(self, fault: Fault, app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            messages = await _answer_of(app, scope, receive)
            body = b"".join(message.get("body", b"") for message in messages[1:])
            await send(messages[0])
            part = body[: int(len(body) * fault.fraction)]
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await self._cut(scope, receive, send)

        return serve


def _late(fault: Fault, app: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if fault.when == "before":
            await anyio.sleep(fault.seconds)
            await app(scope, receive, send)
            return
        messages = await _answer_of(app, scope, receive)
        await anyio.sleep(fault.seconds)
        for message in messages:
            await send(message)

    return serve


def _halved(fault: Fault, app: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        start, *rest = await _answer_of(app, scope, receive)
        body = b"".join(message.get("body", b"") for message in rest)
        part = body[: int(len(body) * fault.fraction)]
        headers = [(n, v) for n, v in start["headers"] if n.lower() != b"content-length"]
        headers.append((b"content-length", str(len(part)).encode()))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": part})

    return serve


def _refusal(fault: Fault) -> Response:
    if fault.kind == "proxy_html":
        status = fault.status or 502
        return HTMLResponse(_PAGE.format(status=status, words=_WORDS.get(status, "Error")), status)
    if fault.kind == "rate_limit":
        status = fault.status or 429
        message = fault.message or "Too many requests, please slow down"
        headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after}"}
        return JSONResponse(answers.plain_error(status, message), status, headers)
    status = fault.status or 500
    return JSONResponse(
        answers.plain_error(status, fault.message or "Internal server error"), status
    )


async def _answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    messages: list[Message] = []

    async def collect(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, collect)
    return messages


async def _nowhere(message: Message) -> None:
    """An answer that nobody gets."""

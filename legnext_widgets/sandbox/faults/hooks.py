"""Hooks for tests: callbacks at exact moments of a request."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MAX_BODY = 64 * 1024


@dataclass(eq=False)
class Call:
    """A request that arrived.

    Attributes:
        method: HTTP method.
        path: Path without the query.
        body: The body as far as the service has read it, at most 64 KiB.
    """

    method: str
    path: str
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """Return the body, parsed."""
        return json.loads(self.body)

    def add(self, part: bytes) -> None:
        """Append a part of the body."""
        self.body = (self.body + part)[:_MAX_BODY]


Stage: TypeAlias = Literal["arrived", "acted", "half_sent", "sent"]
Hook: TypeAlias = Callable[[Stage, Call], Awaitable[None] | None]


class Hooks:
    """The hooks of one sandbox. They run on the event loop that serves the request."""

    def __init__(self) -> None:
        self._hooks: list[Hook] = []

    def add(self, hook: Hook) -> None:
        """Call a hook at each stage of each request."""
        self._hooks.append(hook)

    def around(self, app: ASGIApp, call: Call) -> ASGIApp:
        """Return the app with the hooks called at each stage of its one request."""
        return _Staged(app, call, self._run) if self._hooks else app

    async def _run(self, stage: Stage, call: Call) -> None:
        for hook in self._hooks:
            waiting = hook(stage, call)
            if inspect.isawaitable(waiting):
                await waiting


class _Staged:
    """Serves one request and reports its stages."""

    def __init__(
        self, app: ASGIApp, call: Call, report: Callable[[Stage, Call], Awaitable[None]]
    ) -> None:
        self._app = app
        self._call = call
        self._report = report
        self._left = 0
        """Bytes until half of the body is sent."""
        self._half_sent = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_stages(message: Message) -> None:
            if message["type"] == "http.response.start":
                lengths = [v for n, v in message["headers"] if n.lower() == b"content-length"]
                self._left = int(lengths[0]) // 2 if lengths else 0
                await self._report("acted", self._call)
                await send(message)
            else:
                await self._send_body(message, send)

        await self._report("arrived", self._call)
        await self._app(scope, receive, send_in_stages)

    async def _send_body(self, message: Message, send: Send) -> None:
        body = message.get("body", b"")
        more = message.get("more_body", False)
        if not self._half_sent and (len(body) >= self._left or not more):
            self._half_sent = True
            first, body = body[: self._left], body[self._left :]
            await send({**message, "body": first, "more_body": True})
            await self._report("half_sent", self._call)
        self._left = max(0, self._left - len(body))
        await send({**message, "body": body})
        if not more:
            await self._report("sent", self._call)

"""Hooks for tests: callbacks at exact moments of a request."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

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

    def json(self) -> object:
        """Return the body, parsed."""
        parsed: object = json.loads(self.body)
        return parsed

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
        if not self._hooks:
            return app

        from starlette.datastructures import Headers

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            left: int | None = 0  # bytes until half of the body is sent; None after that

            async def send_in_stages(message: Message) -> None:
                nonlocal left
                if message["type"] == "http.response.start":
                    left = int(Headers(raw=message["headers"]).get("content-length", 0)) // 2
                    await self._run("acted", call)
                    await send(message)
                    return
                body, more = message.get("body", b""), message.get("more_body", False)
                if left is not None and (len(body) >= left or not more):
                    await send({**message, "body": body[:left], "more_body": True})
                    await self._run("half_sent", call)
                    body, left = body[left:], None
                elif left is not None:
                    left -= len(body)
                await send({**message, "body": body})
                if not more:
                    await self._run("sent", call)

            await self._run("arrived", call)
            await app(scope, receive, send_in_stages)

        return serve

    async def _run(self, stage: Stage, call: Call) -> None:
        for hook in self._hooks:
            waiting = hook(stage, call)
            if inspect.isawaitable(waiting):
                await waiting

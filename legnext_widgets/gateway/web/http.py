"""What the handlers share: bounded bodies, errors as the service writes them, own headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from legnext_widgets.gateway.identity.hub import HubDownError
from legnext_widgets.gateway.store.models import RefusedError

from . import bodies

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1 << 20
"""Bytes. A longer body is refused with 413."""

_DRAINED = 16 << 20
"""Bytes of a body that is too long which are read all the same: a client that is still writing
would not see the answer, and take the outcome for unknown."""


async def read_body(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """Read a body of bounded length.

    Raises:
        RefusedError: It is longer, or broke off.
    """
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size <= limit:
                parts.append(part)
            elif size > _DRAINED:
                break
    except ClientDisconnect:
        raise RefusedError(400, "The body is incomplete.") from None
    if size > limit:
        raise RefusedError(413, f"A request has at most {limit} bytes.")
    return b"".join(parts)


def with_refusals(
    handler: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Turn refusals of a handler into answers."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except RefusedError as error:
            return JSONResponse(bodies.error(error.status, str(error)), error.status)
        except HubDownError as error:
            return JSONResponse(
                bodies.error(503, "The Hub is not responding. Try again in a moment."),
                503,
                {"retry-after": str(error.retry_after)},
            )

    return answer


async def not_found(_request: Request, error: Exception) -> Response:
    """Answer what has no route, or not this method."""
    status = getattr(error, "status_code", 404)
    return JSONResponse(bodies.error(status, "Not found"), status)


class OwnHeaders:
    """Add headers to every answer.

    Args:
        app: What answers.
        headers: Names and values, in lower case.
    """

    def __init__(self, app: ASGIApp, headers: Callable[[], Mapping[str, str]]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in self._headers().items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        await self._app(scope, receive, send_with_headers)

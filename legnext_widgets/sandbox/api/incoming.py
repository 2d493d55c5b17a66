"""Read what a request says of itself: its origin, and its body up to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from .parse import ApiError

if TYPE_CHECKING:
    from starlette.requests import Request


def origin(request: Request) -> str:
    """Return scheme and host by which the caller reached us, for the links in the response."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body of a request.

    Args:
        request: The request.
        limit: Largest size in bytes.

    Raises:
        ApiError: The body is too large (413) or incomplete (400).
    """
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > limit:
                raise ApiError(413, "Request entity too large")
    except ClientDisconnect:
        raise ApiError(400, "request body is incomplete") from None
    return bytes(body)

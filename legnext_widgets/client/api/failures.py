"""Tell what a failed HTTP exchange means: not reached, broken, or no way to the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from legnext_widgets.client.errors import LegnextError, TransportError
from legnext_widgets.client.messages import Message
from legnext_widgets.client.redaction import plain, redact_links

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class LostAnswerError(Exception):
    """A request was sent, and no whole answer came back.

    Attributes:
        reason: What broke, as the rest of a sentence.
        partial: The part of the body that did arrive.
    """

    def __init__(self, reason: str, partial: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.partial = partial


class HopelessError(TransportError):
    """Nothing was sent, and trying again without changing something cannot help."""


class HTTPClientClosedError(HopelessError):
    """The user's own `http_client` is closed."""

    def __init__(self) -> None:
        super().__init__("The HTTP client is closed. Nothing was sent.")


def route_failure(error: Exception) -> TransportError | None:
    """Give the error for the user where there is no way to a host; None for all others."""
    from .routes import RouteError

    if not isinstance(error, RouteError):
        return None
    return HopelessError(error.message) if error.hopeless else TransportError(error.message)


def nothing_was_sent(error: Exception) -> bool:
    """Whether an error of httpx proves that the request did not leave."""
    import httpx

    return isinstance(
        error,
        httpx.ConnectError
        | httpx.ConnectTimeout
        | httpx.PoolTimeout
        | httpx.ProxyError
        | httpx.UnsupportedProtocol
        | httpx.InvalidURL,
    )


def reason_of(error: Exception) -> str:
    """Describe an error as the rest of a sentence, without links."""
    import httpx

    if isinstance(error, LostAnswerError):
        return error.reason
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Message("not_connected_in_time")
    if isinstance(error, httpx.TimeoutException):
        return Message("no_answer_in_time")
    if isinstance(error, TimeoutError):
        return Message("no_whole_answer_in_time")
    text = redact_links(str(error).strip())
    named = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if isinstance(error, httpx.TransportError):
        return Message("not_connected" if nothing_was_sent(error) else "broke", error=named)
    return named


async def plainly(work: Awaitable[T]) -> T:
    """Await something; only errors of this package come out, without frames that hold secrets."""
    try:
        return await work
    except LegnextError as error:
        raise plain(error)  # noqa: B904 - it is the same error
    except (TimeoutError, ValueError, TypeError):
        raise
    except Exception as error:  # of a user's own store or HTTP client, or of the system
        raise LegnextError(f"It failed below: {redact_links(repr(error))}.") from error

"""Classify a failed HTTP exchange: not reached, broken, or no way to the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from legnext_widgets.client.errors import LegnextError, TransportError
from legnext_widgets.client.messages import Message
from legnext_widgets.client.redaction import redact_links, strip_frames

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from .body_watch import WatchedRequest

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


class PermanentTransportError(TransportError):
    """Nothing was sent, and trying again without changing something cannot help."""


class HTTPClientClosedError(PermanentTransportError):
    """The user's own `http_client` is closed."""

    def __init__(self) -> None:
        super().__init__("The HTTP client is closed. Nothing was sent.")


def unsent_failure(
    error: Exception, request: WatchedRequest | None, host: str, *, by_httpcore: bool
) -> TransportError | None:
    """Return the error for the user where an exchange provably sent nothing; None for all others.

    Args:
        error: What ended it before any response.
        request: What was to be sent; None if it could not be made.
        host: The host, as it is shown.
        by_httpcore: Whether it is known that httpcore sends it, and no transport of the user's.
    """
    import httpx

    from .routes import RouteError

    unsent = request is None or request.is_unsent(by_httpcore=by_httpcore)
    # A transport that tries again by itself may fail to connect after it has sent the body once.
    if not unsent and (request is None or request.streamed or not _is_before_sending(error)):
        return None
    if isinstance(error, RouteError):
        return (
            PermanentTransportError(error.message)
            if error.permanent
            else TransportError(error.message)
        )
    reason = reason_of(error)
    if isinstance(error, httpx.TransportError | httpx.InvalidURL | OSError):  # or a TimeoutError
        return TransportError(Message("unreachable", host=host, reason=reason))
    return PermanentTransportError(Message("http_client_failed", error=reason))


def _is_before_sending(error: Exception) -> bool:
    """Whether an error of httpx says that the request did not leave."""
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
    text, name = redact_links(str(error).strip().rstrip(".")), type(error).__name__
    if isinstance(error, httpx.TransportError):
        return Message(
            "not_connected" if _is_before_sending(error) else "broke", error=text or name
        )
    return f"{name}: {text}" if text else name


async def own_errors_only(work: Awaitable[T]) -> T:
    """Await something; only errors of this package come out, without frames that hold secrets."""
    try:
        return await work
    except LegnextError as error:
        raise strip_frames(error)  # noqa: B904 - it is the same error
    except (TimeoutError, ValueError, TypeError):
        raise
    except Exception as error:  # of a user's own store or HTTP client, or of the system
        raise unexpected(error) from error


def unexpected(error: Exception, following: str = "") -> LegnextError:
    """Make the error of this package for one of a kind that no caller expects.

    Args:
        error: What was raised.
        following: What that means, in whole sentences.
    """
    return LegnextError(f"Unexpected error: {redact_links(repr(error))}. {following}".rstrip())

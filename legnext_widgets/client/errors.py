"""What can go wrong: what happened, whether points were spent, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from legnext_widgets.client.api.redaction import redact_links, redacted

from .messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_MESSAGE = 2000
"""Characters; what a service or a proxy says may be of any length."""


class LegnextError(Exception):
    """The root of all errors of this package but `ValueError` for bad arguments.

    Attributes:
        message: What happened, in plain words.
    """

    localizable: str
    """The message; where it is a sentence of this package, one that knows its code."""

    def __init__(self, message: str) -> None:
        saying = message if isinstance(message, Message) else None
        if len(message) > _LONGEST_MESSAGE:
            message = f"{message[:_LONGEST_MESSAGE]}…"
        self.message = redact_links(message)
        self.localizable = saying or self.message
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Callable[..., LegnextError], tuple[Any, ...]]:
        """For pickles, which hold neither the job with its client nor what signs a link."""
        said = {name: redacted(value) for name, value in vars(self).items() if name != "job"}
        return _unpickled, (type(self), self.args, said)


def _unpickled(
    kind: type[LegnextError], args: tuple[Any, ...], said: dict[str, Any]
) -> LegnextError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(said)
    return error


class MissingAPIKeyError(LegnextError):
    """No API key was given or found; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(Message("no_key"))


class BudgetExceededError(LegnextError):
    """The job would exceed the client's `budget_points`; nothing was sent, no points were spent.

    Attributes:
        budget: The limit, in points.
        spent: Points that this client's jobs have frozen or consumed so far.
        cost: Points the refused job was expected to take.
    """

    def __init__(self, *, budget: int, spent: int, cost: int) -> None:
        super().__init__(Message("over_budget", budget=budget, spent=spent, cost=cost))
        self.budget = budget
        self.spent = spent
        self.cost = cost


class TransportError(LegnextError):
    """The service could not be reached.

    For a job that means: nothing was sent, no points were spent, and trying again is safe.
    """


class InvalidResponseError(LegnextError):
    """The service answered with something that is not what its documentation describes.

    Attributes:
        body: The answer as text, at most 500 characters of it.
    """

    def __init__(self, message: str, *, body: str = "") -> None:
        super().__init__(message)
        self.body = redact_links(body)


class DownloadError(LegnextError):
    """A file could not be fetched or written; the job is not affected and not charged again."""


class APIError(LegnextError):
    """The service answered with an error. A refused job costs nothing.

    Attributes:
        status_code: HTTP status of the answer.
        code: The service's own number, usually the same.
        message: What the service says, or a sentence about the status when it says nothing.
        raw_message: The service's technical text.
        detail: Whatever else the service said.
        body: The answer as parsed JSON, or as text.
        request_id: The answer's `x-request-id`, or None.
    """

    advice: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        code: int | None = None,
        raw_message: str = "",
        detail: Any = None,
        body: Any = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.code = code
        self.raw_message = raw_message
        self.detail = detail
        self.body = body
        self.request_id = request_id

    def __str__(self) -> str:
        text = f"{self.status_code}: {self.message}"
        return f"{text} {self.advice}" if self.advice else text


class BadRequestError(APIError):
    """400: the service could not use the request."""


class AuthenticationError(APIError):
    """401: the API key was not accepted."""

    advice = "(Check the API key.)"


class InsufficientCreditsError(APIError):
    """402: the account has too few credits; nothing was started."""

    advice = "(Nothing was started. Add credits to the account.)"


class PermissionDeniedError(APIError):
    """403: sensitive content, or not allowed for this account."""


class NotFoundError(APIError):
    """404: the service knows no such job (for this account)."""


class PayloadTooLargeError(APIError):
    """413: the request is too large."""


class UnprocessableError(APIError):
    """422: a value in the request is not valid."""


class RateLimitError(APIError):
    """429: too many requests, even after waiting and trying again; nothing was started.

    Attributes:
        retry_after: Seconds the service asked to wait, or None when it did not say.
    """

    advice = "(Too many requests. Wait a little.)"

    def __init__(self, message: str, *, retry_after: float | None = None, **rest: Any) -> None:
        super().__init__(message, **rest)
        self.retry_after = retry_after


class ServerError(APIError):
    """5xx: a fault of the service or of a proxy before it."""


ERROR_BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: InsufficientCreditsError,
    403: PermissionDeniedError,
    404: NotFoundError,
    413: PayloadTooLargeError,
    422: UnprocessableError,
    429: RateLimitError,
}

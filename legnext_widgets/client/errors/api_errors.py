"""Errors that the service answers with: one class for each HTTP status."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict, Unpack

from .advice import next_step_of_code, sentence
from .base import LegnextError

Operation: TypeAlias = Literal["poll", "submit", "account", "reuse"]
"""What a request to the service was for."""


class _ErrorDetails(TypedDict, total=False):
    """The optional arguments of `APIError`."""

    code: int | None
    raw_message: str
    detail: object
    body: object
    request_id: str | None


class APIError(LegnextError):
    """The service answered with an error. A refused job costs nothing.

    Attributes:
        status_code: HTTP status of the answer.
        code: The service's own number, usually the same.
        message: The most specific reason in the answer, or a sentence about the status when it
            gives none.
        raw_message: The service's technical text.
        detail: Any further JSON of the service.
        body: The answer as parsed JSON, or as text.
        request_id: The answer's `x-request-id`, or None.
        retry_after: Seconds that the service asks to wait, or None when it gave no time.
        at_gateway: Whether the answer is that of a gateway of a class.
        operation: What was refused: `poll`, `submit` (then nothing was started), `account`, or
            `reuse`.
    """

    retry_after: float | None = None
    at_gateway: bool = False
    operation: Operation = "poll"

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        code: int | None = None,
        raw_message: str = "",
        detail: object = None,
        body: object = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.code = code
        self.raw_message = raw_message
        self.detail = detail
        self.body = body
        self.request_id = request_id

    @property
    def headline(self) -> str:
        """Status and reason."""
        return f"{self.status_code}: {self.message}"

    @property
    def next_step(self) -> str | None:
        """What to do about it."""
        return next_step_of_code(self.status_code, in_class=self.at_gateway)

    def __str__(self) -> str:
        """What happened, whether anything was started, and what to do next."""
        spent = "Nothing was started." if self.operation == "submit" else ""
        following = [text for text in (spent, self.next_step) if text]
        return " ".join([sentence(self.headline), *following]) if following else self.headline


class BadRequestError(APIError):
    """400: the service could not use the request. No points were spent."""


class AuthenticationError(APIError):
    """401: the API key was not accepted. No points were spent."""


class InsufficientCreditsError(APIError):
    """402: the account has too few credits. Nothing was started."""


class PermissionDeniedError(APIError):
    """403: sensitive content, or not allowed for this account. No points were spent."""

    @property
    def next_step(self) -> str | None:
        """What to do about it; None in a class, where the message says it."""
        return None if self.at_gateway else super().next_step


class NotFoundError(APIError):
    """404: the service does not know this job, or not for this account."""

    @property
    def next_step(self) -> str | None:
        """What to do about it; None where no job was asked for."""
        return super().next_step if self.operation == "poll" else None


class PayloadTooLargeError(APIError):
    """413: the request is too large. No points were spent."""


class UnprocessableError(APIError):
    """422: a value in the request is not valid. No points were spent."""


class RateLimitError(APIError):
    """429: too many requests, even after waiting and trying again. Nothing was started.

    Attributes:
        retry_after: Seconds that the service asks to wait, or None when it gave no time.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int = 429,
        retry_after: float | None = None,
        **details: Unpack[_ErrorDetails],
    ) -> None:
        super().__init__(message, status_code=status_code, **details)
        self.retry_after = retry_after


class ServerError(APIError):
    """5xx: a fault of the service, or of a proxy before it."""


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

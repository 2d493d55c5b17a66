"""All public exceptions.

Each message says what happened, whether points were spent, and what to do next.

    LegnextError
    ├── MissingAPIKeyError          no key: nothing was sent
    ├── BudgetExceededError         over budget_points: nothing was sent
    ├── TransportError              the service was not reached: nothing was sent
    ├── UploadError                 a picture could not be uploaded: nothing was sent
    ├── SubmissionUncertainError    sent, outcome unknown: never sent again automatically
    ├── InvalidResponseError        an answer that is not the API's
    ├── APIError                    the service answered with an error
    │   ├── BadRequestError           400
    │   ├── AuthenticationError       401
    │   ├── InsufficientCreditsError  402
    │   ├── PermissionDeniedError     403
    │   ├── NotFoundError             404
    │   ├── PayloadTooLargeError      413
    │   ├── UnprocessableError        422
    │   ├── RateLimitError            429
    │   └── ServerError               5xx
    ├── JobFailedError              the service ended the job as failed
    ├── JobTimeoutError             the wait is over, the job continues (also a TimeoutError)
    └── DownloadError               a file was not fetched or written
    ValueError
    └── InvalidInputError           arguments outside their limits: nothing was sent
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypedDict, Unpack

from legnext_widgets.client.api.redaction import redact_links, redacted

from .messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from legnext_widgets.client.api.models import Task
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.api.validation import Problem

    from .handles import JobHandle
    from .videos import VideoHandle

    AnyJob = JobHandle[VideoHandle, object]

_MAX_MESSAGE = 2000
"""Characters; a service or a proxy may answer with a text of any length."""


class LegnextError(Exception):
    """The base of all errors of this package, except `InvalidInputError` for bad arguments.

    Attributes:
        message: What happened, in plain words.
        localizable: The same text; a `Message` where the front end has a translation of it.
    """

    message: str
    localizable: str

    def __init__(self, message: str) -> None:
        localizable = message if isinstance(message, Message) else None
        if len(message) > _MAX_MESSAGE:
            message = f"{message[:_MAX_MESSAGE]}…"
        self.message = redact_links(message)
        self.localizable = localizable or self.message
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Callable[..., LegnextError], tuple[Any, ...]]:
        """Pickle without the job, which belongs to its client, and without what signs a link."""
        state = {name: redacted(value) for name, value in vars(self).items() if name != "job"}
        return _unpickled, (type(self), self.args, state)


def _unpickled(
    kind: type[LegnextError], args: tuple[object, ...], state: dict[str, object]
) -> LegnextError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
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
        cost: Points that the refused job was expected to take.
    """

    def __init__(self, *, budget: int, spent: int, cost: int) -> None:
        super().__init__(Message("over_budget", budget=budget, spent=spent, cost=cost))
        self.budget = budget
        self.spent = spent
        self.cost = cost


class TransportError(LegnextError):
    """The service could not be reached.

    For a submission this means that nothing was sent and no points were spent; it is safe to try
    again.
    """


class UploadError(LegnextError):
    """A picture could not be uploaded. No job was started, no points were spent."""


class SubmissionUncertainError(LegnextError):
    """A request was sent, but its outcome is unknown: the job may be running and charged.

    It is never sent again automatically. Check `candidates`, or the service's dashboard. Take a
    running job over with `client.job(id)`; submit again only when you are sure that there is none.

    Attributes:
        request: What was sent.
        sent_at: When the attempt began (aware UTC).
        candidates: Running tasks of the same kind that were created after the attempt began and
            that this client does not know. Empty when there are none or they could not be listed.
        reason: Why the outcome is unknown.
    """

    def __init__(
        self,
        reason: str,
        *,
        request: Request,
        sent_at: datetime,
        candidates: Sequence[Task] = (),
        candidates_known: bool = True,
    ) -> None:
        self.request = request
        self.sent_at = sent_at
        self.candidates = list(candidates)
        known: dict[str, str] = {"reason": reason.rstrip(".")}
        if self.candidates:
            ids = ", ".join(task.job_id for task in self.candidates)
            message = Message("uncertain_candidates", ids=ids, **known)
        else:
            message = Message("uncertain" if candidates_known else "uncertain_unasked", **known)
        super().__init__(message)
        self.reason = reason


class InvalidResponseError(LegnextError):
    """The service, or a proxy before it, answered with something that is not the documented API.

    Attributes:
        body: The first 500 characters of the answer.
    """

    def __init__(self, message: str, *, body: str = "") -> None:
        super().__init__(message)
        self.body = redact_links(body)


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
    """

    retry_after: float | None = None
    advice: ClassVar[str] = ""

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

    def __str__(self) -> str:
        text = f"{self.status_code}: {self.message}"
        return f"{text} {self.advice}" if self.advice else text


class BadRequestError(APIError):
    """400: the service could not use the request. No points were spent."""


class AuthenticationError(APIError):
    """401: the API key was not accepted. No points were spent."""

    advice = "(Check the API key.)"


class InsufficientCreditsError(APIError):
    """402: the account has too few credits. Nothing was started."""

    advice = "(Nothing was started. Add credits to the account.)"


class PermissionDeniedError(APIError):
    """403: sensitive content, or not allowed for this account. No points were spent."""


class NotFoundError(APIError):
    """404: the service does not know this job, or not for this account."""


class PayloadTooLargeError(APIError):
    """413: the request is too large. No points were spent."""


class UnprocessableError(APIError):
    """422: a value in the request is not valid. No points were spent."""


class RateLimitError(APIError):
    """429: too many requests, even after waiting and trying again. Nothing was started."""

    advice = "(Too many requests. Wait a little.)"

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


class _JobError(LegnextError):
    job: AnyJob
    """The job. Missing from an error that was pickled, since a job belongs to its client."""

    def __init__(self, message: str, *, job: AnyJob) -> None:
        super().__init__(message)
        self.job = job


class JobFailedError(_JobError):
    """The service ended the job as failed, or as completed without any link.

    Attributes:
        job: The job.
        code: The service's number for the reason, or None.
        raw_message: The service's technical text.
        detail: Any further JSON of the service.
        raw: The error as the service sent it.
    """

    def __init__(
        self,
        message: str,
        *,
        job: AnyJob,
        code: int | None = None,
        raw_message: str = "",
        detail: object = None,
        raw: object = None,
    ) -> None:
        super().__init__(message, job=job)
        self.code = code
        self.raw_message = raw_message
        self.detail = detail
        self.raw = raw


class JobTimeoutError(_JobError, TimeoutError):
    """The time is up; the job continues at the service and can be waited for again.

    Attributes:
        job: The job.
    """


class DownloadError(LegnextError):
    """A file could not be fetched or written; the job is not affected and not charged again."""


class InvalidInputError(ValueError):
    """Arguments outside their limits; nothing was sent.

    Attributes:
        problems: All that is wrong, in the order of the arguments.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, problems)))

    def __reduce__(self) -> tuple[type[InvalidInputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)

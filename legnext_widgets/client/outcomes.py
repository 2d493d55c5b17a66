"""How a job, or the sending of one, can end badly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .errors import LegnextError
from .messages import Message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from legnext_widgets.client.api.models import Task
    from legnext_widgets.client.api.requests import Request


class SomeJob(Protocol):
    """What an error says of its job, a `Job` or an `AsyncJob`."""

    @property
    def id(self) -> str:
        """The job's id."""

    @property
    def status(self) -> str:
        """Its status as last known."""

    @property
    def task(self) -> Task | None:
        """The service's last answer about it."""

    def wait(self, timeout: float | None = None) -> Any:
        """Waits for it, with an `AsyncJob` when awaited."""

    def refresh(self) -> Any:
        """Asks for it, with an `AsyncJob` when awaited."""


class SubmissionUncertainError(LegnextError):
    """A job was sent, but no clear answer came back: it may be running and may have been charged.

    It is never sent again by itself. Look at `candidates`, or in the service's dashboard; take a
    running job over with `client.job(id)`; submit again only when you are sure that none was made.

    Attributes:
        request: What was sent.
        sent_at: When the attempt began (aware UTC).
        candidates: Running tasks of the same kind that were created after the attempt began and
            that this client does not know. Empty when there are none or nobody could be asked.
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
            saying = Message("uncertain_candidates", ids=ids, **known)
        else:
            saying = Message("uncertain" if candidates_known else "uncertain_unasked", **known)
        super().__init__(saying)
        self.reason = reason


class _JobError(LegnextError):
    job: SomeJob
    """The job; None in an error that was pickled, since a job belongs to its client."""

    def __init__(self, message: str, *, job: SomeJob) -> None:
        super().__init__(message)
        self.job = job


class JobFailedError(_JobError):
    """The service ended the job as failed.

    Attributes:
        job: The job.
        code: The service's number for the reason, or None.
        raw_message: The service's own technical text.
        detail: Whatever else the service said.
    """

    def __init__(
        self,
        message: str,
        *,
        job: SomeJob,
        code: int | None = None,
        raw_message: str = "",
        detail: object = None,
    ) -> None:
        super().__init__(message, job=job)
        self.code = code
        self.raw_message = raw_message
        self.detail = detail


class JobTimeoutError(_JobError, TimeoutError):
    """The time to wait is up; the job goes on at the service and can be waited for again.

    Attributes:
        job: The job.
    """

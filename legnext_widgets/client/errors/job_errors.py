"""Errors of jobs and of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.messages import Message

from .advice import is_of_class, next_step_of_code
from .base import LegnextError

if TYPE_CHECKING:
    from legnext_widgets.client.handles.job_handle import JobHandle
    from legnext_widgets.client.handles.video_handle import VideoHandle

    AnyJob = JobHandle[VideoHandle, object]


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

    @classmethod
    def of_job(cls, job: AnyJob) -> JobFailedError | None:
        """Make the error of a job that ended without output; None for any other."""
        task, reason = job.state.task, job.state.failure
        if task is None or not reason:
            return None
        error = task.error
        return cls(
            f"Job {job.id} failed: {reason}" if task.status == "failed" else reason,
            job=job,
            code=(error.code or None) if error else None,
            raw_message=error.raw_message if error else "",
            detail=error.detail if error else None,
            raw=task.raw.get("error"),
        )

    @property
    def next_step(self) -> str | None:
        """What to do about it; None for a job whose links are missing, as its message says it."""
        message = self.localizable
        if isinstance(message, Message) and message.key == "without_links":
            return None
        return next_step_of_code(self.code, in_class=is_of_class(self.detail))


class JobTimeoutError(_JobError, TimeoutError):
    """The time is up; the job continues at the service and can be waited for again.

    Attributes:
        job: The job.
    """


class DownloadError(LegnextError):
    """A file could not be fetched or written; the job is not affected and not charged again.

    Attributes:
        unwritten: Whether the file, or its folder, could not be written.
        gone: Whether the media host refuses also a fresh link, or the service gives none.
    """

    def __init__(self, message: str, *, unwritten: bool = False, gone: bool = False) -> None:
        super().__init__(message)
        self.unwritten = unwritten
        self.gone = gone

    @property
    def next_step(self) -> str:
        """What to do about it."""
        if self.unwritten:
            return "The job is not affected. Try again, or save to another folder."
        return "The job is not affected. Try again later."

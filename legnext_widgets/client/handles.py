"""What is known of a job, without asking anybody: shared by the jobs of both clients."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar
from urllib.parse import parse_qs, urlsplit

from legnext_widgets.client.api.models import Task, Usage

from . import html
from .outcomes import JobFailedError, JobTimeoutError

if TYPE_CHECKING:
    from pathlib import Path

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.session.job_state import JobState

    from .errors import LegnextError

V = TypeVar("V", bound="VideoHandle")
T = TypeVar("T")


class ReprList(list[T], Generic[T]):
    """A list that shows itself in a notebook."""

    def _repr_html_(self) -> str:
        return html.listed(self)


class VideoHandle:
    """One video of a job.

    Attributes:
        job_id: Id of the job that made it.
        index: Its number, from 0; what extending and upscaling take as `video_no`.
    """

    def __init__(self, state: JobState, index: int) -> None:
        self.state = state
        self.index = index

    @property
    def job_id(self) -> str:
        """Id of the job that made it."""
        return self.state.id

    @property
    def kept(self) -> Path | None:
        """Its file on this machine, when the library has kept it and it is still there."""
        path = self.state.kept.get(self.index)
        return path if path is not None and path.is_file() else None

    @property
    def url(self) -> str | None:
        """Its link as last given by the service; it may have expired. None when it gave none."""
        urls = self.state.task.output.video_urls if self.state.task else []
        return urls[self.index] if self.index < len(urls) else None

    @property
    def expires_at(self) -> datetime | None:
        """Until when the link works (aware UTC), by its `Expires` parameter; None without one."""
        return expiry_of(self.url)

    @property
    def expired(self) -> bool:
        """Whether the link is known to work no more. Saving and reading renew it by themselves."""
        moment = self.expires_at
        return moment is not None and moment <= datetime.now(UTC)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VideoHandle):
            return NotImplemented
        return (self.job_id, self.index) == (other.job_id, other.index)

    def __hash__(self) -> int:
        return hash((self.job_id, self.index))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.index} of job {self.job_id}>"

    def _repr_html_(self) -> str:
        return html.clip(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A video belongs to its client. Keep its job_id and index instead.")


class JobHandle(Generic[V]):
    """What is known of a job now, without asking."""

    state: JobState

    @property
    def id(self) -> str:
        """The job's id; empty for a job of a batch that could not be started."""
        return self.state.id

    @property
    def status(self) -> str:
        """`pending`, `staged`, `processing`, `completed`, `failed`, or another word of the service.

        `unknown` for a bare id that was not asked for yet.
        """
        return self.state.status

    @property
    def done(self) -> bool:
        """Whether it is completed or failed."""
        return self.state.done

    @property
    def task(self) -> Task | None:
        """The last answer, typed; `task.raw` is the JSON as received. None before the first one."""
        return self.state.task

    @property
    def request(self) -> Request | None:
        """What was submitted; None for a job taken over by its id."""
        return self.state.request

    @property
    def images(self) -> list[str]:
        """Links of the images of an image job, by their number; empty until it is completed."""
        task = self.state.task
        return [url or "" for url in task.output.image_urls] if task else []

    @property
    def usage(self) -> Usage:
        """Points `frozen` at submit and `consumed` in the end; None where not said."""
        return self.state.task.usage if self.state.task else Usage()

    @property
    def elapsed(self) -> float | None:
        """Seconds it has run or took; None when nobody knows."""
        return self.state.elapsed

    @property
    def progress(self) -> float | None:
        """0 to 1: what the service says, else an estimate from how long such jobs take; or None."""
        return self.state.progress

    @property
    def expected_remaining(self) -> float | None:
        """Seconds it is expected to run still; None when it is done or nobody can say."""
        return self.state.expected_remaining

    @property
    def error(self) -> LegnextError | None:
        """Why it failed or could not be started, or why it cannot be followed; None otherwise."""
        if self.state.submit_error is not None:
            return self.state.submit_error
        task = self.state.task
        if task is not None and task.status == "failed":
            return self._failure(task)
        return self.state.stopped_by

    def _failure(self, task: Task) -> JobFailedError:
        error = task.error
        reason = (error.message or error.raw_message) if error else ""
        return JobFailedError(
            f"Job {self.id} failed: {reason or 'the service does not say why'}",
            job=self,  # type: ignore[arg-type]
            code=error.code if error else None,
            raw_message=error.raw_message if error else "",
            detail=error.detail if error else None,
        )

    def _time_is_up(self, timeout: float | None) -> JobTimeoutError:
        return JobTimeoutError(
            f"Job {self.id} is still {self.status} after waiting {timeout:g} s. It goes on at the "
            f'service; wait again, or in another session with client.job("{self.id}").wait().',
            job=self,  # type: ignore[arg-type]
        )

    def __eq__(self, other: object) -> bool:
        return self.state is other.state if isinstance(other, JobHandle) else NotImplemented

    def __hash__(self) -> int:
        return id(self.state)

    def __repr__(self) -> str:
        kind = self.state.task_type or "job"
        return f"<{type(self).__name__} {self.id or '(not started)'} {kind} {self.status}>"

    def _repr_html_(self) -> str:
        return html.job(self, self.state.task_type)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A job belongs to its client. Keep its id; client.job(id) gives it back.")


def expiry_of(url: str | None) -> datetime | None:
    """When a signed link expires, by its `Expires` parameter (seconds since 1970)."""
    if url is None:
        return None
    try:
        seconds = int(parse_qs(urlsplit(url).query)["Expires"][0])
        return datetime.fromtimestamp(seconds, UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None

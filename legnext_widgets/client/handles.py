"""Define the handles of jobs once, for both clients."""

from __future__ import annotations

import functools
import inspect
import types
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, NoReturn, Self, TypeVar, Unpack, cast

from legnext_widgets.client.api.models import Usage
from legnext_widgets.client.api.redaction import plain
from legnext_widgets.client.api.requests import ExtendVideo, VideoDiffusion, VideoUpscale

from . import html
from .errors import JobFailedError, JobTimeoutError
from .marked import Marked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from legnext_widgets.client.api.models import Task
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.api.validation import ImageNo, VideoNo
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.partial_file import Progress

    from .config import AnimationOptions
    from .errors import LegnextError
    from .videos import VideoHandle

SubmittedT_co = TypeVar("SubmittedT_co", covariant=True)
"""What submitting a request gives."""

VideoT_co = TypeVar("VideoT_co", bound="VideoHandle", covariant=True)
T = TypeVar("T")


class Twin:
    """Share definitions between the blocking and the awaiting side of the client.

    What both sides have in common is written once, on a base class that is generic in what
    submitting a request gives: a `Job`, or a coroutine of an `AsyncJob`. Type checkers follow the
    type variable. For people, who read signatures and docstrings, each side gets its own form of
    such a method, with its return type, and `async` on the awaiting side. A method that a side
    implements itself gets the docstring of the base.

    Args:
        submitted: On the class of a side, the type that its methods give for `SubmittedT_co`.
        awaiting: Whether it is the side whose methods are coroutines.
    """

    def __init_subclass__(cls, *, submitted: str = "", awaiting: bool = False) -> None:
        super().__init_subclass__()
        if not submitted:
            return
        bases = [base for base in cls.__mro__[1:] if issubclass(base, Twin)]
        shared_items = [item for base in bases for item in vars(base).items()]
        for name, shared in shared_items:
            own = vars(cls).get(name)
            if not isinstance(shared, types.FunctionType):
                continue
            if own is None and shared.__annotations__.get("return") == SubmittedT_co.__name__:
                form = _awaiting_form(shared) if awaiting else _blocking_form(shared)
                form.__annotations__ = {**shared.__annotations__, "return": submitted}
                signature = inspect.signature(shared).replace(return_annotation=submitted)
                form.__signature__ = signature  # type: ignore[attr-defined]
                form.__module__ = cls.__module__
                form.__qualname__ = f"{cls.__qualname__}.{name}"
                setattr(cls, name, form)
            elif isinstance(own, types.FunctionType) and own.__doc__ is None:
                own.__doc__ = shared.__doc__


def _blocking_form(shared: types.FunctionType) -> types.FunctionType:
    code, names, defaults = shared.__code__, shared.__globals__, shared.__defaults__
    form = types.FunctionType(code, names, shared.__name__, defaults, shared.__closure__)
    form.__kwdefaults__ = shared.__kwdefaults__
    form.__doc__ = shared.__doc__
    return form


def _awaiting_form(shared: types.FunctionType) -> types.FunctionType:
    @functools.wraps(shared)
    async def form(*args: object, **named: object) -> object:
        return await shared(*args, **named)

    return cast("types.FunctionType", form)


class ReprList(list[T], Generic[T]):
    """A list that shows itself in a notebook."""

    def _repr_html_(self) -> str:
        return html.listing(self)


class JobHandle(Twin, Marked, ABC, Generic[VideoT_co, SubmittedT_co]):
    """One job: its current state, and the actions on it."""

    state: JobState

    @property
    def id(self) -> str:
        """The job's id; empty for a job of a batch that could not be started."""
        return self.state.id

    @property
    def status(self) -> str:
        """`pending`, `staged`, `processing`, `completed`, `failed`, or another word of the service.

        `unknown` before the service was asked, `uncertain` when it is unknown whether a request of
        a batch became a job.
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
    def videos(self) -> list[VideoT_co]:
        """Its videos, by their number; empty until it is completed."""
        task = self.state.task
        count = len(task.output.video_urls) if task else 0
        return ReprList(self._video(index) for index in range(count))

    @property
    def images(self) -> list[str]:
        """Links of the images of an image job, by their number; empty until it is completed."""
        task = self.state.task
        return [url or "" for url in task.output.image_urls] if task else []

    @property
    def usage(self) -> Usage:
        """Points `frozen` at submission and `consumed` in the end; None where unknown."""
        return self.state.task.usage if self.state.task else Usage()

    @property
    def elapsed(self) -> float | None:
        """Seconds since it was made, or that it took; None when unknown."""
        return self.state.elapsed

    @property
    def progress(self) -> float | None:
        """0 to 1: the service's number, else an estimate from how long such jobs take; or None."""
        return self.state.progress

    @property
    def expected_remaining(self) -> float | None:
        """Seconds it is still expected to run; None when it is done or this is unknown."""
        return self.state.expected_remaining

    @property
    def error(self) -> LegnextError | None:
        """Why it failed, could not be started, or cannot be followed; None otherwise."""
        if self.state.submit_error is not None:
            return self.state.submit_error
        return self._failure() or self.state.stopped_by

    @abstractmethod
    def wait(self, timeout: float | None = None) -> object:
        """Wait until the job is done.

        Ctrl-C, or cancelling the task that awaits, ends the waiting and never the job. `await job`
        waits without a timeout.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Returns:
            This job, completed.

        Raises:
            JobFailedError: The service ended it as failed, or gives no links to its files.
            JobTimeoutError: The time is up; the job continues.
            AuthenticationError: The service did not accept the key.
            PermissionDeniedError: The account may not see the job.
            NotFoundError: The service does not know the job.
        """

    @abstractmethod
    def refresh(self) -> object:
        """Ask the service for the job now.

        Returns:
            This job.

        Raises:
            TransportError: The service could not be reached.
            APIError: The service answered with an error.
            InvalidResponseError: The answer is not a task.
        """

    @abstractmethod
    def watch(self, callback: Callable[[Self], object]) -> Callable[[], None]:
        """Call `callback(job)` after every change.

        Calls are made one after the other. What the callback raises is logged.

        Args:
            callback: With `Client` a plain function, called in a thread where it may block. With
                `AsyncClient` a plain or coroutine function, called on the event loop.

        Returns:
            A function that ends the calls.

        Raises:
            TypeError: `Client` was given a coroutine function.
        """

    @abstractmethod
    def download(
        self, folder: str | Path | None = None, *, progress: Progress | None = None
    ) -> object:
        """Save all videos of the job, several at a time.

        Args:
            folder: Where to; the current folder when not given. It is made when missing.
            progress: Called with the bytes so far and in all (None when unknown) of a file
                whenever it grows.

        Returns:
            The paths of the files, by the videos' numbers.

        Raises:
            DownloadError: A video could not be fetched or written; the others are kept.
        """

    def extend(
        self, video_no: VideoNo, *, prompt: str | None = None, callback: str | None = None
    ) -> SubmittedT_co:
        """Make one of its videos about 4 s longer, at most four times; within 3 days of the job.

        Args:
            video_no: Which of its videos, 0 to 3.
            prompt: What happens next; 1 to 8192 characters.
            callback: http(s) link to which the service posts the finished task.

        Returns:
            The new job.

        Raises:
            ValueError: An argument is outside its limits; nothing was sent.
            LegnextError: As with the client's `extend_video`.
        """
        return self._submit(ExtendVideo(self.id, video_no, prompt=prompt, callback=callback))

    def upscale(self, video_no: VideoNo, *, callback: str | None = None) -> SubmittedT_co:
        """Make one of its videos larger, in 4 to 6 minutes, for 120 points; within 3 days.

        Args:
            video_no: Which of its videos, 0 to 3.
            callback: http(s) link to which the service posts the finished task.

        Returns:
            The new job.

        Raises:
            ValueError: An argument is outside its limits; nothing was sent.
            LegnextError: As with the client's `video_upscale`.
        """
        return self._submit(VideoUpscale(self.id, video_no, callback=callback))

    def animate(
        self, image_no: ImageNo, prompt: str | None = None, **options: Unpack[AnimationOptions]
    ) -> SubmittedT_co:
        """Animate one of its images; within 3 days of the job.

        Args:
            image_no: Which of its images, 0 to 3.
            prompt: What happens; 1 to 8192 characters, with the options counted.
            **options: `video_type`, `motion`, `raw`, `loop`, `end_image_url`, `batch_size` and
                `callback`, as with the client's `video_diffusion`.

        Returns:
            The new job.

        Raises:
            ValueError: An argument is outside its limits; nothing was sent.
            LegnextError: As with the client's `video_diffusion`.
        """
        return self._submit(VideoDiffusion(prompt, job_id=self.id, image_no=image_no, **options))

    @abstractmethod
    def _video(self, index: int) -> VideoT_co: ...

    @abstractmethod
    def _submit(self, request: Request) -> SubmittedT_co: ...

    def _require_started(self) -> None:
        if self.state.submit_error is not None:
            raise plain(self.state.submit_error)

    def _finished(self) -> Self:
        failure = self._failure()
        if failure is not None:
            raise failure
        return self

    def _failure(self) -> JobFailedError | None:
        task, reason = self.state.task, self.state.failure
        if task is None or not reason:
            return None
        error = task.error
        failed = task.status == "failed"
        return JobFailedError(
            f"Job {self.id} failed: {reason}" if failed else reason,
            job=self,
            code=(error.code or None) if error else None,
            raw_message=error.raw_message if error else "",
            detail=error.detail if error else None,
            raw=task.raw.get("error"),
        )

    def _time_is_up(self, timeout: float | None) -> JobTimeoutError:
        return JobTimeoutError(
            f"Job {self.id} is still {self.status} after waiting {timeout:g} s. It continues at "
            f'the service. Wait again, or in another session with client.job("{self.id}").wait().',
            job=self,
        )

    def __eq__(self, other: object) -> bool:
        return self.state is other.state if isinstance(other, JobHandle) else NotImplemented

    def __hash__(self) -> int:
        return id(self.state)

    def __repr__(self) -> str:
        kind = self.state.task_type or "job"
        return f"<{type(self).__name__} {self.id or '(not started)'} {kind} {self.status}>"

    def _repr_html_(self) -> str:
        return html.job(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A job belongs to its client. Keep its id; client.job(id) gives it back.")

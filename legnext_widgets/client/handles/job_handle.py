"""Define the handles of jobs once, for both clients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, NoReturn, Self, TypeVar, Unpack, cast

from legnext_widgets.client.api.models.tasks import Usage
from legnext_widgets.client.api.requests import ExtendVideo, VideoDiffusion, VideoUpscale
from legnext_widgets.client.api.validation import require_known, require_source
from legnext_widgets.client.api.values.cleaning import clean_number
from legnext_widgets.client.display import html
from legnext_widgets.client.display.bundles import card_bundle
from legnext_widgets.client.display.lists import ReprList
from legnext_widgets.client.errors import JobFailedError
from legnext_widgets.client.marks.markable import Markable
from legnext_widgets.client.progress.waits import summary
from legnext_widgets.client.redaction import strip_frames
from legnext_widgets.client.twin import SubmittedT_co, Twin, prepares_pictures

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.api.validation import ImageNo, NextStep, VideoNo
    from legnext_widgets.client.display.bundles import MimeBundle
    from legnext_widgets.client.errors import LegnextError
    from legnext_widgets.client.options import AnimationOptions, VideoOptions
    from legnext_widgets.client.pictures.sources import PictureSource
    from legnext_widgets.client.progress.report import ProgressOption
    from legnext_widgets.client.session.files.partial_file import Progress
    from legnext_widgets.client.session.submission.reuse import Reuse

    from .video_handle import VideoHandle

VideoT_co = TypeVar("VideoT_co", bound="VideoHandle", covariant=True)


class JobHandle(Twin, Markable, ABC, Generic[VideoT_co, SubmittedT_co]):
    """One job: its current state, and the actions on it.

    Attributes:
        reused: Whether it was made from the same request before, so that nothing was sent.
    """

    reused: bool

    @property
    def id(self) -> str:
        """Its id; empty for a job of a batch that was not started or whose outcome is unknown."""
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
        """Whether it is completed, failed, not started, or of unknown outcome (`uncertain`)."""
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
    def prompt(self) -> str:
        """The words it was made from, without link and options; empty where there are none."""
        return self.state.prompt

    @property
    def videos(self) -> list[VideoT_co]:
        """Its videos, by the service's number; deleted ones stay, `hidden`. Empty at first."""
        task = self.state.task
        count = len(task.output.video_urls) if task else 0
        return ReprList(self._video(index) for index in range(count))

    @property
    def images(self) -> list[str]:
        """Links of its images, by their number, `""` for one without a link; empty at first."""
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
        """0 to 1: the service's number, else an estimate from earlier jobs; None when unknown."""
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
        return JobFailedError.of_job(self) or self.state.stopped_by

    @property
    def warning(self) -> str | None:
        """What is wrong while it is still asked for, such as that the last poll failed."""
        return self.state.warning

    @abstractmethod
    def wait(self, timeout: float | None = None, *, progress: ProgressOption = None) -> object:
        """Wait until the job is done.

        Ctrl-C, or cancelling the awaiting task, ends the waiting and never the job. `await job`
        waits without a timeout.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.
            progress: Whether a line shows status, time and points, as for `Client`; or a callable,
                called with a `ProgressReport`.

        Returns:
            This job, completed.

        Raises:
            JobFailedError: The service ended it as failed, or gives no links to its files.
            JobTimeoutError: The time is up; the job continues, if the service has it.
            SubmissionUncertainError: It is a job of a batch whose outcome is unknown.
            AuthenticationError: The service did not accept the key.
            APIError: The service refuses to show the job: it does not know it (`NotFoundError`),
                not for this account (`PermissionDeniedError`), or not by such an id.
            TypeError, ValueError: `timeout` is no number.
        """

    @abstractmethod
    def refresh(self) -> object:
        """Ask the service for the job now.

        Returns:
            This job.

        Raises:
            SubmissionUncertainError: It is a job of a batch whose outcome is unknown.
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
        self, folder: str | Path | None = None, *, progress: Progress | bool | None = None
    ) -> object:
        """Save all videos of the job, several at a time.

        A job that was never asked for is asked for once.

        Args:
            folder: Where to; the current folder when not given. It is made when missing.
            progress: Whether a line shows the bytes, as for `Client`; or a callable, called with
                the bytes so far and in all (None when unknown) of a file whenever it grows.

        Returns:
            The paths of the files, by the videos' numbers.

        Raises:
            DownloadError: A video could not be fetched or written; the others are kept. Or it is
                not done yet, or has images.
            JobFailedError: It has no videos, since it failed.
            LegnextError: It was never asked for, and the service does not give it.
        """

    def extend(
        self,
        video_no: VideoNo,
        *,
        prompt: str | None = None,
        callback: str | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> SubmittedT_co:
        """Make one of its videos about 4 s longer, at most four times; within 3 days of the job.

        Args:
            video_no: Which of its videos, 0 to 3.
            prompt: What happens next; 1 to 8192 characters.
            callback: http(s) link to which the service posts the finished task.
            reuse: Whether to return an existing job of the same request; None as the client says.
            take: Which take of the same request, from 1.

        Returns:
            The new job.

        Raises:
            ValueError: An argument is outside its limits, or the job is of another kind, failed, or
                has no such result; nothing was sent.
            LegnextError: As with the client's `extend_video`.
        """
        self._require_source("extend", video_no)
        request = ExtendVideo(self.id, video_no, prompt=prompt, callback=callback)
        return self._submit(request, reuse, take)

    def upscale(
        self,
        video_no: VideoNo,
        *,
        callback: str | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> SubmittedT_co:
        """Make one of its videos larger, in 4 to 6 minutes, for 120 points; within 3 days.

        Args:
            video_no: Which of its videos, 0 to 3.
            callback: http(s) link to which the service posts the finished task.
            reuse: Whether to return an existing job of the same request; None as the client says.
            take: Which take of the same request, from 1.

        Returns:
            The new job.

        Raises:
            ValueError: An argument is outside its limits, or the job is of another kind, failed, or
                has no such result; nothing was sent.
            LegnextError: As with the client's `video_upscale`.
        """
        self._require_source("upscale", video_no)
        return self._submit(VideoUpscale(self.id, video_no, callback=callback), reuse, take)

    @prepares_pictures
    def animate(
        self,
        image_no: ImageNo | PictureSource,
        prompt: str | None = None,
        **options: Unpack[AnimationOptions],
    ) -> SubmittedT_co:
        """Animate one of its images, within 3 days of the job, or a frame of its videos.

        Args:
            image_no: Which of its images, 0 to 3; or a picture, such as `video.frame()`.
            prompt: What happens; 1 to 8192 characters. With a picture, that of this job by default.
            **options: `video_type`, `motion`, `raw`, `loop`, `end_image_url`, `end_image`,
                `batch_size`, `callback`, `reuse` and `take`, as with `video_diffusion`.

        Returns:
            The new job.

        Raises:
            ValueError: An argument is outside its limits, or the job is of another kind, failed, or
                has no such result; nothing was sent.
            TypeError: There is no such option.
            LegnextError: As with the client's `video_diffusion`.
        """
        from legnext_widgets.client.options import AnimationOptions  # only for its names

        require_known("animate", options, AnimationOptions.__annotations__)
        reuse, take = options.pop("reuse", None), options.pop("take", 1)
        video = cast("VideoOptions", options)
        if not isinstance(number := clean_number(image_no), int):
            words, picture = prompt or self.prompt or None, cast("PictureSource", image_no)
            return self._submit(VideoDiffusion(words, image=picture, **video), reuse, take)
        self._require_source("animate", number)
        request = VideoDiffusion(prompt, job_id=self.id, image_no=cast("ImageNo", number), **video)
        return self._submit(request, reuse, take)

    @abstractmethod
    def _video(self, index: int) -> VideoT_co: ...

    @abstractmethod
    def _submit(self, request: Request, reuse: Reuse | None, take: int) -> SubmittedT_co: ...

    def _require_source(self, step: NextStep, number: object) -> None:
        output = self.state.task.output if self.state.task and self.state.completed else None
        results = output and (output.image_urls if step == "animate" else output.video_urls)
        require_source(
            step,
            clean_number(number),
            kind=self.state.task_type,
            status=self.status,
            count=len(results) if results else None,
        )

    def _require_started(self) -> None:
        if self.state.submit_error is not None:
            raise strip_frames(self.state.submit_error)

    def _is_over(self) -> bool:
        """Whether nothing needs to be asked; raises the error of a job that was not started."""
        self._require_started()
        return self.state.done

    def _finished(self) -> Self:
        if (failure := JobFailedError.of_job(self)) is not None:
            raise failure
        return self

    def __eq__(self, other: object) -> bool:
        return self.state is other.state if isinstance(other, JobHandle) else NotImplemented

    def __hash__(self) -> int:
        return id(self.state)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {summary(self.state)}>"

    def _repr_html_(self) -> str:
        return html.job(self)

    def _repr_mimebundle_(self, **_: object) -> MimeBundle:
        return card_bundle([self], text=repr(self), line=html.line(self), static=html.job(self))

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A job belongs to its client, so it cannot be pickled. Keep its id for client.job(id)."
        )

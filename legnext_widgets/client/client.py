"""The blocking client: safe in scripts, in cells, in a running event loop, from any thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self

from legnext_widgets.client.api.auth import hidden
from legnext_widgets.client.api.requests import (
    Diffusion,
    ExtendVideo,
    Request,
    VideoDiffusion,
    VideoType,
    VideoUpscale,
)
from legnext_widgets.client.api.urls import origin_of
from legnext_widgets.client.runtime import default_runtime
from legnext_widgets.client.runtime.cleanup import close_when_collected
from legnext_widgets.client.session.batch import Batch, BatchProgress
from legnext_widgets.client.session.session import Session

from .config import ClientConfig, look_up
from .defaults import EmbeddedSandbox, embedded_config, open_default_library
from .handles import ReprList
from .jobs import Job

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    import httpx

    from legnext_widgets.client.api.models import Balance, Task
    from legnext_widgets.client.session.store import JobStore


class Client:
    """The Legnext AI video API, blocking.

    All network work runs in a thread of its own, so jobs are followed while cells compute.

    Args:
        api_key: Else the environment's `LEGNEXT_API_KEY`, else Colab's secret of that name.
        base_url: Else the environment's `LEGNEXT_BASE_URL`, else `https://api.legnext.ai`.
        timeout: Seconds for each phase (connect, write, read) of one HTTP request.
        max_concurrent: Jobs of `submit_many` that run at once; an ordinary account runs 6.
        budget_points: Points that the jobs of this client may take in all; None for no limit.
        library: The memory to use; None for the default one, False to remember nothing.
        http_client: An `httpx.AsyncClient` to use, for proxies and tests; it stays yours to close.

    Raises:
        MissingAPIKeyError: No key was found.
        ValueError: An argument is outside its limits.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        max_concurrent: int = 6,
        budget_points: int | None = None,
        library: JobStore | Literal[False] | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        # From here on no local variable holds it, whatever shows a traceback.
        key, api_key = hidden(api_key), None
        self.embedded: EmbeddedSandbox | None = None
        self._open(
            look_up(
                api_key=key,
                base_url=base_url,
                timeout=timeout,
                max_concurrent=max_concurrent,
                budget_points=budget_points,
                library=library,
                http_client=http_client,
                open_default_journal=open_default_library,
            )
        )

    def _open(self, settings: ClientConfig) -> None:
        self.config = settings
        self.session = Session(settings)
        self.runtime = default_runtime()
        self.runtime.before_exit(self.close)
        close_when_collected(self.runtime, self.session, self.embedded)
        self._batch: Batch | None = None

    @classmethod
    def sandbox(cls, *, speed: float = 1.0, **options: Any) -> Self:
        """A client of the simulated service inside this process: no key, no cost, real MP4s.

        Args:
            speed: How many times faster than real time; 60 makes a 4-minute job take 4 s.
            **options: Those of the client (`timeout`, `max_concurrent`, `budget_points`, `library`)
                and of `legnext_widgets.sandbox.Sandbox` (such as `seed`, `faults`, `points`).
        """
        embedded, settings = embedded_config(speed=speed, options=options)
        client = cls.__new__(cls)
        client.embedded = embedded
        client._open(settings)
        return client

    def with_options(self, **changed: Any) -> Self:
        """A copy of this client with some options changed: those of the constructor but `api_key`.

        The copy has connections and a thread of its own and is closed by itself.
        """
        copy = type(self).__new__(type(self))
        copy.embedded = None
        copy._open(self.config.changed(changed))
        return copy

    def video_diffusion(
        self,
        prompt: str | None = None,
        *,
        image_url: str | None = None,
        job_id: str | None = None,
        image_no: int | None = None,
        video_type: int = VideoType.SD,
        motion: str | None = None,
        raw: bool = False,
        loop: bool = False,
        end_image_url: str | None = None,
        batch_size: int | None = None,
        callback: str | None = None,
    ) -> Job:
        """Animates an image: up to four videos of 4 to 5 s, in 3 to 5 minutes, for 480 points.

        Either `job_id` and `image_no` name an image of an earlier job, or `image_url` (or a link at
        the head of `prompt`) is the image and `prompt` says what happens.

        Args:
            prompt: 1 to 8192 characters, with the link and the options counted.
            image_url: http(s) link of the image.
            job_id: Id of an image job, at most 3 days old.
            image_no: Which of its images, 0 to 3.
            video_type: `VideoType.SD` (0, 480p) or `VideoType.HD` (1, 720p).
            motion: `"low"` (the service's default) or `"high"`.
            raw: Less of the service's own styling.
            loop: End on the first frame.
            end_image_url: http(s) link of the last frame.
            batch_size: How many videos: 1, 2 or 4 (the service's default).
            callback: http(s) link to which the service posts the finished task.

        Raises:
            ValueError: An argument is outside its limits; nothing was sent.
            BudgetExceededError: It would exceed `budget_points`; nothing was sent.
            TransportError: The service could not be reached; nothing was sent.
            APIError: The service refused; no points were spent. One subclass per HTTP status.
            SubmissionUncertainError: It was sent and no clear answer came; it is not sent again.
        """
        return self.submit(
            VideoDiffusion(
                prompt,
                image_url=image_url,
                job_id=job_id,
                image_no=image_no,
                video_type=video_type,
                motion=motion,
                raw=raw,
                loop=loop,
                end_image_url=end_image_url,
                batch_size=batch_size,
                callback=callback,
            )
        )

    def extend_video(
        self, job_id: str, video_no: int, *, prompt: str | None = None, callback: str | None = None
    ) -> Job:
        """Makes a video about 4 s longer; possible four times, within 3 days of its job.

        Args:
            job_id: Id of a video job.
            video_no: Which of its videos, 0 to 3.
            prompt: What happens next; 1 to 8192 characters.
            callback: http(s) link to which the service posts the finished task.

        Raises:
            ValueError, BudgetExceededError, TransportError, APIError, SubmissionUncertainError: See
                `video_diffusion`.
        """
        return self.submit(ExtendVideo(job_id, video_no, prompt=prompt, callback=callback))

    def video_upscale(self, job_id: str, video_no: int, *, callback: str | None = None) -> Job:
        """Makes a video larger, in 4 to 6 minutes, for 120 points; within 3 days of its job.

        Args:
            job_id: Id of a video job.
            video_no: Which of its videos, 0 to 3.
            callback: http(s) link to which the service posts the finished task.

        Raises:
            ValueError, BudgetExceededError, TransportError, APIError, SubmissionUncertainError: See
                `video_diffusion`.
        """
        return self.submit(VideoUpscale(job_id, video_no, callback=callback))

    def diffusion(self, text: str, *, callback: str | None = None) -> Job:
        """Makes four images of a text, in 30 to 80 s, for 80 points; `Job.animate` animates one.

        Args:
            text: 1 to 8192 characters.
            callback: http(s) link to which the service posts the finished task.

        Raises:
            ValueError, BudgetExceededError, TransportError, APIError, SubmissionUncertainError: See
                `video_diffusion`.
        """
        return self.submit(Diffusion(text, callback=callback))

    def submit(self, request: Request) -> Job:
        """Sends a request object; the job is followed in the background from then on.

        Ctrl-C while it is on its way does not call it back: what was sent is followed to its end.

        Raises:
            BudgetExceededError, TransportError, APIError, SubmissionUncertainError: See
                `video_diffusion`.
        """
        try:
            state = self.runtime.run(self.session.submit(request), leave_running=True)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                "If the request had already left, it was not called back: its job will appear in "
                "client.jobs (and in the library, if there is one)."
            )
            raise
        return Job(self, state)

    def submit_many(
        self, requests: Iterable[Request], *, progress: BatchProgress | None = None
    ) -> list[Job]:
        """Sends many requests and waits for them, at most `max_concurrent` jobs running at once.

        Ctrl-C leaves running jobs running; `resume_many()` goes on where it stopped and sends
        nothing twice.

        Args:
            requests: Request objects.
            progress: Called with how many jobs are done and of how many, in a thread of its own.

        Returns:
            A job for each request, in order. One that could not be started has status `failed` and
            says why in `.error`. A failure stops no other request. Only when three in a row were
            refused with 401 (key) or 402 (credits) no further one is sent; what runs goes on, and
            `resume_many()` takes up the rest.
        """
        tell = self.runtime.in_callback_thread(progress)
        batch = Batch(self.session, list(requests), self.config.max_concurrent, tell)
        self._batch = batch
        return self._run(batch)

    def resume_many(self) -> list[Job]:
        """Goes on with the last `submit_many` of this client: after Ctrl-C, or when it stopped.

        What was refused with 401 or 402 was not taken by the service and is sent, too.
        """
        return ReprList[Job]() if self._batch is None else self._run(self._batch)

    def _run(self, batch: Batch) -> list[Job]:
        try:
            jobs = self.runtime.run(batch.run())
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                f"{batch.unsent} of {len(batch.requests)} requests were not sent yet. "
                "client.resume_many() goes on; nothing is sent twice."
            )
            raise
        return ReprList(Job(self, job) for job in jobs)

    def job(self, job_id: str) -> Job:
        """A handle of a job, whoever submitted it and wherever; nothing is asked until you do.

        Raises:
            ValueError: It is not a job id (a UUID).
        """
        return Job(self, self.session.handle(job_id))

    @property
    def jobs(self) -> list[Job]:
        """The jobs this client knows, in the order it got to know them."""
        return ReprList(Job(self, job) for job in list(self.session.jobs.values()))

    def balance(self) -> Balance:
        """What the account has left.

        Raises:
            TransportError, APIError, InvalidResponseError: It could not be asked.
        """
        return self.runtime.run(self.session.balance())

    def active_tasks(self) -> list[Task]:
        """What runs now on the account, from whatever program it was submitted.

        Raises:
            TransportError, APIError, InvalidResponseError: It could not be asked.
        """
        return self.runtime.run(self.session.active_tasks())

    def close(self) -> None:
        """Ends the client's threads and connections. Jobs go on at the service."""
        if not self.runtime.closed:
            self.runtime.finish(self.session.aclose(), self._let_go)

    def _let_go(self) -> None:
        self.config.close_journal()
        if self.embedded is not None and self.runtime.in_own_process:
            self.embedded.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if "session" not in vars(self):  # shown by a traceback while it is made
            return f"<{type(self).__name__}, not open>"
        mark = " (sandbox)" if self.session.identity.sandbox else ""
        return f"<{type(self).__name__} of {origin_of(self.config.base_url)}{mark}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client holds a key and connections and is not pickled; make a new one.")

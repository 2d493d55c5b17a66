"""Jobs and videos as people hold them with `Client`: whatever asks somebody blocks."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.redaction import plain
from legnext_widgets.client.api.requests import ExtendVideo, Request, VideoDiffusion, VideoUpscale
from legnext_widgets.client.session.job_state import JobState

from .clip_files import all_saved, copied, folder_target, link_of, saved, target_of
from .errors import LegnextError
from .handles import JobHandle, ReprList, VideoHandle

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from legnext_widgets.client.session.downloads import Progress
    from legnext_widgets.client.session.store import JobRecord

    from .client import Client


class Video(VideoHandle):
    """One video of a job; its file is fetched when asked for."""

    def __init__(self, client: Client | None, state: JobState, index: int) -> None:
        super().__init__(state, index)
        self.client = client

    def save(self, path: str | Path, *, progress: Progress | None = None) -> Path:
        """Writes the MP4 to disk, whole or not at all.

        Args:
            path: A file name, or an existing folder (or a path that ends in a separator) for a file
                named after job and number.
            progress: Called with the bytes so far and in all (None when not known).

        Returns:
            The path of the file.

        Raises:
            DownloadError: It could not be fetched or written. The job is not affected.
        """
        target = target_of(self, path)
        if (kept := self.kept) is not None:
            return copied(kept, target)
        at = _needed(self.client, self.job_id)
        saving = at.session.save(
            self.state, link_of(self), target, at.runtime.in_callback_thread(progress)
        )
        return at.runtime.run(saving)

    def read(self) -> bytes:
        """The MP4 as bytes.

        Raises:
            DownloadError: It could not be fetched.
        """
        if (kept := self.kept) is not None:
            return kept.read_bytes()
        at = _needed(self.client, self.job_id)
        return at.runtime.run(at.session.read(self.state, link_of(self)))


class Job(JobHandle[Video]):
    """One job at the service, followed in the background once it was submitted or waited for."""

    def __init__(self, client: Client | None, state: JobState) -> None:
        self.client = client
        self.state = state

    @classmethod
    def remembered(cls, record: JobRecord, client: Client | None = None) -> Job:
        """The job as a library has it.

        Without a client all that is remembered can be read, and clips that were kept be saved; to
        ask the service, take the job over with `client.job(id)`.
        """
        return cls(client, JobState.of_record(record))

    @property
    def _at(self) -> Client:
        return _needed(self.client, self.id)

    @property
    def videos(self) -> list[Video]:
        """Its videos, by their number; empty until it is completed."""
        task = self.state.task
        count = len(task.output.video_urls) if task else 0
        return ReprList(Video(self.client, self.state, index) for index in range(count))

    def wait(self, timeout: float | None = None) -> Job:
        """Waits until the job is done; Ctrl-C stops the waiting, never the job.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Raises:
            JobFailedError: The service ended it as failed.
            JobTimeoutError: The time is up; the job goes on.
            AuthenticationError, PermissionDeniedError, NotFoundError: It cannot be asked for.
        """
        if self.state.submit_error is not None:
            raise plain(self.state.submit_error)
        try:
            self._at.runtime.run(self._at.session.wait(self.state, timeout))
        except TimeoutError:
            raise self._time_is_up(timeout) from None
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                f"Job {self.id} goes on at the service. Wait again with .wait(), or later with "
                f'client.job("{self.id}").wait().'
            )
            raise
        return self._finished()

    def __await__(self) -> Generator[Any, None, Job]:
        return self._awaited().__await__()

    async def _awaited(self) -> Job:
        if self.state.submit_error is not None:
            raise plain(self.state.submit_error)
        waiting = self._at.runtime.start(self._at.session.wait(self.state, None))
        await asyncio.wrap_future(waiting)
        return self._finished()

    def refresh(self) -> Job:
        """Asks the service now.

        Raises:
            TransportError, APIError, InvalidResponseError: It could not be asked.
        """
        self._at.runtime.run(self._at.session.refresh(self.state))
        return self

    def watch(self, callback: Callable[[Job], object]) -> Callable[[], None]:
        """Calls `callback(job)` after every change, in a thread of its own where it may block.

        Returns:
            A function that stops it.
        """
        if inspect.iscoroutinefunction(callback):
            raise TypeError("The callback must be a plain function; AsyncClient takes coroutines.")
        runtime = self._at.runtime
        stop = self.state.watch(lambda: runtime.call_soon(lambda: callback(self)))
        self._at.runtime.call_on_loop(lambda: self._at.session.follow(self.state))
        return stop

    def download(
        self, folder: str | Path | None = None, *, progress: Progress | None = None
    ) -> list[Path]:
        """Saves all its videos, several at a time.

        Args:
            folder: Where to; the current folder when not given. It is made when missing.
            progress: Called with the bytes so far and in all of whichever file moves.

        Raises:
            DownloadError: One could not be fetched; those that could are kept.
        """
        if all(video.kept is not None for video in self.videos):
            return [video.save(folder_target(video, folder)) for video in self.videos]
        session = self._at.session
        tell = self._at.runtime.in_callback_thread(progress)
        return self._at.runtime.run(
            all_saved(
                saved(session, video, folder_target(video, folder), tell) for video in self.videos
            )
        )

    def extend(
        self, video_no: int, *, prompt: str | None = None, callback: str | None = None
    ) -> Job:
        """Makes one of its videos about 4 s longer: see `Client.extend_video`."""
        return self._next(ExtendVideo(self.id, video_no, prompt=prompt, callback=callback))

    def upscale(self, video_no: int, *, callback: str | None = None) -> Job:
        """Makes one of its videos larger: see `Client.video_upscale`."""
        return self._next(VideoUpscale(self.id, video_no, callback=callback))

    def animate(self, image_no: int, prompt: str | None = None, **options: Any) -> Job:
        """Animates one of its images: see `Client.video_diffusion`."""
        return self._next(VideoDiffusion(prompt, job_id=self.id, image_no=image_no, **options))

    def _next(self, request: Request) -> Job:
        return self._at.submit(request)

    def _finished(self) -> Job:
        task = self.state.task
        if task is not None and task.status == "failed":
            raise self._failure(task)
        return self


def _needed(client: Client | None, job_id: str) -> Client:
    if client is None:
        raise LegnextError(
            f"Job {job_id} comes from a library and belongs to no client. To ask the service, take "
            f'it over: client.job("{job_id}").'
        )
    return client

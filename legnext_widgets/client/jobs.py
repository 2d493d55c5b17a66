"""Jobs and videos as people hold them: blocking with `Client`, awaitable with `AsyncClient`."""

from __future__ import annotations

import asyncio
import inspect
import shutil
import uuid
from collections.abc import Callable, Coroutine, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .calls import Calls
from .downloads import Progress, file_name, suffix_of
from .errors import DownloadError, LegnextError
from .journal import JobRecord
from .requests import ExtendVideo, Request, VideoDiffusion, VideoUpscale
from .results import Clip, JobFacts, Shown
from .tracking import TrackedJob

if TYPE_CHECKING:
    from .async_client import AsyncClient
    from .sync_client import Client


class Video(Clip):
    """One video of a job; its file is fetched when asked for."""

    def __init__(self, client: Client | None, tracked: TrackedJob, index: int) -> None:
        super().__init__(tracked, index)
        self._client = client

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
        if self.kept is not None:
            return copied(self.kept, target)
        client = self._client_needed()
        return client._engine.run(
            client._service.save(
                self._tracked, lambda: self.url, target, told_elsewhere(client, progress)
            )
        )

    def read(self) -> bytes:
        """The MP4 as bytes.

        Raises:
            DownloadError: It could not be fetched.
        """
        if self.kept is not None:
            return self.kept.read_bytes()
        client = self._client_needed()
        return client._engine.run(client._service.read(self._tracked, lambda: self.url))

    def _client_needed(self) -> Client:
        if self._client is None:
            raise _not_with_a_client(self.job_id)
        return self._client


class Job(JobFacts[Video]):
    """One job at the service, followed in the background once it was submitted or waited for."""

    def __init__(self, client: Client | None, tracked: TrackedJob) -> None:
        self._taken_by = client
        self._tracked = tracked

    @classmethod
    def remembered(cls, record: JobRecord, client: Client | None = None) -> Job:
        """The job as a library has it.

        Without a client all that is remembered can be read, and clips that were kept be saved; to
        ask the service, take the job over with `client.job(id)`.
        """
        return cls(client, TrackedJob.of_record(record))

    @property
    def _client(self) -> Client:
        if self._taken_by is None:
            raise _not_with_a_client(self.id)
        return self._taken_by

    @property
    def videos(self) -> list[Video]:
        """Its videos, by their number; empty until it is completed."""
        task = self._tracked.task
        count = len(task.output.video_urls) if task else 0
        return Shown(Video(self._taken_by, self._tracked, index) for index in range(count))

    def wait(self, timeout: float | None = None) -> Job:
        """Waits until the job is done; Ctrl-C stops the waiting, never the job.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Raises:
            JobFailedError: The service ended it as failed.
            JobTimeoutError: The time is up; the job goes on.
            AuthenticationError, PermissionDeniedError, NotFoundError: It cannot be asked for.
        """
        if self._tracked.refusal is not None:
            raise self._tracked.refusal
        try:
            self._client._engine.run(self._client._service.wait(self._tracked, timeout))
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
        if self._tracked.refusal is not None:
            raise self._tracked.refusal
        waiting = self._client._engine.start(self._client._service.wait(self._tracked, None))
        await asyncio.wrap_future(waiting)
        return self._finished()

    def refresh(self) -> Job:
        """Asks the service now.

        Raises:
            TransportError, APIError, InvalidResponseError: It could not be asked.
        """
        self._client._engine.run(self._client._service.refresh(self._tracked))
        return self

    def watch(self, callback: Callable[[Job], object]) -> Callable[[], None]:
        """Calls `callback(job)` after every change, in a thread of its own where it may block.

        Returns:
            A function that stops it.
        """
        if inspect.iscoroutinefunction(callback):
            raise TypeError("The callback must be a plain function; AsyncClient takes coroutines.")
        engine = self._client._engine
        stop = self._tracked.watch(lambda: engine.call_soon(lambda: callback(self)))
        self._client._follow(self._tracked)
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
        service = self._client._service
        tell = told_elsewhere(self._client, progress)
        return self._client._engine.run(
            all_saved(
                service.save(self._tracked, _link_of(video), folder_target(video, folder), tell)
                for video in self.videos
            )
        )

    def extend(
        self, video_no: int, *, prompt: str | None = None, callback: str | None = None
    ) -> Job:
        """Makes one of its videos about 4 s longer: see `Client.extend_video`."""
        return self._client.submit(ExtendVideo(self.id, video_no, prompt=prompt, callback=callback))

    def upscale(self, video_no: int, *, callback: str | None = None) -> Job:
        """Makes one of its videos larger: see `Client.video_upscale`."""
        return self._client.submit(VideoUpscale(self.id, video_no, callback=callback))

    def animate(self, image_no: int, prompt: str | None = None, **options: Any) -> Job:
        """Animates one of its images: see `Client.video_diffusion`."""
        return self._client.submit(_animation(self.id, image_no, prompt, options))

    def _finished(self) -> Job:
        task = self._tracked.task
        if task is not None and task.status == "failed":
            raise self._failure(task)
        return self


class AsyncVideo(Clip):
    """One video of a job; its file is fetched when asked for."""

    def __init__(self, client: AsyncClient, tracked: TrackedJob, index: int) -> None:
        super().__init__(tracked, index)
        self._client = client

    async def save(self, path: str | Path, *, progress: Progress | None = None) -> Path:
        """Writes the MP4 to disk, whole or not at all: see `Video.save`."""
        return await self._client._service.save(
            self._tracked, lambda: self.url, target_of(self, path), progress
        )

    async def read(self) -> bytes:
        """The MP4 as bytes.

        Raises:
            DownloadError: It could not be fetched.
        """
        return await self._client._service.read(self._tracked, lambda: self.url)


class AsyncJob(JobFacts[AsyncVideo]):
    """One job at the service: as `Job`, with coroutines for what asks somebody."""

    def __init__(self, client: AsyncClient, tracked: TrackedJob) -> None:
        self._client = client
        self._tracked = tracked

    @property
    def videos(self) -> list[AsyncVideo]:
        """Its videos, by their number; empty until it is completed."""
        task = self._tracked.task
        count = len(task.output.video_urls) if task else 0
        return Shown(AsyncVideo(self._client, self._tracked, index) for index in range(count))

    async def wait(self, timeout: float | None = None) -> AsyncJob:
        """Waits until the job is done: see `Job.wait`."""
        if self._tracked.refusal is not None:
            raise self._tracked.refusal
        try:
            await self._client._service.wait(self._tracked, timeout)
        except TimeoutError:
            raise self._time_is_up(timeout) from None
        task = self._tracked.task
        if task is not None and task.status == "failed":
            raise self._failure(task)
        return self

    def __await__(self) -> Generator[Any, None, AsyncJob]:
        return self.wait().__await__()

    async def refresh(self) -> AsyncJob:
        """Asks the service now: see `Job.refresh`."""
        await self._client._service.refresh(self._tracked)
        return self

    def watch(self, callback: Callable[[AsyncJob], object]) -> Callable[[], None]:
        """Calls `callback(job)` after every change, on the loop; gives the function to stop it.

        A coroutine function is awaited, one call after the other.
        """
        calls = Calls(callback, self)
        stop = self._tracked.watch(calls.make)
        self._client._service.follower.follow(self._tracked)
        return stop

    async def download(
        self, folder: str | Path | None = None, *, progress: Progress | None = None
    ) -> list[Path]:
        """Saves all its videos, several at a time: see `Job.download`."""
        service = self._client._service
        return await all_saved(
            service.save(self._tracked, _link_of(video), folder_target(video, folder), progress)
            for video in self.videos
        )

    async def extend(
        self, video_no: int, *, prompt: str | None = None, callback: str | None = None
    ) -> AsyncJob:
        """Makes one of its videos about 4 s longer: see `Client.extend_video`."""
        return await self._client.submit(
            ExtendVideo(self.id, video_no, prompt=prompt, callback=callback)
        )

    async def upscale(self, video_no: int, *, callback: str | None = None) -> AsyncJob:
        """Makes one of its videos larger: see `Client.video_upscale`."""
        return await self._client.submit(VideoUpscale(self.id, video_no, callback=callback))

    async def animate(self, image_no: int, prompt: str | None = None, **options: Any) -> AsyncJob:
        """Animates one of its images: see `Client.video_diffusion`."""
        return await self._client.submit(_animation(self.id, image_no, prompt, options))


def told_elsewhere(client: Client, progress: Progress | None) -> Progress | None:
    """The same report, made in the thread for people's callbacks, where it may block."""
    if progress is None:
        return None
    report = progress
    return lambda have, total: client._engine.call_soon(lambda: report(have, total))


def copied(file: Path, target: Path) -> Path:
    """Copies a kept clip, whole or not at all.

    Raises:
        DownloadError: It could not be written.
    """
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(file, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DownloadError(f"Cannot write {target}: {error.strerror or error}.") from error
    return target


def _not_with_a_client(job_id: str) -> LegnextError:
    return LegnextError(
        f"Job {job_id} comes from a library and belongs to no client. To ask the service, take it "
        f'over: client.job("{job_id}").'
    )


def target_of(video: Clip, path: str | Path) -> Path:
    """The file a path stands for; a folder gets a file named after job and number."""
    target = Path(path).expanduser()
    if target.is_dir() or str(path).endswith(("/", "\\")):
        return folder_target(video, target)
    return target


def folder_target(video: Clip, folder: str | Path | None) -> Path:
    """The file for a video in a folder. Nothing of its link but a usual file type is used."""
    name = file_name(video.job_id, video.index, suffix_of(video.url, ".mp4"))
    return Path(folder or ".").expanduser() / name


def _link_of(video: Clip) -> Callable[[], str | None]:
    return lambda: video.url


async def all_saved(saves: Iterable[Coroutine[Any, Any, Path]]) -> list[Path]:
    """Lets every download come to its end before the first error is raised."""
    saving = [asyncio.ensure_future(save) for save in saves]
    await asyncio.gather(*saving, return_exceptions=True)
    return [save.result() for save in saving]


def _animation(job_id: str, image_no: int, prompt: str | None, options: dict[str, Any]) -> Request:
    return VideoDiffusion(prompt, job_id=job_id, image_no=image_no, **options)

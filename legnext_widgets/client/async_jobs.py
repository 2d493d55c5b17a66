"""Jobs and videos as people hold them with `AsyncClient`: whatever asks somebody is awaited."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from legnext_widgets.browser_python import off_the_loop

from .calls import Calls
from .clip_files import all_saved, folder_target, link_of, saved, target_of
from .downloads import Progress
from .redaction import plain
from .requests import ExtendVideo, Request, VideoDiffusion, VideoUpscale
from .results import Clip, JobFacts, Shown
from .service import Service
from .tracking import TrackedJob


class AsyncVideo(Clip):
    """One video of a job; its file is fetched when asked for."""

    def __init__(self, service: Service, tracked: TrackedJob, index: int) -> None:
        super().__init__(tracked, index)
        self._service = service

    async def save(self, path: str | Path, *, progress: Progress | None = None) -> Path:
        """Writes the MP4 to disk, whole or not at all: see `Video.save`."""
        return await saved(self._service, self, target_of(self, path), progress)

    async def read(self) -> bytes:
        """The MP4 as bytes.

        Raises:
            DownloadError: It could not be fetched.
        """
        if (kept := self.kept) is not None:
            return await off_the_loop(kept.read_bytes)
        return await self._service.read(self._tracked, link_of(self))


class AsyncJob(JobFacts[AsyncVideo]):
    """One job at the service: as `Job`, with coroutines for what asks somebody."""

    def __init__(self, service: Service, tracked: TrackedJob) -> None:
        self._service = service
        self._tracked = tracked

    @property
    def videos(self) -> list[AsyncVideo]:
        """Its videos, by their number; empty until it is completed."""
        task = self._tracked.task
        count = len(task.output.video_urls) if task else 0
        return Shown(AsyncVideo(self._service, self._tracked, index) for index in range(count))

    async def wait(self, timeout: float | None = None) -> AsyncJob:
        """Waits until the job is done: see `Job.wait`."""
        if self._tracked.refusal is not None:
            raise plain(self._tracked.refusal)
        try:
            await self._service.wait(self._tracked, timeout)
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
        await self._service.refresh(self._tracked)
        return self

    def watch(self, callback: Callable[[AsyncJob], object]) -> Callable[[], None]:
        """Calls `callback(job)` after every change, on the loop; gives the function to stop it.

        A coroutine function is awaited, one call after the other.
        """
        self._service.follow(self._tracked)
        return self._tracked.watch(Calls(callback, self).make)

    async def download(
        self, folder: str | Path | None = None, *, progress: Progress | None = None
    ) -> list[Path]:
        """Saves all its videos, several at a time: see `Job.download`."""
        return await all_saved(
            saved(self._service, video, folder_target(video, folder), progress)
            for video in self.videos
        )

    async def extend(
        self, video_no: int, *, prompt: str | None = None, callback: str | None = None
    ) -> AsyncJob:
        """Makes one of its videos about 4 s longer: see `Client.extend_video`."""
        return await self._next(ExtendVideo(self.id, video_no, prompt=prompt, callback=callback))

    async def upscale(self, video_no: int, *, callback: str | None = None) -> AsyncJob:
        """Makes one of its videos larger: see `Client.video_upscale`."""
        return await self._next(VideoUpscale(self.id, video_no, callback=callback))

    async def animate(self, image_no: int, prompt: str | None = None, **options: Any) -> AsyncJob:
        """Animates one of its images: see `Client.video_diffusion`."""
        return await self._next(
            VideoDiffusion(prompt, job_id=self.id, image_no=image_no, **options)
        )

    async def _next(self, request: Request) -> AsyncJob:
        return AsyncJob(self._service, await self._service.submit(request))

"""Jobs and videos as people hold them with `AsyncClient`: whatever asks somebody is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.redaction import plain
from legnext_widgets.client.api.requests import ExtendVideo, Request, VideoDiffusion, VideoUpscale
from legnext_widgets.client.runtime.callbacks import LoopCallbacks
from legnext_widgets.environment import to_thread

from .clip_files import all_saved, folder_target, link_of, saved, target_of
from .handles import JobHandle, ReprList, VideoHandle

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from legnext_widgets.client.session.downloads import Progress
    from legnext_widgets.client.session.job_state import JobState

    from .async_client import AsyncClient


class AsyncVideo(VideoHandle):
    """One video of a job; its file is fetched when asked for."""

    def __init__(self, client: AsyncClient, state: JobState, index: int) -> None:
        super().__init__(state, index)
        self.client = client

    async def save(self, path: str | Path, *, progress: Progress | None = None) -> Path:
        """Writes the MP4 to disk, whole or not at all: see `Video.save`."""
        return await saved(self.client.session, self, target_of(self, path), progress)

    async def read(self) -> bytes:
        """The MP4 as bytes.

        Raises:
            DownloadError: It could not be fetched.
        """
        if (kept := self.kept) is not None:
            return await to_thread(kept.read_bytes)
        return await self.client.session.read(self.state, link_of(self))


class AsyncJob(JobHandle[AsyncVideo]):
    """One job at the service: as `Job`, with coroutines for what asks somebody."""

    def __init__(self, client: AsyncClient, state: JobState) -> None:
        self.client = client
        self.state = state

    @property
    def videos(self) -> list[AsyncVideo]:
        """Its videos, by their number; empty until it is completed."""
        task = self.state.task
        count = len(task.output.video_urls) if task else 0
        return ReprList(AsyncVideo(self.client, self.state, index) for index in range(count))

    async def wait(self, timeout: float | None = None) -> AsyncJob:
        """Waits until the job is done: see `Job.wait`."""
        if self.state.submit_error is not None:
            raise plain(self.state.submit_error)
        try:
            await self.client.session.wait(self.state, timeout)
        except TimeoutError:
            raise self._time_is_up(timeout) from None
        task = self.state.task
        if task is not None and task.status == "failed":
            raise self._failure(task)
        return self

    def __await__(self) -> Generator[Any, None, AsyncJob]:
        return self.wait().__await__()

    async def refresh(self) -> AsyncJob:
        """Asks the service now: see `Job.refresh`."""
        await self.client.session.refresh(self.state)
        return self

    def watch(self, callback: Callable[[AsyncJob], object]) -> Callable[[], None]:
        """Calls `callback(job)` after every change, on the loop; gives the function to stop it.

        A coroutine function is awaited, one call after the other.
        """
        self.client.session.follow(self.state)
        return self.state.watch(LoopCallbacks(callback, self).call)

    async def download(
        self, folder: str | Path | None = None, *, progress: Progress | None = None
    ) -> list[Path]:
        """Saves all its videos, several at a time: see `Job.download`."""
        return await all_saved(
            saved(self.client.session, video, folder_target(video, folder), progress)
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
        return await self.client.submit(request)

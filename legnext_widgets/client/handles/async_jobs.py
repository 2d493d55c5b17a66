"""Jobs and videos of `AsyncClient`, whose methods are awaited."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from legnext_widgets.client import frames
from legnext_widgets.client.api.validation import seconds_of
from legnext_widgets.client.progress.live import live, split_progress
from legnext_widgets.client.progress.waits import Download, JobWait, logged_cancellation
from legnext_widgets.client.runtime.callbacks import LoopCallbacks, awaited_calls
from legnext_widgets.environment import to_thread

from .job_handle import JobHandle
from .saving import read_video, save_all, save_video, target_of
from .video_handle import VideoHandle
from .wait_errors import no_videos, timeout_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator
    from pathlib import Path

    import numpy as np
    from PIL import Image

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.async_client import AsyncClient
    from legnext_widgets.client.frames.decoding import VideoInfo
    from legnext_widgets.client.progress.report import ProgressOption
    from legnext_widgets.client.session.files.partial_file import Progress
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.submission.reuse import Reuse


class AsyncVideo(VideoHandle, submitted="AsyncJob", awaiting=True):
    """One video of a job; its file is fetched on demand.

    Attributes:
        client: The client of its job.
        index: Its number, from 0; what extending and upscaling take as `video_no`.
        state: The job's state in the client's session; for integrators.
    """

    def __init__(self, client: AsyncClient, state: JobState, index: int) -> None:
        super().__init__(state, index)
        self.client = client

    async def save(self, path: str | Path, *, progress: Progress | bool | None = None) -> Path:
        shown, call = split_progress(progress)
        session, target = self.client.session, target_of(self, path)
        async with awaited_calls(call) as calls:
            bytes_of = Download.of([self], calls)
            async with live(bytes_of, shown, self.client.config.progress):
                return await save_video(session, self, target, bytes_of.counter(0))

    @property
    async def info(self) -> VideoInfo:
        """Size, length, frame rate, and whether there is sound; needs extra `frames`.

        Raises:
            DownloadError: It could not be fetched.
        """
        return await to_thread(frames.info_of, await self._clip())

    async def frame(self, at: float = -1) -> Image.Image:
        return await to_thread(frames.frame_at, await self._clip(), at)

    async def frames(
        self, every: float | None = None, size: int | tuple[int, int] | None = None
    ) -> AsyncIterator[np.ndarray[Any, np.dtype[np.uint8]]]:
        decoded = frames.frames_of(await self._clip(), every, size)
        while (frame := await to_thread(next, decoded, None)) is not None:
            yield frame

    async def to_gif(self, path: str | Path, *, width: int = 480, fps: float = 12) -> Path:
        target = target_of(self, path, ".gif")
        return await to_thread(frames.write_gif, await self._clip(), target, width=width, fps=fps)

    async def to_webp(self, path: str | Path, *, width: int = 480, fps: float = 12) -> Path:
        target = target_of(self, path, ".webp")
        return await to_thread(frames.write_webp, await self._clip(), target, width=width, fps=fps)

    async def _clip(self) -> Path | bytes:
        frames.require_libraries()
        return self.kept or await self.read()

    async def read(self) -> bytes:
        return await read_video(self.client.session, self)


class AsyncJob(
    JobHandle[AsyncVideo, Coroutine[Any, Any, "AsyncJob"]], submitted="AsyncJob", awaiting=True
):
    """One job at the service, followed in the background once it was submitted or waited for.

    Attributes:
        client: The client it belongs to.
        state: The job's state in the client's session; for integrators.
        reused: Whether it was made from the same request before, so that nothing was sent.
    """

    def __init__(self, client: AsyncClient, state: JobState, *, reused: bool = False) -> None:
        self.client = client
        self.state = state
        self.reused = reused

    async def wait(
        self, timeout: float | None = None, *, progress: ProgressOption = None
    ) -> AsyncJob:
        timeout = seconds_of("timeout", timeout)
        if self._is_over():  # also of a client that is closed
            return self._finished()
        try:
            with logged_cancellation([self.state]):
                async with live(JobWait(self.state), progress, self.client.config.progress):
                    await self.client.session.wait(self.state, timeout)
        except TimeoutError:
            raise timeout_of(self, timeout) from None
        return self._finished()

    def __await__(self) -> Generator[Any, None, AsyncJob]:
        return self.wait().__await__()

    async def refresh(self) -> AsyncJob:
        self._require_started()
        await self.client.session.refresh(self.state)
        return self

    def watch(self, callback: Callable[[AsyncJob], object]) -> Callable[[], None]:
        self.client.session.follow(self.state)
        return self.state.watch(LoopCallbacks(callback, self).call)

    async def download(
        self, folder: str | Path | None = None, *, progress: Progress | bool | None = None
    ) -> list[Path]:
        shown, call = split_progress(progress)
        self._require_started()
        if self.task is None:
            await self.refresh()
        videos, session = self.videos, self.client.session
        if not videos:
            raise no_videos(self)
        async with awaited_calls(call) as calls:
            bytes_of = Download.of(videos, calls)
            async with live(bytes_of, shown, self.client.config.progress):
                return await save_all(session, videos, folder, bytes_of.counter)

    def _video(self, index: int) -> AsyncVideo:
        return AsyncVideo(self.client, self.state, index)

    def _submit(
        self, request: Request, reuse: Reuse | None, take: int
    ) -> Coroutine[Any, Any, AsyncJob]:
        return self.client.submit(request, reuse=reuse, take=take)

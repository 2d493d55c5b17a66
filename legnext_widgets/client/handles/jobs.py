"""Jobs and videos of `Client`, whose methods block."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from legnext_widgets.client import frames
from legnext_widgets.client.api.validation import seconds_of
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.progress.live import live, split_progress
from legnext_widgets.client.progress.waits import Download, JobWait, logged_cancellation
from legnext_widgets.client.runtime.callbacks import require_plain
from legnext_widgets.client.session.job_state import JobState

from .job_handle import JobHandle
from .saving import copy_kept, kept_bytes, read_video, save_all, save_video, target_in, target_of
from .video_handle import VideoHandle
from .wait_errors import ending_note, no_videos, timeout_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    import numpy as np
    from PIL import Image

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.frames.decoding import VideoInfo
    from legnext_widgets.client.marks.model import MarkStore
    from legnext_widgets.client.progress.report import ProgressOption
    from legnext_widgets.client.session.files.partial_file import Progress
    from legnext_widgets.client.session.store import JobRecord
    from legnext_widgets.client.session.submission.reuse import Reuse


class Video(VideoHandle, submitted="Job"):
    """One video of a job; its file is fetched on demand.

    Attributes:
        client: The client of its job; None for a job of a library.
        index: Its number, from 0; what extending and upscaling take as `video_no`.
        state: The job's state in the client's session; for integrators.
    """

    def __init__(self, client: Client | None, state: JobState, index: int) -> None:
        super().__init__(state, index)
        self.client = client

    def save(self, path: str | Path, *, progress: Progress | bool | None = None) -> Path:
        target = target_of(self, path)
        shown, call = split_progress(progress)
        require_plain(call)
        if (kept := self.kept) is not None:
            return copy_kept(kept, target)
        client = require_client(self.client, self.job_id)
        bytes_of = Download.of([self], client.runtime.in_callback_thread(call))
        with live(bytes_of, shown, client.config.progress):
            return client.runtime.run(save_video(client.session, self, target, bytes_of.counter(0)))

    @property
    def info(self) -> VideoInfo:
        """Size, length, frame rate, and whether there is sound; needs extra `frames`.

        Raises:
            DownloadError: It could not be fetched.
        """
        return frames.info_of(self._clip())

    def frame(self, at: float = -1) -> Image.Image:
        return frames.frame_at(self._clip(), at)

    def frames(
        self, every: float | None = None, size: int | tuple[int, int] | None = None
    ) -> Iterator[np.ndarray[Any, np.dtype[np.uint8]]]:
        return frames.frames_of(self._clip(), every, size)

    def to_gif(self, path: str | Path, *, width: int = 480, fps: float = 12) -> Path:
        return frames.write_gif(self._clip(), target_of(self, path, ".gif"), width=width, fps=fps)

    def to_webp(self, path: str | Path, *, width: int = 480, fps: float = 12) -> Path:
        return frames.write_webp(self._clip(), target_of(self, path, ".webp"), width=width, fps=fps)

    def _clip(self) -> Path | bytes:
        frames.require_libraries()
        return self.kept or self.read()

    def read(self) -> bytes:
        if (kept := self.kept) is not None:
            return kept_bytes(kept)
        client = require_client(self.client, self.job_id)
        return client.runtime.run(read_video(client.session, self))


class Job(JobHandle[Video, "Job"], submitted="Job"):
    """One job at the service, followed in the background once it was submitted or waited for.

    `await job` waits for it on any event loop.

    Attributes:
        client: The client it belongs to; None for a job of a library. Such a job can be read, and
            clips that were kept be saved; to ask the service, take it over with `client.job(id)`.
        state: The job's state in the client's session; for integrators.
        reused: Whether it was made from the same request before, so that nothing was sent.
    """

    def __init__(self, client: Client | None, state: JobState, *, reused: bool = False) -> None:
        self.client = client
        self.state = state
        self.reused = reused

    @classmethod
    def from_record(
        cls, record: JobRecord, client: Client | None = None, store: MarkStore | None = None
    ) -> Job:
        """Make the job of a library's record.

        Args:
            record: What the library knows of it.
            client: The client it belongs to, or None.
            store: Where its marks are stored: the library that it was read from.
        """
        state = JobState.of_record(record)
        state.mark_store = store
        return cls(client, state)

    def wait(self, timeout: float | None = None, *, progress: ProgressOption = None) -> Job:
        timeout = seconds_of("timeout", timeout)
        if self._is_over():  # also of a library, or of a client that is closed
            return self._finished()
        client = self._client()
        require_plain(progress)
        try:
            with live(JobWait(self.state), progress, client.config.progress):
                client.runtime.run(client.session.wait(self.state, timeout))
        except TimeoutError:
            raise timeout_of(self, timeout) from None
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(ending_note([self.id]))
            raise
        return self._finished()

    def __await__(self) -> Generator[Any, None, Job]:
        return self._awaited().__await__()

    async def _awaited(self) -> Job:
        if self._is_over():
            return self._finished()
        client = self._client()
        with logged_cancellation([self.state]):
            async with live(JobWait(self.state), None, client.config.progress):
                waiting = client.runtime.start(client.session.wait(self.state, None))
                await asyncio.wrap_future(waiting)
        return self._finished()

    def refresh(self) -> Job:
        self._require_started()
        client = self._client()
        client.runtime.run(client.session.refresh(self.state))
        return self

    def watch(self, callback: Callable[[Job], object]) -> Callable[[], None]:
        require_plain(callback, "The callback")
        client = self._client()
        stop = self.state.watch(lambda: client.runtime.call_soon(lambda: callback(self)))
        client.runtime.call_on_loop(lambda: client.session.follow(self.state))
        return stop

    def download(
        self, folder: str | Path | None = None, *, progress: Progress | bool | None = None
    ) -> list[Path]:
        shown, call = split_progress(progress)
        require_plain(call)
        self._require_started()
        if self.task is None:
            self.refresh()
        videos = self.videos
        if not videos:
            raise no_videos(self)
        if all(video.kept is not None for video in videos):
            return [video.save(target_in(folder, video)) for video in videos]
        client = self._client()
        bytes_of = Download.of(videos, client.runtime.in_callback_thread(call))
        with live(bytes_of, shown, client.config.progress):
            return client.runtime.run(save_all(client.session, videos, folder, bytes_of.counter))

    def _client(self) -> Client:
        return require_client(self.client, self.id)

    def _video(self, index: int) -> Video:
        return Video(self.client, self.state, index)

    def _submit(self, request: Request, reuse: Reuse | None, take: int) -> Job:
        return self._client().submit(request, reuse=reuse, take=take)


def require_client(client: Client | None, job_id: str) -> Client:
    """Return the client of a job.

    Raises:
        LegnextError: It was read from a library and belongs to none.
    """
    if client is None:
        raise LegnextError(
            f"Job {job_id} was read from a library and has no client. To ask the service, "
            f'use client.job("{job_id}").'
        )
    return client

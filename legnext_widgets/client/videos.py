"""Define the handles of videos once, for both clients, and where their files are saved."""

from __future__ import annotations

import asyncio
import os
import re
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, NoReturn, cast

from legnext_widgets.client.api.urls import expiry_of, without_query
from legnext_widgets.client.progress.report import quoted
from legnext_widgets.environment import to_thread
from legnext_widgets.files import copy_atomic, expand_user, fit_name

from .display import html
from .display.bundles import card_bundle
from .errors import DownloadError
from .marks.marked import Marked
from .twin import Twin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from legnext_widgets.client.api.validation import VideoNo
    from legnext_widgets.client.media.containers import Flaw
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.partial_file import Progress
    from legnext_widgets.client.session.session import Session

    from .display.bundles import MimeBundle


class VideoHandle(Twin, Marked, ABC):
    """One video of a job.

    Attributes:
        index: Its number, from 0; what extending and upscaling take as `video_no`.
        state: The job's state in the client's session; for integrators.
    """

    def __init__(self, state: JobState, index: int) -> None:
        self.state = state
        self.index = cast("VideoNo", index)

    @property
    def job_id(self) -> str:
        """Id of the job that made it."""
        return self.state.id

    @property
    def prompt(self) -> str:
        """The words that its job was made from, without link and options."""
        return self.state.prompt

    @property
    def kept(self) -> Path | None:
        """Its file on this machine, when the library has kept it and it is there, undamaged."""
        return self.state.kept_file(self.index)

    @property
    def url(self) -> str | None:
        """Its link as last given by the service, which may have expired; None without one."""
        urls = self.state.task.output.video_urls if self.state.task else []
        return urls[self.index] if self.index < len(urls) else None

    @property
    def expires_at(self) -> datetime | None:
        """Until when the link works (aware UTC), by its `Expires` parameter; None without one."""
        return expiry_of(self.url)

    @property
    def expired(self) -> bool:
        """Whether the link is known to have expired. Saving and reading renew it by themselves."""
        moment = self.expires_at
        now = datetime.now(UTC) + timedelta(seconds=self.state.skew)
        return moment is not None and moment <= now

    def _mark_index(self) -> int | None:
        return self.index

    @abstractmethod
    def save(self, path: str | Path, *, progress: Progress | bool | None = None) -> object:
        """Write the MP4 to disk, whole or not at all.

        A file that the library has kept is copied; else the video is fetched, with a fresh link
        where the known one has expired.

        Args:
            path: A file name, or an existing folder (or a path that ends in a separator) for a file
                named after job and number.
            progress: Whether a line shows the bytes, as for `Client`; or a callable, called with
                the bytes so far and in all (None when unknown).

        Returns:
            The path of the file.

        Raises:
            DownloadError: It could not be fetched or written. The job is not affected.
        """

    @abstractmethod
    def read(self) -> object:
        """Give the MP4 as bytes: the file that the library has kept, or fetched.

        Raises:
            DownloadError: It could not be fetched. The job is not affected.
        """

    @property
    @abstractmethod
    def info(self) -> object:
        """Size, length, frame rate, and whether there is sound; needs extra `frames`.

        Raises:
            DownloadError: It could not be fetched.
        """

    @abstractmethod
    def frame(self, at: float = -1) -> object:
        """Give one frame, with the colours that browsers show; needs extra `frames`.

        It can be animated again: `client.video_diffusion("And then", image=video.frame())`.

        Args:
            at: Seconds from the start; -1 for the last frame.

        Returns:
            An image of Pillow.

        Raises:
            ValueError: The clip is shorter, or `at` is negative and not -1.
            DownloadError: It could not be fetched.
        """

    @abstractmethod
    def frames(
        self, every: float | None = None, size: int | tuple[int, int] | None = None
    ) -> object:
        """Give the frames one after the other, each decoded when it is needed.

        Args:
            every: Seconds between frames; None for each frame of the clip.
            size: Width in pixels, or width and height; None for that of the clip.

        Returns:
            An iterator of numpy arrays, height x width x 3, red, green and blue of 8 bits.

        Raises:
            ValueError: An argument is outside its limits.
            DownloadError: It could not be fetched.
        """

    @abstractmethod
    def to_gif(self, path: str | Path, *, width: int = 480, fps: float = 12) -> object:
        """Write an animated GIF; needs extra `frames`.

        Args:
            path: A file name, or an existing folder for a file named after job and number.
            width: Pixels, at most those of the clip.
            fps: Frames a second.

        Returns:
            The path of the file.

        Raises:
            ValueError: An argument is outside its limits.
            DownloadError: It could not be fetched.
        """

    @abstractmethod
    def to_webp(self, path: str | Path, *, width: int = 480, fps: float = 12) -> object:
        """Write an animated WebP, a fifth of a GIF's size; needs extra `frames`.

        Args:
            path: A file name, or an existing folder for a file named after job and number.
            width: Pixels, at most those of the clip.
            fps: Frames a second.

        Returns:
            The path of the file.

        Raises:
            ValueError: An argument is outside its limits.
            DownloadError: It could not be fetched.
        """

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VideoHandle):
            return NotImplemented
        return (self.job_id, self.index) == (other.job_id, other.index)

    def __hash__(self) -> int:
        return hash((self.job_id, self.index))

    def __repr__(self) -> str:
        of = f"{words}," if (words := quoted(self.prompt)) else "job"
        gone = ", deleted" if self.state.marks.is_deleted(self.index) else ""
        return f"<{type(self).__name__} {self.index} of {of} {self.job_id[:8]}{gone}>"

    def _repr_html_(self) -> str:
        return html.video(self)

    def _repr_mimebundle_(self, **_: object) -> MimeBundle:
        shown = f"<code>{escape(repr(self))}</code>"
        return card_bundle([self], text=repr(self), line=shown, static=html.video(self))

    def __reduce__(self) -> NoReturn:
        raise TypeError("A video belongs to its client. Keep its job_id and index instead.")


def target_of(video: VideoHandle, path: str | Path, suffix: str | None = None) -> Path:
    """Give the file for a path; a folder gets a file named after job and number.

    Args:
        video: The video.
        path: The path.
        suffix: Of the file in a folder; None for the one in the video's link.
    """
    target = expand_user(path)
    # `Path.is_dir` raises where a name is too long.
    if os.path.isdir(target) or str(path).endswith(("/", "\\")):  # noqa: PTH112
        if suffix is not None:
            return target / file_name(video.job_id, video.index, suffix)
        return target_in(target, video)
    return fit_name(target)


def target_in(folder: str | Path | None, video: VideoHandle) -> Path:
    """Give the file for a video in a folder. Only a usual file type is taken from its link."""
    name = file_name(video.job_id, video.index, suffix_of(video.url, ".mp4"))
    return expand_user(folder or ".") / name


def link_of(video: VideoHandle) -> Callable[[], str | None]:
    """Give a function that reads the link of a video as last known."""
    return lambda: video.url


def copied(file: Path, target: Path) -> Path:
    """Copy a kept clip, whole or not at all.

    Raises:
        DownloadError: It could not be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_atomic(file, target)
    except OSError as error:
        raise DownloadError(f"Cannot write {target}: {error.strerror or error}.") from error
    return target


def kept_bytes(file: Path) -> bytes:
    """Read a kept clip.

    Raises:
        DownloadError: It could not be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise DownloadError(f"Cannot read {file}: {error.strerror or error}.") from error


async def saved(
    session: Session, video: VideoHandle, target: Path, progress: Progress | None
) -> Path:
    """Write the file of a video: copied where the library has kept it, else fetched.

    Raises:
        DownloadError: It could not be fetched or written.
    """
    flaw = await to_thread(video.state.kept_flaw, video.index)
    kept = None if flaw else video.state.kept.get(video.index)
    if kept is not None:
        return await to_thread(copied, kept, target)
    if flaw is not None:
        session.repair(video.state, video.index)
    try:
        return await session.save(video.state, link_of(video), target, progress)
    except DownloadError as error:
        raise _with_damage(flaw, error) from error


async def fetched(session: Session, video: VideoHandle) -> bytes:
    """Fetch a video that is not kept, or whose kept file is damaged.

    Raises:
        DownloadError: It could not be fetched.
    """
    flaw = await to_thread(video.state.kept_flaw, video.index)
    if flaw is not None:
        session.repair(video.state, video.index)
    try:
        return await session.read(video.state, link_of(video))
    except DownloadError as error:
        raise _with_damage(flaw, error) from error


def _with_damage(flaw: Flaw | None, error: DownloadError) -> DownloadError:
    """Say in an error that there was a kept file, but a damaged one."""
    if flaw is None:
        return error
    return DownloadError(
        f"The kept file of this clip is damaged ({flaw.reason}), and could not be fetched anew: "
        f"{error.message}"
    )


async def all_saved(
    session: Session,
    videos: Iterable[VideoHandle],
    folder: str | Path | None,
    counter: Callable[[int], Progress],
) -> list[Path]:
    """Save videos into a folder; every download ends before the first error is raised.

    Args:
        session: Fetches them.
        videos: The videos.
        folder: Where to; None for the current folder.
        counter: Gives what is called with the bytes of a video, by its number.

    Raises:
        DownloadError: One could not be fetched or written.
    """
    saving = [
        asyncio.ensure_future(saved(session, video, target_in(folder, video), counter(video.index)))
        for video in videos
    ]
    await asyncio.gather(*saving, return_exceptions=True)
    return [save.result() for save in saving]


def file_name(job_id: str, index: int, suffix: str) -> str:
    """Make a safe file name for a file of a job from any link."""
    safe = re.sub(r"[^0-9A-Za-z_-]", "_", job_id)[:64] or "job"
    return f"{safe}_{index}{suffix}"


def suffix_of(url: str | None, default: str) -> str:
    """Read the file type in a link, if it is a usual one for media."""
    match = re.search(
        r"\.(mp4|webm|mov|png|jpe?g|webp|gif)$", without_query(url or ""), re.IGNORECASE
    )
    return f".{match[1].lower()}" if match else default

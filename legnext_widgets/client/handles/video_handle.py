"""Define the handles of videos once, for both clients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING, NoReturn, cast

from legnext_widgets.client.api.urls import expiry_of
from legnext_widgets.client.display import html
from legnext_widgets.client.display.bundles import card_bundle
from legnext_widgets.client.marks.markable import Markable
from legnext_widgets.client.progress.report import quoted
from legnext_widgets.client.twin import Twin

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from legnext_widgets.client.api.validation import VideoNo
    from legnext_widgets.client.display.bundles import MimeBundle
    from legnext_widgets.client.session.files.partial_file import Progress
    from legnext_widgets.client.session.job_state import JobState


class VideoHandle(Twin, Markable, ABC):
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
        task = self.state.task
        return task is not None and task.output.has_expired(self.url, self.state.service_time())

    def _mark_index(self) -> int | None:
        return self.index

    @abstractmethod
    def save(self, path: str | Path, *, progress: Progress | bool | None = None) -> object:
        """Write the MP4 to disk, whole or not at all.

        A file that the library has kept is copied; else the video is fetched, with a fresh link
        where the known one has expired. Missing folders are created.

        Args:
            path: A file name, or an existing folder (or a path that ends in a separator) for a file
                named after job and number.
            progress: Whether a line shows the bytes, as for `Client`; or a callable, called with
                the bytes so far and in all (None when unknown).

        Returns:
            The path of the file.

        Raises:
            DownloadError: It could not be fetched or written. The job is not affected.
            LegnextError: The job is one of a library that has not kept the clip.
        """

    @abstractmethod
    def read(self) -> object:
        """Return the MP4 as bytes: the file that the library has kept, or fetched.

        Raises:
            DownloadError: It could not be fetched. The job is not affected.
            LegnextError: The job is one of a library that has not kept the clip.
        """

    @property
    @abstractmethod
    def info(self) -> object:
        """Size, length, frame rate, and whether there is sound; needs extra `frames`.

        Raises:
            DownloadError: It could not be fetched.
            LegnextError: The library has not kept the clip, extra `frames` is not installed, or the
                clip cannot be decoded.
        """

    @abstractmethod
    def frame(self, at: float = -1) -> object:
        """Return one frame, with the colours that browsers show; needs extra `frames`.

        It can be animated again: `client.video_diffusion("And then", image=video.frame())`.

        Args:
            at: Seconds from the start; -1 for the last frame.

        Returns:
            An image of Pillow.

        Raises:
            ValueError: The clip is shorter, or `at` is negative and not -1.
            DownloadError: It could not be fetched.
            LegnextError: The library has not kept the clip, extra `frames` is not installed, or the
                clip cannot be decoded.
        """

    @abstractmethod
    def frames(
        self, every: float | None = None, size: int | tuple[int, int] | None = None
    ) -> object:
        """Return the frames one after the other, each decoded when it is needed.

        Args:
            every: Seconds between frames, more than 0; None for each frame of the clip.
            size: Width in pixels, or width and height, 1 to 8192 each; None for that of the clip.

        Returns:
            An iterator of numpy arrays, height x width x 3, red, green and blue of 8 bits.

        Raises:
            ValueError: An argument is outside its limits.
            DownloadError: It could not be fetched.
            LegnextError: The library has not kept the clip, extra `frames` is not installed, or the
                clip cannot be decoded.
        """

    @abstractmethod
    def to_gif(self, path: str | Path, *, width: int = 480, fps: float = 12) -> object:
        """Write an animated GIF; needs extra `frames`.

        Args:
            path: A file name, or an existing folder for a file named after job and number.
            width: Pixels, 1 or more; not more than those of the clip are used.
            fps: Frames a second, more than 0; not more than 50 are used, as browsers show no more.

        Returns:
            The path of the file.

        Raises:
            ValueError: An argument is outside its limits.
            DownloadError: It could not be fetched.
            LegnextError: The library has not kept the clip, extra `frames` is not installed, or the
                clip cannot be decoded, or the file cannot be written.
        """

    @abstractmethod
    def to_webp(self, path: str | Path, *, width: int = 480, fps: float = 12) -> object:
        """Write an animated WebP, a fifth of a GIF's size; needs extra `frames`.

        Args:
            path: A file name, or an existing folder for a file named after job and number.
            width: Pixels, 1 or more; not more than those of the clip are used.
            fps: Frames a second, more than 0; not more than 50 are used, as browsers show no more.

        Returns:
            The path of the file.

        Raises:
            ValueError: An argument is outside its limits.
            DownloadError: It could not be fetched.
            LegnextError: The library has not kept the clip, extra `frames` is not installed, or the
                clip cannot be decoded, or the file cannot be written.
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
        raise TypeError(
            "A video belongs to its client, so it cannot be pickled. Keep its job_id and index."
        )

"""Save videos: where their files go, copied where the library has kept them, else fetched."""

from __future__ import annotations

import asyncio
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from legnext_widgets.client.errors import DownloadError
from legnext_widgets.client.redaction import without_query
from legnext_widgets.environment import to_thread
from legnext_widgets.files import copy_atomic, expand_user, fit_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from legnext_widgets.client.media.containers import Flaw
    from legnext_widgets.client.session.files.partial_file import Progress
    from legnext_widgets.client.session.session import Session

    from .video_handle import VideoHandle


def target_of(video: VideoHandle, path: str | Path, suffix: str | None = None) -> Path:
    """Return the file for a path; a folder gets a file named after job and number.

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
    """Return the file for a video in a folder. Only a usual file type is taken from its link."""
    name = file_name(video.job_id, video.index, suffix_of(video.url, ".mp4"))
    return expand_user(folder or ".") / name


def copy_kept(file: Path, target: Path) -> Path:
    """Copy a kept clip, whole or not at all.

    Raises:
        DownloadError: It could not be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_atomic(file, target)
    except OSError as error:
        raise DownloadError(
            f"Cannot write {target}: {error.strerror or error}.", unwritten=True
        ) from error
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


async def save_video(
    session: Session, video: VideoHandle, target: Path, progress: Progress | None
) -> Path:
    """Write the file of a video: copied where the library has kept it, else fetched.

    Raises:
        DownloadError: It could not be fetched or written.
    """
    kept, flaw = await _kept(session, video)
    if kept is not None:
        return await to_thread(copy_kept, kept, target)
    with _mention_damage(flaw):
        return await session.save(video.state, lambda: video.url, target, progress)


async def read_video(session: Session, video: VideoHandle) -> bytes:
    """Read a video: from its kept file, else fetched.

    Raises:
        DownloadError: It could not be fetched or read.
    """
    kept, flaw = await _kept(session, video)
    if kept is not None:
        return await to_thread(kept_bytes, kept)
    with _mention_damage(flaw):
        return await session.read(video.state, lambda: video.url)


async def _kept(session: Session, video: VideoHandle) -> tuple[Path | None, Flaw | None]:
    """Return the kept file of a video, or what is wrong with it; a damaged one is kept again."""
    flaw = await to_thread(video.state.kept_flaw, video.index)
    if flaw is None:
        return video.state.kept.get(video.index), None
    session.repair(video.state, video.index)
    return None, flaw


@contextmanager
def _mention_damage(flaw: Flaw | None) -> Iterator[None]:
    """State in an error that there was a kept file, but a damaged one."""
    try:
        yield
    except DownloadError as error:
        if flaw is None:
            raise
        raise DownloadError(
            f"The kept file of this clip is damaged ({flaw.reason}), and the clip could "
            f"not be downloaded again: {error.message}",
            unwritten=error.unwritten,
        ) from error


async def save_all(
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
        asyncio.ensure_future(
            save_video(session, video, target_in(folder, video), counter(video.index))
        )
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

"""Where the files of clips go when people save them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.session.downloads import Progress, file_name, suffix_of
from legnext_widgets.environment import to_thread
from legnext_widgets.files import copy_atomic

from .errors import DownloadError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from legnext_widgets.client.session.session import Session

    from .handles import VideoHandle


def target_of(video: VideoHandle, path: str | Path) -> Path:
    """The file a path stands for; a folder gets a file named after job and number."""
    target = Path(path).expanduser()
    if target.is_dir() or str(path).endswith(("/", "\\")):
        return folder_target(video, target)
    return target


def folder_target(video: VideoHandle, folder: str | Path | None) -> Path:
    """The file for a video in a folder. Nothing of its link but a usual file type is used."""
    name = file_name(video.job_id, video.index, suffix_of(video.url, ".mp4"))
    return Path(folder or ".").expanduser() / name


def link_of(video: VideoHandle) -> Callable[[], str | None]:
    """Asks a video for its link, as last known, each time it is called."""
    return lambda: video.url


async def saved(
    session: Session, video: VideoHandle, target: Path, progress: Progress | None
) -> Path:
    """Writes a video's file: the one that is kept here, else fetched.

    Raises:
        DownloadError: It could not be fetched or written.
    """
    kept = video.kept
    if kept is not None:
        return await to_thread(copied, kept, target)
    return await session.save(video.state, link_of(video), target, progress)


async def all_saved(saves: Iterable[Coroutine[Any, Any, Path]]) -> list[Path]:
    """Lets every download come to its end before the first error is raised."""
    saving = [asyncio.ensure_future(save) for save in saves]
    await asyncio.gather(*saving, return_exceptions=True)
    return [save.result() for save in saving]


def copied(file: Path, target: Path) -> Path:
    """Copies a kept clip, whole or not at all.

    Raises:
        DownloadError: It could not be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_atomic(file, target)
    except OSError as error:
        raise DownloadError(f"Cannot write {target}: {error.strerror or error}.") from error
    return target

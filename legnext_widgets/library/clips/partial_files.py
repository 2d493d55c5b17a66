"""Unfinished files of clips and posters: their names, and the removal of abandoned ones."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from legnext_widgets import files
from legnext_widgets.library import paths

from . import clip_paths

if TYPE_CHECKING:
    from pathlib import Path

    from legnext_widgets.library.db.process_lock import ProcessLock


class PartialFiles:
    """The unfinished files of one library.

    Args:
        folder: The library's folder.
        process: The lock of this process, by which others see whether it lives.
    """

    def __init__(self, folder: Path, process: ProcessLock) -> None:
        self._folder = folder / clip_paths.PARTIAL
        self._process = process
        self._cleaned = False

    def path(self, suffix: str) -> Path:
        """Compose the path of a new file, which shows the process that writes it.

        Raises:
            OSError: The disk refuses the folder.
        """
        self._folder.mkdir(mode=paths.FOLDER_MODE, parents=True, exist_ok=True)
        return self._folder / f"{self._process.acquire()}.{uuid.uuid4().hex}{suffix}"

    def remove_stale(self) -> None:
        """Delete the files of processes that died; once, later calls do nothing."""
        if self._cleaned:
            return
        self._cleaned = True
        for path in self._folder.glob("*.*"):
            with suppress(OSError):
                age = time.time() - path.stat().st_mtime
                # A downloader may put a dot before the name and more behind it.
                process = path.name.lstrip(".").split(".")[0]
                if age > clip_paths.STALE_SECONDS or not self._process.is_alive(process):
                    path.unlink()


def move_into_place(partial_file: Path, target: Path) -> None:
    """Move a complete file to its final name.

    Raises:
        OSError: The disk refuses; then nothing has the final name.
    """
    partial_file.chmod(paths.FILE_MODE)
    paths.make_private_below(target.parent, clip_paths.CLIP_FOLDERS)
    files.move_into_place(partial_file, target)

"""A folder of this machine for the locks of libraries on drives whose locks cannot be trusted.

Most often the processes that share a library on a network drive run on one machine: the kernel of
a notebook and the kernel that replaces it. On their machine's own disk they see each other's locks.
"""

from __future__ import annotations

import os
import stat
import tempfile
import uuid
from functools import cache
from pathlib import Path
from typing import NamedTuple

from legnext_widgets.library.paths import FOLDER_MODE

from .mounts import is_local_drive

_MARK = "machine-"


class MachineLocks(NamedTuple):
    """Where processes of this machine and user keep their locks.

    Attributes:
        folder: The folder, which only this user can open.
        mark: A name for the folder that no other machine has.
    """

    folder: Path
    mark: str

    def has_mark(self, mark: str) -> bool:
        """Whether a mark is one of this folder; two processes that began at once gave it two."""
        return mark == self.mark or (self.folder / f"{_MARK}{mark}").exists()


@cache
def machine_locks() -> MachineLocks | None:
    """Find the folder in this machine's folder for temporary files, or make it.

    Returns:
        None where there is no such folder that belongs to this machine and this user alone.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0  # on Windows each user has a folder
    try:
        folder = Path(tempfile.gettempdir()) / f"legnext-widgets-{user}"
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        found = folder.lstat()
        private = not hasattr(os, "getuid") or (
            found.st_uid == user and not stat.S_IMODE(found.st_mode) & 0o077
        )
        if not (stat.S_ISDIR(found.st_mode) and private and is_local_drive(folder)):
            return None
        marks = sorted(path.name for path in folder.glob(f"{_MARK}*"))
        if not marks:
            marks = [f"{_MARK}{uuid.uuid4().hex}"]
            (folder / marks[0]).touch()
        return MachineLocks(folder, marks[0].removeprefix(_MARK))
    except OSError:
        return None

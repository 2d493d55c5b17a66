"""Which processes are alive: whose attempts are still under way, and whose nobody will finish."""

from __future__ import annotations

import os
import threading
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from legnext_widgets.library.paths import FILE_MODE, FOLDER_MODE

from .file_lock import FileLock, Timeout

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_FLIGHT = 15 * 60.0
"""Seconds after which an attempt without an outcome is called uncertain, whoever made it."""

OLD_LOCK = 24 * 3600.0
"""Seconds after which the lock file of a process is looked at: those that died leave theirs."""

LOCKED = "lock-"
UNLOCKED = "time-"
CLAIM = "clip-"
"""Begins the names of the locks under which clips are fetched."""


class Session:
    """One open library. It holds a file lock that the system drops when the process dies.

    Args:
        folder: Where the lock files lie, or None where locks cannot be trusted; then only the age
            of an attempt tells whether its process may still be alive.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.name = f"{UNLOCKED}{uuid.uuid4().hex}"
        self._lock: FileLock | None = None
        self._beginning = threading.Lock()

    def begin(self) -> str:
        """Take the lock, once.

        Returns:
            The name under which attempts of this session are noted.
        """
        with self._beginning:
            if self._lock is None and self.folder is not None:
                self._take_lock(self.folder)
            return self.name

    def _take_lock(self, folder: Path) -> None:
        name = f"{LOCKED}{uuid.uuid4().hex}"
        try:
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            # Taken by whoever writes first, given back by whoever closes the library.
            lock = FileLock(folder / name, mode=FILE_MODE, thread_local=False)
            lock.acquire(blocking=False)
        except (OSError, NotImplementedError, Timeout):
            self.folder = None
        else:
            self.name, self._lock = name, lock
            remove_old_locks(folder)

    def end(self) -> None:
        """Give the lock back: what this session left open is uncertain from now on."""
        lock, self._lock = self._lock, None
        if lock is None or self.folder is None:
            return
        path = self.folder / self.name
        lock.release(force=True)
        path.unlink(missing_ok=True)
        self.name = f"{UNLOCKED}{uuid.uuid4().hex}"

    def after_fork(self) -> None:
        """In a forked child: leave the lock to the parent.

        Before version 4, filelock gave back the parent's lock when the child's copy went away.
        """
        context = getattr(self._lock, "_context", None)
        inherited = getattr(context, "lock_file_fd", None)
        if context is not None and inherited is not None:
            with suppress(OSError):
                os.close(inherited)
            context.lock_file_fd = None
        self._lock = None

    def may_be_working(self, name: str, age: float) -> bool:
        """Tell whether the session that made an attempt may still learn its outcome.

        Args:
            name: The session noted with the attempt.
            age: Seconds since the attempt began.

        Returns:
            False when its process is gone, or when no request can take that long.
        """
        return age <= LONGEST_FLIGHT and self.is_alive(name)

    def is_alive(self, name: str) -> bool:
        """Tell whether a session is open somewhere; true where nobody can tell."""
        if name == self.name:
            return True
        if not name.startswith(LOCKED) or self.folder is None:
            return name.startswith((UNLOCKED, LOCKED))
        return is_held(self.folder / name)


def remove_old_locks(folder: Path) -> None:
    """Remove what sessions that died left in the folder of locks."""
    for path in [*folder.glob(f"{LOCKED}*"), *folder.glob(f"{CLAIM}*")]:
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > OLD_LOCK:
                is_held(path)


def is_held(path: Path) -> bool:
    """Tell whether some process holds the lock of a session.

    Args:
        path: The lock file; that of an ended session is removed.

    Returns:
        Whether the session lives.
    """
    if not path.exists():
        return False
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return path.exists()
    # Removed while held, so that nobody who looks at the same time takes this look for life.
    # Windows does not remove an open file.
    with suppress(OSError):
        path.unlink(missing_ok=True)
    lock.release(force=True)
    return False

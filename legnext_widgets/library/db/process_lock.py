"""Show that a process lives by a file lock that the system drops when the process dies.

So another process can distinguish an attempt under way from one that will never be completed.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
import uuid
import warnings
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

from legnext_widgets.library.paths import FILE_MODE, FOLDER_MODE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from filelock import BaseFileLock

    from .machine_locks import MachineLocks

MAX_ATTEMPT_SECONDS = 15 * 60.0
"""An older attempt without an outcome counts as uncertain, even if its process lives."""

OLD_LOCK_SECONDS = 24 * 3600.0
"""Age from which a lock file is checked: a process that died leaves its file."""

EXCLUSIVE_SECONDS = 30.0
CLAIM_POLL_SECONDS = 0.1

_LOCKED = "lock-"
_UNLOCKED = "time-"
_CLAIM = "clip-"


class ProcessLock:
    """The lock of one open library.

    Args:
        folder: The folder of lock files. None where locks cannot be trusted, as on a network drive;
            the lock is in a folder of this machine then, and only the age of an attempt shows
            whether a process of another machine may still work on it.

    Attributes:
        name: The name by which attempts of this process are recorded.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.name = _new_name(_UNLOCKED)
        self._lock: BaseFileLock | None = None
        self._file: Path | None = None
        self._acquiring = threading.Lock()

    def acquire(self) -> str:
        """Take the lock, once.

        Returns:
            The name by which attempts are to be recorded.
        """
        with self._acquiring:
            if self._lock is not None:
                return self.name
            if self.folder is not None and not self._take_lock(self.folder, _new_name(_LOCKED)):
                self.folder = None
            if self.folder is None and (machine := _machine_locks()) is not None:
                self._take_lock(machine.folder, _new_name(f"{_UNLOCKED}{machine.mark}-"))
            return self.name

    def _take_lock(self, folder: Path, name: str) -> bool:
        try:
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            lock = _file_lock(folder / name)
            lock.acquire(blocking=False)
        except (OSError, NotImplementedError):
            return False
        self.name, self._lock, self._file = name, lock, folder / name
        _remove_old_locks(folder)
        return True

    def release(self) -> None:
        """Release the lock: attempts without an outcome are uncertain from now on."""
        lock, path = self._lock, self._file
        self._lock = self._file = None
        if lock is None or path is None:
            return
        lock.release(force=True)
        with suppress(OSError):  # Windows, while another process looks at it
            path.unlink(missing_ok=True)
        self.name = _new_name(_UNLOCKED)

    def after_fork(self) -> None:
        """In a forked child, leave the lock to the parent and start again.

        Before version 4, filelock released the parent's lock when the child's copy was collected.
        """
        context = getattr(self._lock, "_context", None)
        inherited = getattr(context, "lock_file_fd", None)
        if context is not None and inherited is not None:
            with suppress(OSError):
                os.close(inherited)
            context.lock_file_fd = None
        self._lock = self._file = None
        self._acquiring = threading.Lock()
        self.name = _new_name(_UNLOCKED)

    def may_be_working(self, name: str, age: float) -> bool:
        """Check whether the process that made an attempt may still learn its outcome.

        Args:
            name: The name recorded with the attempt.
            age: Seconds since the attempt began.

        Returns:
            False when the process is gone, or when no request can take that long.
        """
        return age <= MAX_ATTEMPT_SECONDS and self.is_alive(name)

    def is_alive(self, name: str) -> bool:
        """Check whether the process of a name lives; true where that cannot be known."""
        if name == self.name:
            return True
        if name.startswith(_LOCKED) and self.folder is not None:
            return _is_held(self.folder / name)
        mark, _, rest = name.removeprefix(_UNLOCKED).partition("-")
        if name.startswith(_UNLOCKED) and rest:
            machine = _machine_locks()
            if machine is not None and machine.has_mark(mark):
                return _is_held(machine.folder / name)
        return name.startswith((_UNLOCKED, _LOCKED))

    @asynccontextmanager
    async def claim(self, name: str) -> AsyncIterator[None]:
        """Let one process at a time do some work, such as fetching a clip.

        Where locks cannot be trusted, several may do it at once.

        Args:
            name: A file name for the work.
        """
        if self.folder is None:
            yield
            return
        path = self.folder / f"{_CLAIM}{name}"
        # A lock object for each claim, so that claims within one thread exclude each other too.
        lock = _file_lock(path)
        held = False
        try:
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            while not held:
                try:
                    lock.acquire(blocking=False)
                    held = True
                except TimeoutError:
                    await asyncio.sleep(CLAIM_POLL_SECONDS)
                except (OSError, NotImplementedError):
                    break
            yield
        finally:
            if held:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                lock.release(force=True)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Keep every other process out of the block, for 30 s at most.

    On a drive without locks, or when another process holds the lock for longer, the block runs all
    the same: it must consist of atomic steps.

    Args:
        path: The lock file.
    """
    lock = _file_lock(path, timeout=EXCLUSIVE_SECONDS)
    try:
        lock.acquire()
    except (OSError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        lock.release(force=True)


def _file_lock(path: Path, timeout: float = -1) -> BaseFileLock:
    """Make a lock on a file. Reading a library needs none, so it is loaded with the first lock.

    Args:
        path: The file.
        timeout: Seconds after which taking it raises TimeoutError; negative for never.
    """
    with warnings.catch_warnings():
        # In a browser there are only soft locks, which do for the one process there.
        warnings.filterwarnings("ignore", "only soft file lock is available", UserWarning)
        from filelock import FileLock

    # One thread takes it, any other may release it.
    return FileLock(path, timeout=timeout, mode=FILE_MODE, thread_local=False)


def _machine_locks() -> MachineLocks | None:
    from .machine_locks import machine_locks  # for network drives alone

    return machine_locks()


def _new_name(prefix: str) -> str:
    return f"{prefix}{uuid.uuid4().hex}"


def _remove_old_locks(folder: Path) -> None:
    """Remove the lock files of processes that died."""
    kinds = (_LOCKED, _UNLOCKED, _CLAIM)
    for path in [path for kind in kinds for path in folder.glob(f"{kind}*")]:
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > OLD_LOCK_SECONDS:
                _is_held(path)


def _is_held(path: Path) -> bool:
    """Check whether a process holds a lock file; one that is not held is removed."""
    if not path.exists():
        return False
    lock = _file_lock(path)
    try:
        lock.acquire(blocking=False)
    except TimeoutError:
        return True
    except (OSError, NotImplementedError):
        return path.exists()
    # Removed while held, so that another process that looks at the same time does not take this
    # look for a sign of life. Windows does not remove an open file.
    with suppress(OSError):
        path.unlink(missing_ok=True)
    lock.release(force=True)
    return False

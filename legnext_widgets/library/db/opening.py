"""How a journal file is made, prepared and connected to on each kind of disk."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from legnext_widgets import files
from legnext_widgets.library import paths

from . import schema
from .file_lock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator

JOURNAL = "journal.sqlite3"
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite may lay beside a database."""

BUSY_SECONDS = 10.0
LOCK_SECONDS = 30.0

# Autocommit: the transactions here are written out. The locks around each use make it safe for
# a connection to serve several threads.
CONNECTING: dict[str, Any] = {
    "isolation_level": None,
    "check_same_thread": False,
    "timeout": BUSY_SECONDS,
}


class Opening:
    """Opens the journal of one folder.

    Args:
        folder: An absolute path.
        network: Whether it lies on a network drive.
    """

    def __init__(self, folder: Path, *, network: bool) -> None:
        self.folder = folder
        self.network = network
        self.without_locks = False
        self._locks_tried = False

    @property
    def path(self) -> Path:
        """The journal file."""
        return self.folder / JOURNAL

    def check_writable(self) -> None:
        """Find out early what SQLite would say at the first write only.

        Raises:
            PermissionError: When the folder or the journal may only be read.
        """
        for place in (self.folder, self.path):
            if place.exists() and not os.access(place, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))

    def connect(self, path: Path) -> sqlite3.Connection:
        """Connect to a file that exists.

        Args:
            path: The journal, or one in the making.

        Returns:
            A connection for one use at a time, by any thread.
        """
        options = "mode=rw" + ("&nolock=1" if self.without_locks else "")
        return configured(sqlite3.connect(f"{uri_of(path)}?{options}", uri=True, **CONNECTING))

    def prepare(self) -> bool:
        """See to it that the journal exists in its newest form.

        Returns:
            Whether full text search is available.

        Raises:
            schema.NewerJournalError: When a newer version wrote it.
            schema.ForeignDatabaseError: When it is another program's.
            sqlite3.Error: When it cannot be read or written.
            OSError: When it cannot be made.
        """
        if self.network and not self._locks_tried:
            self.without_locks = not locks_work(self.folder)
            self._locks_tried = True
        if self._is_ready():
            return self._finds_words()
        with self.folder_lock():
            if not self.path.exists():
                self.create()
            connection = self.connect(self.path)
            try:
                if schema.version_of(connection) < schema.SCHEMA_VERSION:
                    schema.migrate(connection)
                self._choose_mode(connection)
                schema.add_full_text(connection)
            finally:
                connection.close()
        return self._finds_words()

    def create(self, fill: Any = None) -> None:
        """Make a new journal, visible under its name only when it is complete.

        Args:
            fill: A function that writes the first entries through a connection, or None.
        """
        making = self.folder / f"journal-{uuid.uuid4().hex}.making"
        os.close(os.open(making, os.O_CREAT | os.O_EXCL | os.O_RDWR, paths.FILE_MODE))
        try:
            connection = self.connect(making)
            try:
                schema.migrate(connection)
                schema.add_full_text(connection)
                if fill is not None:
                    fill(connection)
                self._choose_mode(connection)
            finally:
                connection.close()
            making.replace(self.path)
        except BaseException:
            for ending in ("", *COMPANIONS):
                with suppress(OSError):
                    Path(f"{making}{ending}").unlink()
            raise
        files.sync_folder(self.folder)

    @contextmanager
    def folder_lock(self) -> Iterator[None]:
        """Hold off every other process that makes, changes or sets aside the journal.

        A drive without locks, or one that another process blocks for long, is used all the same:
        what happens under this lock is rare and made of atomic steps.
        """
        lock = FileLock(
            self.folder / "journal.lock",
            timeout=LOCK_SECONDS,
            mode=paths.FILE_MODE,
            thread_local=False,
        )
        try:
            lock.acquire()
        except (OSError, NotImplementedError, Timeout):
            yield
            return
        try:
            yield
        finally:
            lock.release(force=True)

    def _is_ready(self) -> bool:
        if not self.path.exists():
            return False
        connection = self.connect(self.path)
        try:
            if schema.version_of(connection) < schema.SCHEMA_VERSION:
                return False
            mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
            return bool((mode == "wal") != self.network)
        finally:
            close_quietly(connection)

    def _choose_mode(self, connection: sqlite3.Connection) -> None:
        mode = "DELETE" if self.network else "WAL"
        # Somebody else who has it open keeps the old mode alive; it is tried again next time.
        with suppress(sqlite3.OperationalError):
            connection.execute(f"PRAGMA journal_mode = {mode}")

    def _finds_words(self) -> bool:
        connection = self.connect(self.path)
        try:
            connection.execute("SELECT rowid FROM words LIMIT 0")
            return True
        except sqlite3.OperationalError:
            return False
        finally:
            close_quietly(connection)


def uri_of(path: PurePath) -> str:
    """Compose the URI of a file for SQLite.

    It takes no host: the server of a Windows network path becomes a part of the path.
    """
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else uri.replace("file://", "file:////", 1)


def configured(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Set what every connection needs."""
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA journal_size_limit = 8388608")
    return connection


def close_quietly(connection: sqlite3.Connection) -> None:
    """Close a connection whose file may be damaged or gone."""
    with suppress(sqlite3.Error):
        connection.close()


def identity_of(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one that has its name later; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def locks_work(folder: Path) -> bool:
    """Try the kind of file lock that SQLite uses.

    Args:
        folder: A folder of a network drive.

    Returns:
        False only where the drive has no such locks at all.
    """
    if sys.platform == "win32":
        return True
    import fcntl

    probe = folder / f"lock-probe-{uuid.uuid4().hex}"
    try:
        with probe.open("wb") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError as error:
        return error.errno not in (errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EINVAL)
    finally:
        with suppress(OSError):
            probe.unlink()

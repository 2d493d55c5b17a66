"""The journal's file: create it, bring it to the newest form, connect to it."""

from __future__ import annotations

import errno
import os
import sqlite3
import uuid
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legnext_widgets import files
from legnext_widgets.library.paths import FILE_MODE

from . import schema
from .process_lock import exclusive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePath

    from .mounts import Drive

NAME = "journal.sqlite3"
COMPANIONS = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite may put beside a database."""

BUSY_SECONDS = 10.0

# Autocommit: transactions are begun explicitly. Locks around each use make it safe for a connection
# to serve several threads.
_OPTIONS: dict[str, Any] = {
    "isolation_level": None,
    "check_same_thread": False,
    "timeout": BUSY_SECONDS,
}

FileId = tuple[int, int]
"""Device and inode: distinguishes a file from a later one of the same name."""


class JournalFile:
    """The journal of one folder on one kind of drive.

    Args:
        folder: An absolute path.
        drive: What the folder's drive can do.
    """

    def __init__(self, folder: Path, drive: Drive) -> None:
        self.folder = folder
        self.drive = drive

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self.folder / NAME

    def id(self) -> FileId | None:
        """Identify the file that has the journal's name now; None without one."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def check_writable(self) -> None:
        """Find out early what SQLite would report at the first write only.

        Raises:
            PermissionError: The folder or the journal is read-only.
        """
        for path in (self.folder, self.path):
            if path.exists() and not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    def connect(self) -> sqlite3.Connection:
        """Connect to the journal, which must exist.

        Returns:
            A connection for one use at a time, by any thread.
        """
        return self._connect(self.path)

    def prepare(self) -> bool:
        """Make the journal if it is missing, and migrate it to the newest version.

        Returns:
            Whether full text search is available.

        Raises:
            schema.NewerJournalError: A newer version wrote it.
            schema.ForeignDatabaseError: It is another program's.
            sqlite3.Error: It cannot be read or written.
            OSError: It cannot be made.
        """
        if not self._is_ready():
            with self.exclusive():
                if not self.path.exists():
                    self.create()
                connection = self.connect()
                try:
                    if schema.version_of(connection) < schema.SCHEMA_VERSION:
                        schema.migrate(connection)
                    self._set_journal_mode(connection)
                    schema.add_full_text(connection)
                finally:
                    connection.close()
        connection = self.connect()
        try:
            return schema.has_full_text(connection)
        finally:
            close_quietly(connection)

    def create(self, fill: Callable[[sqlite3.Connection], None] | None = None) -> None:
        """Make a new journal, visible under its name only when it is complete.

        Args:
            fill: Writes the first entries through a connection.

        Raises:
            sqlite3.Error: It cannot be written.
            OSError: It cannot be made.
        """
        unfinished = self.folder / f"journal-{uuid.uuid4().hex}.making"
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
        try:
            connection = self._connect(unfinished)
            try:
                # Nothing of it counts before it has its name, and `move_into_place` waits for the
                # disk once: there is no need to wait after each statement.
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("PRAGMA journal_mode = MEMORY")
                schema.migrate(connection)
                schema.add_full_text(connection)
                if fill is not None:
                    fill(connection)
                self._set_journal_mode(connection)
            finally:
                connection.close()
            files.move_into_place(unfinished, self.path)
        except BaseException:
            for suffix in ("", *COMPANIONS):
                with suppress(OSError):
                    Path(f"{unfinished}{suffix}").unlink()
            raise

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep out every other process that makes, migrates or sets aside the journal."""
        return exclusive(self.folder / "journal.lock")

    def _connect(self, path: Path) -> sqlite3.Connection:
        options = "mode=rw" + ("" if self.drive.locks else "&nolock=1")
        return configure(sqlite3.connect(f"{uri_of(path)}?{options}", uri=True, **_OPTIONS))

    def _is_ready(self) -> bool:
        if not self.path.exists():
            return False
        connection = self.connect()
        try:
            if schema.version_of(connection) < schema.SCHEMA_VERSION:
                return False
            mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
            return bool((mode == "wal") != self.drive.network)
        finally:
            close_quietly(connection)

    def _set_journal_mode(self, connection: sqlite3.Connection) -> None:
        mode = "DELETE" if self.drive.network else "WAL"
        # While another process has it open the old mode stays; the next opening tries again.
        with suppress(sqlite3.OperationalError):
            connection.execute(f"PRAGMA journal_mode = {mode}")


def memory() -> sqlite3.Connection:
    """Connect to a new, empty database in memory."""
    return configure(sqlite3.connect(":memory:", **_OPTIONS))


def configure(connection: sqlite3.Connection) -> sqlite3.Connection:
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


def uri_of(path: PurePath) -> str:
    """Compose the URI of a file for SQLite.

    SQLite takes no host, so the server of a Windows network path becomes a part of the path.
    """
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else uri.replace("file://", "file:////", 1)


def is_damage(error: sqlite3.Error) -> bool:
    """Check whether an error means that the file is no sound database."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

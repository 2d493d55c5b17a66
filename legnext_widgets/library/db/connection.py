"""Share one journal between threads and processes, also when it is damaged or read-only."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from legnext_widgets.client.messages import Message
from legnext_widgets.library import paths

from . import schema
from .journal_file import JournalFile, close_quietly, is_damage, memory
from .mounts import Drive, drive_of

if TYPE_CHECKING:
    from .journal_file import FileId

T = TypeVar("T")

Operation = Callable[[sqlite3.Connection], object]
"""Writes through a connection, inside a transaction. It may run again."""

log = logging.getLogger("legnext_widgets.library")

# Closing a connection that a fork copied could disturb the parent, so none ever is.
_inherited: list[sqlite3.Connection | None] = []


class Database:
    """The journal in a folder, or in memory where the folder cannot be used.

    Args:
        folder: An absolute path.
        drive: What its drive can do; found out by default.

    Attributes:
        in_memory: Whether it is in memory only.
        full_text: Whether searches may use the full text index.
        problem: What is wrong with the file, None when all is well.
    """

    def __init__(self, folder: Path, *, drive: Drive | None = None) -> None:
        self._prepare(folder)
        self._open(drive)

    def _prepare(self, folder: Path) -> None:
        self.folder = folder
        self.in_memory = False
        self.full_text = False
        self.problem: Message | None = None
        self._file = JournalFile(folder, Drive())
        self._read_lock = threading.RLock()
        self._write_lock = threading.RLock()
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        # One for each connection: the file may be set aside between the uses of the two.
        self._reader_file: FileId | None = None
        self._writer_file: FileId | None = None

    @classmethod
    def without_folder(cls, problem: Message) -> Self:
        """Make a journal in memory, for a user who has no folder."""
        nowhere = cls.__new__(cls)
        nowhere._prepare(Path(os.devnull) / "library")  # noqa: SLF001 - it is being constructed
        nowhere._use_memory(problem)  # noqa: SLF001
        return nowhere

    @property
    def drive(self) -> Drive:
        """What the folder's drive can do."""
        return self._file.drive

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query.

        Args:
            query: Reads through the connection and keeps no cursor open.

        Returns:
            The result of the query.

        Raises:
            sqlite3.Error: The disk cannot be read.
            OSError: The folder is gone and cannot be made again.
        """
        try:
            return self._read(query)
        except sqlite3.DatabaseError as error:
            if self.in_memory or not is_damage(error):
                raise
        self._set_aside(self._reader_file)
        return self._read(query)

    def write(self, operations: Sequence[Operation], *, durable: bool) -> list[object]:
        """Run operations in one transaction.

        Args:
            operations: What to write.
            durable: Whether it must survive a loss of power, not only the death of this process.

        Returns:
            The result of each operation.

        Raises:
            sqlite3.Error: Nothing was written.
            OSError: The folder is gone and cannot be made again.
        """
        with self._write_lock:
            try:
                return self._transaction(operations, durable=durable)
            except sqlite3.DatabaseError as error:
                if self.in_memory or not is_damage(error):
                    raise
            self._set_aside(self._writer_file)
            return self._transaction(operations, durable=durable)

    def close(self) -> None:
        """Close the connections; the next use opens them again. What is in memory stays."""
        if self.in_memory:
            return
        with self._write_lock, self._read_lock:
            self._close_connections()

    def after_fork(self) -> None:
        """In a forked child, leave the connections to the parent."""
        _inherited.extend((self._reader, self._writer))
        self._read_lock = threading.RLock()
        self._write_lock = threading.RLock()
        if not self.in_memory:
            # A database in memory was copied by the fork and continues in both processes.
            self._reader = self._writer = None

    def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        if self.in_memory or not self.drive.locks:
            # One connection for all, since a second one could not keep out of the first one's way.
            with self._write_lock:
                return query(self._connection_to_write())
        with self._read_lock:
            if self._reader is None or self._has_moved(self._reader_file):
                self._close_reader()
                self._reader_file = self._ensure_file()
                self._reader = self._file.connect()
                self._reader.execute("PRAGMA query_only = ON")
            return query(self._reader)

    def _transaction(self, operations: Sequence[Operation], *, durable: bool) -> list[object]:
        connection = self._connection_to_write()
        # Without WAL, anything less than FULL could leave a torn file after a loss of power.
        full = durable or self.drive.network
        connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        connection.execute("BEGIN IMMEDIATE")
        try:
            results = [operation(connection) for operation in operations]
            connection.execute("COMMIT")
            return results
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _connection_to_write(self) -> sqlite3.Connection:
        if self._writer is not None and (self.in_memory or not self._has_moved(self._writer_file)):
            return self._writer
        with self._read_lock:
            self._close_connections()
            self._writer_file = self._ensure_file()
            self._writer = self._file.connect()
            return self._writer

    def _has_moved(self, opened: FileId | None) -> bool:
        """Check whether another process set the file aside, or a person removed the folder."""
        found = self._file.id()
        if self.drive.network:
            # Inode numbers of network drives may change.
            return found is None
        return found != opened

    def _ensure_file(self) -> FileId | None:
        paths.make_private(self.folder)
        self.full_text = self._file.prepare()
        return self._file.id()

    def _open(self, drive: Drive | None) -> None:
        try:
            paths.make_private(self.folder)
            self._file = JournalFile(self.folder, drive or drive_of(self.folder))
            self._file.check_writable()
            self._ensure_file()
            # The first look inside: until here only the file's head was read.
            self._read(lambda connection: connection.execute("SELECT max(entry) FROM entries"))
        except schema.NewerJournalError:
            self._use_memory(Message("library_newer", folder=str(self.folder)))
        except schema.ForeignDatabaseError:
            self._use_memory(Message("library_foreign", file=str(self._file.path)))
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.DatabaseError) and is_damage(error):
                self._set_aside(self._file.id())
            else:
                self._use_readable_copy(error)

    def _use_readable_copy(self, error: Exception) -> None:
        from .recovery import copy_to_memory

        copy = copy_to_memory(self._file.path)
        key = "library_nowhere" if copy is None else "library_read_only"
        self._use_memory(Message(key, folder=str(self.folder), error=str(error)), copy)

    def _use_memory(self, problem: Message, copy: sqlite3.Connection | None = None) -> None:
        self._close_connections()
        connection = copy
        if connection is None:
            connection = memory()
            schema.migrate(connection)
        self.full_text = schema.add_full_text(connection)
        self._reader = self._writer = connection
        self.in_memory = True
        self._report(problem)

    def _set_aside(self, damaged: FileId | None) -> None:
        with self._write_lock, self._read_lock:
            self._close_connections()
            try:
                with self._file.exclusive():
                    # Another process may have found the damage and begun a new journal already.
                    if damaged == self._file.id():
                        from .recovery import set_aside

                        aside, rescued = set_aside(self._file)
                        self._report(Message("library_damaged", file=str(aside), count=rescued))
                self._ensure_file()
            except (sqlite3.Error, OSError) as error:
                self._use_readable_copy(error)

    def _report(self, problem: Message) -> None:
        self.problem = problem
        log.warning("%s", problem)

    def _close_reader(self) -> None:
        if self._reader is not None and self._reader is not self._writer:
            close_quietly(self._reader)
        self._reader = None

    def _close_connections(self) -> None:
        self._close_reader()
        if self._writer is not None:
            close_quietly(self._writer)
        self._writer = None

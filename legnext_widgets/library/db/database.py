"""One journal file: opened, shared between threads and processes, set aside when damaged."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from legnext_widgets.client.messages import Message
from legnext_widgets.library import paths

from . import opening, recovery, schema
from .opening import JOURNAL, Opening

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

Operation = Callable[[sqlite3.Connection], Any]
Identity = tuple[int, int]

log = logging.getLogger("legnext_widgets.library")

# Connections that a fork copied. Closing one there could disturb the parent's, so none ever is.
_inherited: list[sqlite3.Connection | None] = []


class Database:
    """The journal in a folder, or in memory where the folder cannot be used.

    Args:
        folder: An absolute path.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.in_memory = False
        self.network = False
        self.full_text = False
        self.trouble: str | None = None
        self._opening = Opening(folder, network=False)
        self._read_lock = threading.RLock()
        self._write_lock = threading.RLock()
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        # Each connection has its own: the file may be set aside between the uses of the two.
        self._read_from: Identity | None = None
        self._written_to: Identity | None = None
        self._open()

    @property
    def path(self) -> Path:
        """The journal file."""
        return self.folder / JOURNAL

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query.

        Args:
            query: A function that reads through the connection and keeps no cursor open.

        Returns:
            What it returns.

        Raises:
            sqlite3.Error: When the disk cannot be read.
        """
        try:
            return self._read(query)
        except sqlite3.DatabaseError as error:
            if self.in_memory or not recovery.is_damage(error):
                raise
        self._set_aside(self._read_from)
        return self._read(query)

    def write(self, operations: Sequence[Operation], *, durable: bool) -> list[Any]:
        """Run operations in one transaction.

        Args:
            operations: Functions that write through the connection.
            durable: Whether it must be on the disk, not only safe from the death of this process.

        Returns:
            What each operation returned.

        Raises:
            sqlite3.Error: When nothing was written.
            OSError: When the folder is gone and cannot be made again.
        """
        with self._write_lock:
            try:
                return self._transaction(operations, durable)
            except sqlite3.DatabaseError as error:
                if self.in_memory or not recovery.is_damage(error):
                    raise
            self._set_aside(self._written_to)
            return self._transaction(operations, durable)

    def close(self) -> None:
        """Close the connections; the next use opens them again."""
        if self.in_memory:
            return
        with self._write_lock, self._read_lock:
            self._close_connections()

    def after_fork(self) -> None:
        """Let go of what belongs to the parent process."""
        _inherited.extend((self._reader, self._writer))
        self._read_lock = threading.RLock()
        self._write_lock = threading.RLock()
        if not self.in_memory:
            # What lives in memory was copied whole by the fork and goes on in both.
            self._reader = self._writer = None

    def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        if self._one_connection:
            with self._write_lock:
                return query(self._connection_to_write())
        with self._read_lock:
            if self._reader is None or self._has_moved(self._read_from):
                self._close_reader()
                self._read_from = self._ensure_file()
                self._reader = self._opening.connect(self.path)
                self._reader.execute("PRAGMA query_only = ON")
            return query(self._reader)

    def _transaction(self, operations: Sequence[Operation], durable: bool) -> list[Any]:
        connection = self._connection_to_write()
        # Without WAL, anything less than FULL could leave a torn file after a loss of power.
        full = durable or self.network
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
        if self._writer is not None and (self.in_memory or not self._has_moved(self._written_to)):
            return self._writer
        with self._read_lock:
            self._close_connections()
            self._written_to = self._ensure_file()
            self._writer = self._opening.connect(self.path)
            return self._writer

    @property
    def _one_connection(self) -> bool:
        return self.in_memory or self._opening.without_locks

    def _has_moved(self, opened: Identity | None) -> bool:
        """Tell whether another process set the file aside, or a person removed the folder."""
        seen = opening.identity_of(self.path)
        if self.network:
            # Inode numbers of network drives need not last.
            return seen is None
        return seen != opened

    def _ensure_file(self) -> Identity | None:
        paths.make_private(self.folder)
        self.full_text = self._opening.prepare()
        return opening.identity_of(self.path)

    def _open(self) -> None:
        try:
            paths.make_private(self.folder)
            self.network = paths.is_network_drive(self.folder)
            self._opening = Opening(self.folder, network=self.network)
            self._opening.check_writable()
            self._ensure_file()
            # The first look inside; preparing looks at the file's head only.
            self._read(lambda connection: connection.execute("SELECT max(entry) FROM entries"))
        except schema.NewerJournalError:
            self._go_on_in_memory(Message("library_newer", folder=str(self.folder)))
        except schema.ForeignDatabaseError:
            self._go_on_in_memory(Message("library_foreign", file=str(self.path)))
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.DatabaseError) and recovery.is_damage(error):
                self._set_aside(opening.identity_of(self.path))
            else:
                self._open_what_can_be_read(error)

    def _open_what_can_be_read(self, error: Exception) -> None:
        earlier = recovery.copied_to_memory(self.path)
        if earlier is not None:
            self._go_on_in_memory(
                Message("library_read_only", folder=str(self.folder), error=str(error)),
                earlier,
            )
        else:
            self._go_on_in_memory(
                Message("library_nowhere", folder=str(self.folder), error=str(error))
            )

    def _go_on_in_memory(self, trouble: str, memory: sqlite3.Connection | None = None) -> None:
        self._close_connections()
        if memory is None:
            memory = opening.configured(sqlite3.connect(":memory:", **opening.CONNECTING))
            schema.migrate(memory)
        self.full_text = schema.add_full_text(memory)
        self._reader = self._writer = memory
        self.in_memory = True
        self._say(trouble)

    def _set_aside(self, damaged: Identity | None) -> None:
        with self._write_lock, self._read_lock:
            self._close_connections()
            try:
                with self._opening.folder_lock():
                    # Somebody else may have met the same damage and begun a new journal already.
                    if damaged == opening.identity_of(self.path):
                        aside, rescued = recovery.set_aside(self._opening)
                        self._say(Message("library_damaged", file=str(aside), count=rescued))
                self._ensure_file()
            except (sqlite3.Error, OSError) as error:
                self._open_what_can_be_read(error)

    def _say(self, trouble: str) -> None:
        self.trouble = trouble
        log.warning("%s", trouble)

    def _close_reader(self) -> None:
        if self._reader is not None and self._reader is not self._writer:
            opening.close_quietly(self._reader)
        self._reader = None

    def _close_connections(self) -> None:
        self._close_reader()
        if self._writer is not None:
            opening.close_quietly(self._writer)
        self._writer = None

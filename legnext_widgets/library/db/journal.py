"""One open journal: its database, its writer, and the lock that shows that this process lives."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import weakref
from typing import TYPE_CHECKING, TypeVar

from legnext_widgets.client.messages import Message
from legnext_widgets.library.clips import pictures
from legnext_widgets.library.db.statements import queries, writes

from .connection import log
from .process_lock import ProcessLock
from .writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from legnext_widgets.client.session.store import Attempt

    from .connection import Database, Operation

T = TypeVar("T")


class Journal:
    """The journal of one folder.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.writer = Writer(database)
        trusted = not (database.drive.network or database.in_memory)
        # The folder has its name from version 0.1.
        self.process = ProcessLock(self.folder / "sessions" if trusted else None)
        self._unreadable: Message | None = None
        _open_journals.add(self)

    @property
    def folder(self) -> Path:
        """The library's folder."""
        return self.database.folder

    @property
    def problems(self) -> list[Message]:
        """What is wrong with the disk, each in a sentence of its own."""
        found = (self.database.problem, self._unreadable, self.writer.problem)
        return [problem for problem in found if problem]

    def read(self, query: Callable[[sqlite3.Connection], T], default: T) -> T:
        """Run a query.

        Args:
            query: Reads through the connection and keeps no cursor open.
            default: The result when the disk cannot be read, which `problems` then reports.
        """
        try:
            found = self.database.read(query)
        except (sqlite3.Error, OSError) as error:
            if self._unreadable is None:
                log.warning("The library in %s cannot be read: %s", self.folder, error)
            self._unreadable = Message("library_unread", folder=str(self.folder), error=str(error))
            return default
        self._unreadable = None
        return found

    async def write(self, operation: Operation, *, durable: bool = False) -> None:
        """Write an operation without ever raising: a paid answer is worth more than its record.

        What the disk refuses is written later, and `problems` reports it.

        Args:
            operation: What to write.
            durable: Whether it must survive a loss of power.
        """
        try:
            await outcome_of(self.writer.submit(operation, durable=durable))
        except Exception as error:
            log.debug("An entry for %s was not written.", self.folder, exc_info=error)

    def change(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Write an operation now, and wait until it is written.

        Returns:
            The result of the operation.

        Raises:
            sqlite3.Error: The disk refuses.
            OSError: The folder is gone and cannot be made again.
        """
        return self.writer.submit(operation, postponable=False).result()

    def intend(self, connection: sqlite3.Connection, attempt: Attempt) -> None:
        """Record that an attempt is about to be sent, and keep its pictures.

        Args:
            connection: Inside a transaction.
            attempt: The attempt.
        """
        if not self.database.in_memory and queries.keeps_clips(connection):
            pictures.keep_files(attempt, self.folder)
        writes.intend(connection, attempt, self.process.acquire())

    def close(self) -> None:
        """Write what is queued and close all files. The journal opens again by being used."""
        self.writer.close()
        self.process.release()
        self.database.close()

    def after_fork(self) -> None:
        """In a forked child, leave thread, lock and connections to the parent."""
        self.database.after_fork()
        self.writer.after_fork()
        self.process.after_fork()


async def outcome_of(outcome: Future[T]) -> T:
    """Wait for an outcome of the writer on the running event loop."""
    if outcome.done():
        return outcome.result()
    return await asyncio.wrap_future(outcome)


_open_journals: weakref.WeakSet[Journal] = weakref.WeakSet()


def _after_fork() -> None:
    for journal in list(_open_journals):
        journal.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

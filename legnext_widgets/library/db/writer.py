"""The one writer of a library: a queue, a thread that empties it, what waits for a better disk."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import weakref
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from legnext_widgets import environment
from legnext_widgets.client.messages import Message

from .database import Database, Operation, log

MOST_AT_ONCE = 200
"""Operations in one transaction; each more would make the first of them wait longer."""

MOST_POSTPONED = 20_000
RETRY_SECONDS = 2.0


@dataclass
class Note:
    """One thing to write.

    Attributes:
        operation: What writes it.
        durable: Whether it must outlive a loss of power.
        postponable: Whether to try again later when the disk refuses.
        outcome: What the operation returned, or why it could not be written now.
    """

    operation: Operation
    durable: bool = False
    postponable: bool = True
    outcome: Future[Any] = field(default_factory=Future)


class Writer:
    """Writes notes in the order in which they come, many in one transaction.

    Args:
        database: Where to.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.trouble: str | None = None
        self._postponed: list[Note] = []
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._notes: queue.SimpleQueue[Note | None] = queue.SimpleQueue()

    def submit(
        self, operation: Operation, *, durable: bool = False, postponable: bool = True
    ) -> Future[Any]:
        """Hand over something to write.

        Args:
            operation: A function of a connection; it may run again when a transaction fails.
            durable: Whether it must outlive a loss of power.
            postponable: Whether to try again later when the disk refuses.

        Returns:
            A future that is done when it is written. Cancelling it cancels nothing but the wait.
        """
        note = Note(operation, durable, postponable)
        with self._starting:
            if self._thread is None:
                self._thread = self._started_thread()
            if self._thread is not None:
                self._notes.put(note)
                return note.outcome
        self._write([note])
        return note.outcome

    def _started_thread(self) -> threading.Thread | None:
        if environment.in_pyodide():
            return None
        thread = threading.Thread(
            target=_empty,
            args=(weakref.ref(self), self._notes),
            name="legnext-library",
            daemon=True,
        )
        try:
            thread.start()
        except RuntimeError:
            # The interpreter is about to end, or the system has no thread to give.
            return None
        return thread

    def close(self) -> None:
        """Write what is left and end the thread; a later note starts it again."""
        with self._starting:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._notes.put(None)
                self._notes = queue.SimpleQueue()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        if self._postponed:
            self._write([])

    def after_fork(self) -> None:
        """Begin anew in a forked child: the thread and what it was to write stayed behind."""
        self._postponed = []
        self._starting = threading.Lock()
        self._thread = None
        self._notes = queue.SimpleQueue()

    def _write(self, fresh: list[Note]) -> None:
        notes, self._postponed = self._postponed + fresh, []
        if not notes:
            return
        durable = any(note.durable for note in notes)
        try:
            results = self.database.write([note.operation for note in notes], durable=durable)
        except (sqlite3.Error, OSError) as error:
            if len(notes) == 1 or is_about_the_disk(error):
                self._refuse(notes, error)
            else:
                self._write_one_by_one(notes)
        except Exception as error:
            # A fault in one operation must not take its neighbours with it.
            if len(notes) == 1:
                settle(notes[0].outcome, error=error)
            else:
                self._write_one_by_one(notes)
        else:
            self.trouble = None
            for note, result in zip(notes, results, strict=True):
                settle(note.outcome, result)

    def _write_one_by_one(self, notes: list[Note]) -> None:
        for note in notes:
            self._write([note])

    def _refuse(self, notes: list[Note], error: sqlite3.Error | OSError) -> None:
        if is_about_the_disk(error):
            self._postponed = [note for note in notes if note.postponable][-MOST_POSTPONED:]
            if self.trouble is None:
                log.warning("The library in %s cannot be written: %s", self.database.folder, error)
            folder, count = str(self.database.folder), len(self._postponed)
            self.trouble = Message(
                "library_unwritten", folder=folder, error=str(error), count=count
            )
        for note in notes:
            settle(note.outcome, error=error)


def _empty(reference: weakref.ref[Writer], notes: queue.SimpleQueue[Note | None]) -> None:
    """Write what comes until told to stop, or until the writer is gone."""
    waiting = False
    while True:
        batch: list[Note] = []
        stop = False
        try:
            note = notes.get(timeout=RETRY_SECONDS if waiting else None)
            while note is not None:
                batch.append(note)
                note = notes.get_nowait() if len(batch) < MOST_AT_ONCE else None
            stop = len(batch) < MOST_AT_ONCE
        except queue.Empty:
            pass
        writer = reference()
        if writer is None:
            return
        writer._write(batch)
        waiting = bool(writer._postponed)
        del writer
        if stop:
            return


def is_about_the_disk(error: Exception) -> bool:
    """Tell whether an error may pass when the disk gets better, or another process lets go."""
    if isinstance(error, OSError):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    )


def settle(outcome: Future[Any], result: object = None, error: Exception | None = None) -> None:
    """Tell whoever waits, unless they gave up or were told already."""
    with suppress(InvalidStateError):
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)


async def finished(outcome: Future[Any]) -> Any:
    """Wait for a note on whatever event loop is running.

    Args:
        outcome: What `Writer.submit` returned.

    Returns:
        What the operation returned.

    Raises:
        Exception: What the operation raised.
    """
    if outcome.done():
        return outcome.result()
    return await asyncio.wrap_future(outcome)

"""Write to the journal from one thread, in order; what the disk refuses is written later."""

from __future__ import annotations

import queue
import sqlite3
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from legnext_widgets import environment
from legnext_widgets.client.messages import Message

from .connection import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from .connection import Database, Operation

T = TypeVar("T")

MAX_BATCH = 200
"""Operations in one transaction; each more makes the first of them wait longer."""

MAX_POSTPONED = 20_000
RETRY_SECONDS = 2.0


@dataclass
class _Write:
    """One operation in the queue.

    Attributes:
        operation: What to write.
        durable: Whether it must survive a loss of power.
        postponable: Whether to try again later when the disk refuses.
        outcome: Its result, or the error that kept it from being written now.
    """

    operation: Operation
    durable: bool = False
    postponable: bool = True
    outcome: Future[Any] = field(default_factory=Future)


class Writer:
    """Writes operations in the order in which they come, many in one transaction.

    Its thread starts with the first operation and ends with `close()`.

    Args:
        database: The journal.

    Attributes:
        problem: Why operations wait for a better disk, None when none do.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.problem: Message | None = None
        self._postponed: list[_Write] = []
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()

    def submit(
        self,
        operation: Callable[[sqlite3.Connection], T],
        *,
        durable: bool = False,
        postponable: bool = True,
    ) -> Future[T]:
        """Queue an operation.

        Args:
            operation: Writes through a connection; it may run again when a transaction fails.
            durable: Whether it must survive a loss of power.
            postponable: Whether to try again later when the disk refuses.

        Returns:
            A future that is done when the operation is written. Cancelling it cancels the wait, not
            the operation.
        """
        write = _Write(operation, durable, postponable)
        with self._starting:
            if self._thread is None:
                self._thread = self._start_thread()
            if self._thread is not None:
                self._queue.put(write)
                return cast("Future[T]", write.outcome)
        self._write([write])
        return cast("Future[T]", write.outcome)

    def close(self) -> None:
        """Write what is queued and end the thread; a later operation starts it again."""
        with self._starting:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._queue.put(None)
                self._queue = queue.SimpleQueue()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        if self._postponed:
            self._write([])

    def after_fork(self) -> None:
        """In a forked child, leave the queue to the parent, whose thread was not copied."""
        self._postponed = []
        self._starting = threading.Lock()
        self._thread = None
        self._queue = queue.SimpleQueue()

    def _start_thread(self) -> threading.Thread | None:
        if environment.in_pyodide():
            return None
        thread = threading.Thread(
            target=self._run, args=(self._queue,), name="legnext-library", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:
            # The interpreter is about to end, or the system has no thread to give.
            return None
        return thread

    def _run(self, writes: queue.SimpleQueue[_Write | None]) -> None:
        """Write what comes until None comes."""
        while True:
            batch: list[_Write] = []
            ended = False
            with suppress(queue.Empty):
                write = writes.get(timeout=RETRY_SECONDS if self._postponed else None)
                while write is not None and len(batch) < MAX_BATCH - 1:
                    batch.append(write)
                    write = writes.get_nowait()
                if write is None:
                    ended = True
                else:
                    batch.append(write)
            self._write(batch)
            if ended:
                return

    def _write(self, fresh: list[_Write]) -> None:
        writes, self._postponed = self._postponed + fresh, []
        if not writes:
            return
        durable = any(write.durable for write in writes)
        try:
            results = self.database.write([write.operation for write in writes], durable=durable)
        except (sqlite3.Error, OSError) as error:
            if len(writes) == 1 or is_about_the_disk(error):
                self._refuse(writes, error)
            else:
                self._write_one_by_one(writes)
        except Exception as error:
            # A fault in one operation must not take its neighbours with it.
            if len(writes) == 1:
                _settle(writes[0].outcome, error=error)
            else:
                self._write_one_by_one(writes)
        else:
            self.problem = None
            for write, result in zip(writes, results, strict=True):
                _settle(write.outcome, result)

    def _write_one_by_one(self, writes: list[_Write]) -> None:
        for write in writes:
            self._write([write])

    def _refuse(self, writes: list[_Write], error: sqlite3.Error | OSError) -> None:
        if is_about_the_disk(error):
            self._postponed = [write for write in writes if write.postponable][-MAX_POSTPONED:]
            folder, count = str(self.database.folder), len(self._postponed)
            if self.problem is None:
                log.warning("The library in %s cannot be written: %s", folder, error)
            self.problem = Message(
                "library_unwritten", folder=folder, error=str(error), count=count
            )
        for write in writes:
            _settle(write.outcome, error=error)


def is_about_the_disk(error: Exception) -> bool:
    """Check whether an error may pass once the disk recovers or another process unlocks it."""
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


def _settle(outcome: Future[Any], result: object = None, error: Exception | None = None) -> None:
    """Set the outcome, unless it was cancelled or is set already."""
    with suppress(InvalidStateError):
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)

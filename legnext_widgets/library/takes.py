"""Find the attempt that holds a take of a request, or record one: exactly one, at any moment."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from legnext_widgets.client.messages import Message
from legnext_widgets.client.session.store import Holder
from legnext_widgets.environment import to_thread

from .db.journal import outcome_of
from .db.statements import queries, takes, writes
from .errors import LibraryError, as_library_errors

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from legnext_widgets.client.session.store import Attempt, Identity
    from legnext_widgets.library.db.journal import Journal

T = TypeVar("T")


class DiskTakes:
    """The takes in one journal.

    Other than the rest of the store it raises when the disk refuses: without a record nothing would
    keep the same request from being paid twice.

    Args:
        journal: The open journal.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def claim(self, attempt: Attempt, *, instead_of: str | None = None) -> Holder | None:
        """Record that an attempt is about to be sent, unless another one holds its take.

        Args:
            attempt: The attempt, with its take.
            instead_of: Id of an attempt that is of no use: it loses the take to this one.

        Returns:
            Who holds the take; None when it is this attempt, which is on the disk then.

        Raises:
            LibraryError: The disk refuses, or the journal is in memory only, where no later session
                finds the attempt; nothing may be sent.
        """
        in_memory = self._journal.database.in_memory
        if in_memory:  # it may be a copy of a journal of version 0.1
            await self._number_old_rows()
        if instead_of is None:
            holder = await self._read(partial(self._known_holder, attempt=attempt))
            if holder is not None:
                return holder
        if in_memory:
            problem = self._journal.database.problem or ""
            raise LibraryError(Message("reuse_unrecorded", problem=problem))
        await self._number_old_rows()

        def claim(connection: sqlite3.Connection) -> Holder | None:
            takes.number_old_rows(connection)
            key = takes.key_of(attempt)
            entry = takes.holder_of(connection, attempt.identity, key, attempt.take)
            if entry is not None and not (
                instead_of is not None and takes.replace(connection, entry, instead_of)
            ):
                return self._holder(connection, entry)
            self._journal.intend(connection, attempt)
            return None

        claiming = self._journal.writer.submit(claim, durable=True, postponable=False)
        try:
            with as_library_errors():
                return await outcome_of(claiming)
        except asyncio.CancelledError:
            # It may be recorded by now, and nothing will be sent.
            refuse = partial(writes.refuse, attempt_id=attempt.id, reason="It was not sent.")
            self._journal.writer.submit(refuse)
            raise

    async def is_working(self, attempt_id: str) -> bool:
        """Whether an attempt is being sent now, by a process that lives."""

        def read(connection: sqlite3.Connection) -> bool:
            holder = self._holder(connection, queries.entry_of_attempt(connection, attempt_id))
            return holder is not None and holder.working

        return await self._read(read)

    async def holders(self, identity: Identity, request_key: str) -> Sequence[Holder]:
        """List who holds the takes of a request, in the order of the takes.

        Raises:
            LibraryError: The disk refuses.
        """

        def read(connection: sqlite3.Connection) -> list[Holder]:
            found = takes.rows_held(connection, identity, request_key)
            holders = [self._holder(connection, entry) for entry, _ in found]
            return [holder for holder in holders if holder and holder.record.take is not None]

        await self._number_old_rows()
        return await self._read(read)

    async def is_held_elsewhere(self, attempt: Attempt) -> bool:
        """Whether another account of the same service holds the take of an attempt's request.

        Raises:
            LibraryError: The disk refuses.
        """
        return await self._read(partial(takes.is_held_elsewhere, attempt=attempt))

    async def _number_old_rows(self) -> None:
        """Number what version 0.1 wrote, a part at a time, so that other processes can write."""
        while not await self._read(takes.are_numbered):
            numbering = self._journal.writer.submit(takes.number_old_rows, postponable=False)
            with as_library_errors():
                await outcome_of(numbering)

    def _known_holder(self, connection: sqlite3.Connection, attempt: Attempt) -> Holder | None:
        """Find the holder without writing, where that can be: most of what runs again is there."""
        if not takes.are_numbered(connection):
            return None
        key = takes.key_of(attempt)
        entry = takes.holder_of(connection, attempt.identity, key, attempt.take)
        holder = self._holder(connection, entry)
        # It may have lost the take between the two statements, which share no transaction.
        return holder if holder and holder.record.take == attempt.take else None

    def _holder(self, connection: sqlite3.Connection, entry: int | None) -> Holder | None:
        """Read a row; None when it is gone, as it may be between two statements."""
        if entry is None:
            return None
        record = queries.by_entry(connection, self._journal.folder, entry)
        if record is None:
            return None
        working = False
        if record.state == "intended":
            process = queries.process_of(connection, entry)
            age = time.time() - record.created_at.timestamp()
            working = self._journal.process.may_be_working(process, age)
            if not working:
                # The process may have recorded the answer and ended since the row was read.
                record = queries.by_entry(connection, self._journal.folder, entry)
        return None if record is None else Holder(record, working)

    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        with as_library_errors():
            return await to_thread(self._journal.database.read, query)

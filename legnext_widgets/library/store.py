"""The journal that the client writes: durable, on any event loop, and never in the way."""

from __future__ import annotations

import logging
import os
import sqlite3
import weakref
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from legnext_widgets.client.messages import Message
from legnext_widgets.library.db.database import Database, Operation
from legnext_widgets.library.db.process_lock import Session
from legnext_widgets.library.db.writer import Writer, finished

from . import paths
from .db import queries, writes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from legnext_widgets.client.session.store import Attempt, Identity

    from .records import LibraryRecord

T = TypeVar("T")

log = logging.getLogger("legnext_widgets.library")

PROCESS_ENDED = "The process that sent it ended before the answer was noted."


class DiskJobStore:
    """The journal of one folder, as the client's protocol asks for it.

    Args:
        path: The folder; made when it is missing, with access for its owner only. By default
            what `LEGNEXT_LIBRARY` says, else this system's folder for the data of programs.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        folder = paths.default_folder() if path is None else Path(path).expanduser()
        self.path = folder.absolute()
        self._database = Database(self.path)
        self._writer = Writer(self._database)
        self._unreadable: str | None = None
        self._under_way: dict[str, Attempt] = {}
        self._forgotten: set[str] = set()
        self._begin_session()
        self._finalizer = weakref.finalize(self, close_all, self._writer, self._sessions)
        _open_journals.add(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def trouble(self) -> str | None:
        """What is wrong with the disk and what that means, in words; None when all is well."""
        return " ".join(self._troubles()) or None

    def _troubles(self) -> list[str]:
        """Each thing that is wrong, in a sentence of its own."""
        said = (self._database.trouble, self._unreadable, self._writer.trouble)
        return [text for text in said if text]

    def close(self) -> None:
        """Write what is left, end the writer's thread and close the files.

        Attempts still without an outcome count as uncertain from then on. A closed library opens
        again by being used.
        """
        close_all(self._writer, self._sessions)
        self._database.close()

    # What the client's journal protocol asks for.

    async def intend(self, attempt: Attempt) -> None:
        """Remember that `attempt` is about to be sent; on the disk when this returns."""
        self._under_way[attempt.id] = attempt
        await self._note(partial(self._intend, attempt=attempt), durable=True)

    async def accept(self, attempt_id: str, job_id: str, answer: bytes) -> None:
        """Remember the job that came of an attempt; on the disk when this returns."""
        attempt = self._under_way.pop(attempt_id, None)
        await self._note(
            partial(
                writes.accept,
                attempt_id=attempt_id,
                job_id=job_id,
                answer=answer,
                attempt=attempt,
            ),
            durable=True,
        )

    async def refuse(self, attempt_id: str, reason: str) -> None:
        """Remember that nothing was started and nothing charged."""
        self._under_way.pop(attempt_id, None)
        await self._note(partial(writes.refuse, attempt_id=attempt_id, reason=reason))

    async def doubt(self, attempt_id: str, reason: str) -> None:
        """Remember that nobody knows whether the attempt started a job."""
        await self._note(partial(writes.doubt, attempt_id=attempt_id, reason=reason), durable=True)

    async def observe(self, realm: Identity, task: Mapping[str, Any]) -> None:
        """Remember the task object as the service last gave it."""
        if task.get("job_id") not in self._forgotten:
            await self._note(partial(writes.observe, realm=realm, task=dict(task)))

    async def abandon(self, job_id: str, reason: str, *, realm: Identity | None = None) -> None:
        """Remember that the service does not know a job any more, so that it is not asked again.

        Args:
            job_id: The job.
            reason: What the service said.
            realm: Whose job; by default the newest of that id.
        """

        def write(connection: Any) -> None:
            entry = writes.entry_of_job(connection, job_id, realm)
            if entry is not None:
                writes.abandon(connection, entry, reason)

        await self._note(write)

    def record(self, job_id: str, *, realm: Identity | None = None) -> LibraryRecord | None:
        """Tell what is remembered of a job.

        Args:
            job_id: The job.
            realm: Whose job; by default the newest of that id.

        Returns:
            The record, or None when the library does not know the job.
        """

        def read(connection: Any) -> LibraryRecord | None:
            entry = writes.entry_of_job(connection, job_id, realm)
            return None if entry is None else queries.by_entry(connection, self.path, entry)

        return self._look(read, None)

    def durations(self, task_type: str, *, sandbox: bool) -> Sequence[float]:
        """Tell how long jobs of a kind took: seconds from started to ended, newest first.

        Args:
            task_type: Such as `video_diffusion`.
            sandbox: Those of a simulated service, or those of the real one.

        Returns:
            The newest 60 at most.
        """
        nothing: list[float] = []
        return self._look(
            lambda connection: queries.durations(connection, task_type, sandbox), nothing
        )

    def _change(self, job_id: str, change: Callable[..., T]) -> T:
        """Change the entry of a job or of an attempt, and wait until that is done."""

        def write(connection: Any) -> T:
            entry = writes.entry_of_job(connection, job_id)
            if entry is None:
                entry = writes.entry_of_attempt(connection, job_id)
            if entry is None:
                raise KeyError(f"The library does not know the job {job_id}.")
            return change(connection, entry=entry)

        result: T = self._writer.submit(write, postponable=False).result()
        return result

    def _intend(self, connection: Any, attempt: Attempt) -> None:
        writes.intend(connection, attempt, self._session.begin())

    async def _note(self, operation: Operation, *, durable: bool = False) -> None:
        try:
            await finished(self._writer.submit(operation, durable=durable))
        except Exception as error:
            # A paid answer in hand is worth more than its note: `trouble` tells the person.
            log.debug("a note for %s was not written", self.path, exc_info=error)

    def _look(self, query: Callable[[Any], T], nothing: T) -> T:
        try:
            found = self._database.read(query)
        except (sqlite3.Error, OSError) as error:
            if self._unreadable is None:
                log.warning("The library in %s cannot be read: %s", self.path, error)
            self._unreadable = Message("library_unread", folder=str(self.path), error=str(error))
            return nothing
        self._unreadable = None
        return found

    def _begin_session(self) -> None:
        trusted = not (self._database.network or self._database.in_memory)
        self._session = Session(self.path / "sessions" if trusted else None)
        self._sessions = [self._session]

    def _after_fork(self) -> None:
        self._database.after_fork()
        self._writer.after_fork()
        self._under_way = {}
        for session in self._sessions:
            session.after_fork()
        self._begin_session()
        self._finalizer.detach()
        self._finalizer = weakref.finalize(self, close_all, self._writer, self._sessions)


def close_all(writer: Writer, sessions: list[Session]) -> None:
    """Write what is left, then let go of the sessions."""
    writer.close()
    for session in sessions:
        session.end()


_open_journals: weakref.WeakSet[DiskJobStore] = weakref.WeakSet()


def _after_fork() -> None:
    for journal in list(_open_journals):
        journal._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

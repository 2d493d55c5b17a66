"""The library as people and the client use it."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
import weakref
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from legnext_widgets.library import entries, filesystem, queries, remembered
from legnext_widgets.library.database import Database, Operation
from legnext_widgets.library.queries import Page, PointsTotal, Wanted
from legnext_widgets.library.sessions import Session
from legnext_widgets.library.writer import Writer, finished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from legnext_widgets.client.jobs import Job, Video
    from legnext_widgets.client.journal import Attempt, Realm
    from legnext_widgets.library.rows import LibraryRecord

T = TypeVar("T")

log = logging.getLogger("legnext_widgets.library")

PROCESS_ENDED = "The process that sent it ended before the answer was noted."


class Library:
    """The memory of all jobs and the clips kept of them, in one folder.

    Several libraries, in one process or in many, may use the same folder at the same time. What
    goes wrong with the disk never stops the work: `trouble` says what is not remembered.

    Args:
        path: The folder; made when it is missing, with access for its owner only. By default
            what `LEGNEXT_LIBRARY` says, else this system's folder for the data of programs.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        folder = filesystem.default_folder() if path is None else Path(path).expanduser()
        self.path = folder.absolute()
        self._database = Database(self.path)
        self._writer = Writer(self._database)
        self._unreadable: str | None = None
        self._under_way: dict[str, Attempt] = {}
        self._begin_session()
        self._finalizer = weakref.finalize(self, close_all, self._writer, self._sessions)
        _open_libraries.add(self)

    def __repr__(self) -> str:
        return f"Library({str(self.path)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def trouble(self) -> str | None:
        """What is wrong with the disk and what that means, in words; None when all is well."""
        said = (self._database.trouble, self._unreadable, self._writer.trouble)
        return " ".join(text for text in said if text) or None

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
                entries.accept,
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
        await self._note(partial(entries.refuse, attempt_id=attempt_id, reason=reason))

    async def doubt(self, attempt_id: str, reason: str) -> None:
        """Remember that nobody knows whether the attempt started a job."""
        await self._note(partial(entries.doubt, attempt_id=attempt_id, reason=reason), durable=True)

    async def observe(self, realm: Realm, task: Mapping[str, Any]) -> None:
        """Remember the task object as the service last gave it."""
        await self._note(partial(entries.observe, realm=realm, task=dict(task)))

    async def abandon(self, job_id: str, reason: str, *, realm: Realm | None = None) -> None:
        """Remember that the service does not know a job any more, so that it is not asked again.

        Args:
            job_id: The job.
            reason: What the service said.
            realm: Whose job; by default the newest of that id.
        """

        def write(connection: Any) -> None:
            entry = entries.entry_of_job(connection, job_id, realm)
            if entry is not None:
                entries.abandon(connection, entry, reason)

        await self._note(write)

    def record(self, job_id: str, *, realm: Realm | None = None) -> LibraryRecord | None:
        """Tell what is remembered of a job.

        Args:
            job_id: The job.
            realm: Whose job; by default the newest of that id.

        Returns:
            The record, or None when the library does not know the job.
        """

        def read(connection: Any) -> LibraryRecord | None:
            entry = entries.entry_of_job(connection, job_id, realm)
            return None if entry is None else queries.by_entry(connection, self.path, entry)

        return self._look(read, None)

    def durations(self, task_type: str, *, sandbox: bool) -> Sequence[float]:
        """Tell how long jobs of a kind took: seconds from created to ended, newest first.

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

    # Asking.

    def records(
        self,
        *,
        status: str | Iterable[str] | None = None,
        search: str | None = None,
        kind: str | Iterable[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        favourite: bool | None = None,
        sandbox: bool | None = None,
        realm: Realm | None = None,
        oldest_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[LibraryRecord]:
        """List remembered jobs. All of them by default; the arguments narrow that down.

        Args:
            status: One status or several, such as `completed`.
            search: Words of the prompt or note, each as the beginning of a word; or a job id.
            kind: One kind or several, such as `video_diffusion`.
            since: Sent at this time or later.
            until: Sent before this time.
            favourite: Marked ones, or the others.
            sandbox: Those of a simulated service, or those of the real one.
            realm: Those of one account of one service.
            oldest_first: Newest first otherwise.
            limit: How many at most.
            offset: How many to leave out.

        Returns:
            The records.
        """
        wanted = Wanted(status, search, kind, since, until, favourite, sandbox, realm)
        found = self.page(wanted, oldest_first=oldest_first, limit=limit, offset=offset)
        return found.records

    def page(
        self,
        wanted: Wanted | None = None,
        *,
        oldest_first: bool = False,
        limit: int | None = 100,
        offset: int = 0,
        after: str | None = None,
    ) -> Page:
        """List remembered jobs a page at a time.

        Args:
            wanted: Which ones; by default all jobs.
            oldest_first: Newest first otherwise.
            limit: How many at most.
            offset: How many to leave out.
            after: The `next` of the page before.

        Returns:
            The page.

        Raises:
            ValueError: When `after` is not what a page gave.
        """
        return self._look(
            lambda connection: queries.page(
                connection,
                self.path,
                wanted or Wanted(),
                full_text=self._database.full_text,
                oldest_first=oldest_first,
                limit=limit,
                offset=offset,
                after=after,
            ),
            Page([], None),
        )

    def count(self, wanted: Wanted | None = None) -> int:
        """Count remembered jobs."""
        return self._look(
            lambda connection: queries.count(
                connection, wanted or Wanted(), full_text=self._database.full_text
            ),
            0,
        )

    def unfinished_records(self, realm: Realm | None = None) -> list[LibraryRecord]:
        """List the jobs that were running when last heard of, oldest first."""
        nothing: list[LibraryRecord] = []
        return self._look(
            lambda connection: queries.unfinished(connection, self.path, realm), nothing
        )

    def uncertain_records(self, realm: Realm | None = None) -> list[LibraryRecord]:
        """List the attempts of which nobody knows whether they started a job, oldest first.

        Those whose process died before it could note the outcome are among them.
        """
        nothing: list[tuple[LibraryRecord, str]] = []
        found = self._look(
            lambda connection: queries.without_outcome(connection, self.path, realm), nothing
        )
        now = time.time()
        uncertain = []
        for record, session in found:
            if record.state == "uncertain":
                uncertain.append(record)
            elif not self._session.may_be_working(session, now - record.created_at.timestamp()):
                uncertain.append(replace(record, state="uncertain", reason=PROCESS_ENDED))
        return uncertain

    def points(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        sandbox: bool = False,
        realm: Realm | None = None,
    ) -> list[PointsTotal]:
        """Add up points by day and kind, newest day first.

        Args:
            since: Sent at this time or later.
            until: Sent before this time.
            sandbox: The simulated points of a sandbox, or the real ones.
            realm: Those of one account of one service.

        Returns:
            The totals, days in the time zone of this machine.
        """
        wanted = Wanted(since=since, until=until, sandbox=sandbox, realm=realm)
        nothing: list[PointsTotal] = []
        return self._look(lambda connection: queries.totals(connection, wanted), nothing)

    # The same as jobs and videos of the client.

    def jobs(
        self, status: str | Iterable[str] | None = None, search: str | None = None, **more: Any
    ) -> list[Job]:
        """List remembered jobs, newest first; for the arguments see `records`."""
        return remembered.jobs(self.records(status=status, search=search, **more))

    def videos(self, search: str | None = None, **more: Any) -> list[Video]:
        """List the videos of remembered jobs, newest job first."""
        return remembered.videos(self.jobs(status="completed", search=search, **more))

    def get(self, job_id: str) -> Job | None:
        """Return a remembered job, None when the library does not know it."""
        record = self.record(job_id)
        return None if record is None else remembered.job(record)

    def unfinished(self) -> list[Job]:
        """List the jobs that were running when last heard of, oldest first."""
        return remembered.jobs(self.unfinished_records())

    def uncertain(self) -> list[Job]:
        """List the attempts of which nobody knows whether they started a job, oldest first."""
        return remembered.jobs(self.uncertain_records())

    # Marking.

    def favourite(self, job_id: str, marked: bool = True) -> None:
        """Make a job a favourite, or no longer one. Favourites are never pruned."""
        self._change(job_id, partial(entries.mark, favourite=marked))

    def annotate(self, job_id: str, note: str) -> None:
        """Write a note about a job; an empty one removes it."""
        self._change(job_id, partial(entries.annotate, note=note))

    def _change(self, job_id: str, change: Callable[..., T]) -> T:
        """Change the entry of a job or of an attempt, and wait until that is done."""

        def write(connection: Any) -> T:
            entry = entries.entry_of_job(connection, job_id)
            if entry is None:
                entry = entries.entry_of_attempt(connection, job_id)
            if entry is None:
                raise KeyError(f"The library does not know the job {job_id}.")
            return change(connection, entry=entry)

        result: T = self._writer.submit(write, postponable=False).result()
        return result

    def _intend(self, connection: Any, attempt: Attempt) -> None:
        entries.intend(connection, attempt, self._session.begin())

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
            self._unreadable = f"The library in {self.path} cannot be read ({error})."
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
        self._sessions.clear()
        self._begin_session()
        self._finalizer.detach()
        self._finalizer = weakref.finalize(self, close_all, self._writer, self._sessions)


def close_all(writer: Writer, sessions: list[Session]) -> None:
    """Write what is left, then let go of the sessions."""
    writer.close()
    for session in sessions:
        session.end()


_open_libraries: weakref.WeakSet[Library] = weakref.WeakSet()


def _after_fork() -> None:
    for library in list(_open_libraries):
        library._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

"""`DiskJobStore`, the client's `JobStore` in a journal on disk: durable, and never in the way."""

from __future__ import annotations

import time
import weakref
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Self

from legnext_widgets.client.api.validation import job_id_of
from legnext_widgets.library.db.queries import Filter, Page

from .db import accounts, queries, writes
from .errors import UnknownJobError, reported
from .shown import Shown
from .takes import DiskTakes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from legnext_widgets.client.messages import Message
    from legnext_widgets.client.session.store import Attempt, Identity
    from legnext_widgets.library.db.journal import Journal

    from .records import LibraryRecord

PROCESS_ENDED = "The process that sent it ended before the answer was recorded."


class DiskJobStore(Shown):
    """The jobs and attempts of one journal.

    The coroutines may be awaited on any event loop. None of them raises for a full, read-only or
    damaged disk; `problems` reports it.

    Args:
        journal: The open journal, which is closed with the store.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        # Attempts on their way, in case that the disk refuses an intent but takes the job.
        self._attempts: dict[str, Attempt] = {}
        self._forgotten: set[str] = set()
        self._takes = DiskTakes(journal)
        # For a library that is garbage-collected, or open when the interpreter ends.
        self._finalizer = weakref.finalize(self, journal.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The folder."""
        return self._journal.folder

    @property
    def problems(self) -> list[Message]:
        """What is wrong with the disk and what that means, each in a sentence of its own."""
        return self._journal.problems

    @property
    def problem(self) -> str | None:
        """The `problems` in one text; None when all is well."""
        return " ".join(self.problems) or None

    @property
    def trouble(self) -> str | None:
        """The `problem`, by its name in version 0.1."""
        return self.problem

    @property
    def takes(self) -> DiskTakes:
        """Which attempt holds which take of a request, for `reuse`."""
        return self._takes

    def close(self) -> None:
        """Write what is queued, end the writer's thread and close the files.

        Attempts still without an outcome count as uncertain from then on. A closed library opens
        again by being used.
        """
        self._journal.close()

    async def intend(self, attempt: Attempt) -> None:
        """Record that an attempt is about to be sent; on the disk when this returns."""
        self._attempts[attempt.id] = attempt
        record = partial(self._journal.intend, attempt=attempt)
        await self._journal.write(record, durable=True)

    async def accept(self, attempt_id: str, job_id: str, answer: bytes) -> None:
        """Record the job that the service made of an attempt; on the disk when this returns.

        Args:
            attempt_id: The attempt.
            job_id: The job.
            answer: The raw body of the answer, which need not be JSON.
        """
        attempt = self._attempts.pop(attempt_id, None)
        operation = partial(
            writes.accept, attempt_id=attempt_id, job_id=job_id, answer=answer, attempt=attempt
        )
        await self._journal.write(operation, durable=True)

    async def refuse(self, attempt_id: str, reason: str) -> None:
        """Record that an attempt started nothing and cost nothing."""
        self._attempts.pop(attempt_id, None)
        await self._journal.write(partial(writes.refuse, attempt_id=attempt_id, reason=reason))

    async def mark_uncertain(self, attempt_id: str, reason: str) -> None:
        """Record that an attempt may have started a job; on the disk when this returns."""
        operation = partial(writes.mark_uncertain, attempt_id=attempt_id, reason=reason)
        await self._journal.write(operation, durable=True)

    async def reassign(self, attempt_id: str, identity: Identity) -> None:
        """Record that an attempt went to another identity than it was recorded with.

        A client learns only from an answer that an origin is a sandbox. The attempt and its job
        then count as the sandbox's.

        Args:
            attempt_id: The attempt.
            identity: The identity that the answer showed.
        """
        attempt = self._attempts.get(attempt_id)
        if attempt is not None:
            self._attempts[attempt_id] = replace(attempt, identity=identity)
        operation = partial(writes.reassign, attempt_id=attempt_id, identity=identity)
        await self._journal.write(operation, durable=True)

    async def observe(self, identity: Identity, task: Mapping[str, object]) -> None:
        """Record a task object as the service last sent it.

        Args:
            identity: The account that asked for it.
            task: The JSON object; signed links lose their query.
        """
        job_id = task.get("job_id")
        if not (isinstance(job_id, str) and job_id in self._forgotten):
            await self._journal.write(partial(self._observe, identity=identity, task=dict(task)))

    async def abandon(self, job_id: str, reason: str, *, identity: Identity | None = None) -> None:
        """Record that the service no longer knows a job, so that it is not polled again.

        Args:
            job_id: The job.
            reason: The service's answer.
            identity: The job's account; by default the newest job of that id.
        """

        def abandon(connection: sqlite3.Connection) -> None:
            entry = queries.entry_of_job(connection, job_id, identity)
            if entry is not None:
                writes.abandon(connection, entry, reason)

        await self._journal.write(abandon)

    @reported()
    def settle(self, attempt_id: str, job_id: str) -> None:
        """Record which job a request of unknown outcome became, so that `reuse` gives that job.

        The request goes by `SubmissionUncertainError.attempt_id`.

        Raises:
            UnknownJobError: The library knows no such request.
            ValueError: It is not a job id.
        """
        job_id = job_id_of(job_id).lower()  # the form in which services write a UUID

        def settle(connection: sqlite3.Connection) -> None:
            if queries.entry_of_attempt(connection, attempt_id) is None:
                raise UnknownJobError(f"The library knows no request {attempt_id}.")
            writes.accept(connection, attempt_id, job_id, b"", None)

        self._journal.change(settle)

    def record(self, job_id: str, *, identity: Identity | None = None) -> LibraryRecord | None:
        """Give the record of a job.

        Args:
            job_id: The job.
            identity: The job's account; by default the newest job of that id.

        Returns:
            The record, or None when the library does not know the job.
        """

        def read(connection: sqlite3.Connection) -> LibraryRecord | None:
            entry = queries.entry_of_job(connection, job_id, identity)
            return None if entry is None else queries.by_entry(connection, self.path, entry)

        return self._journal.read(read, None)

    def account_of(self, identity: Identity) -> str:
        """Give the account of an identity: the service's where an earlier session learned it."""
        read = partial(queries.account_of, identity=identity)
        return self._journal.read(read, identity.account)

    def foreign_jobs(self, identity: Identity) -> Sequence[str]:
        """List running jobs of other keys, whose account was never asked for."""
        nothing: list[str] = []
        return self._journal.read(partial(accounts.foreign_jobs, identity=identity), nothing)

    async def join_account(self, identity: Identity, account: str) -> None:
        """Record which account of the service an identity is; jobs of its other keys join it."""
        operation = partial(accounts.join, identity=identity, account=account)
        await self._journal.write(operation)

    async def adopt(self, identity: Identity, job_id: str) -> None:
        """Record that the service shows a job to this account, and so all jobs of its key."""
        await self._journal.write(partial(accounts.adopt, identity=identity, job_id=job_id))

    def durations(self, task_type: str, *, sandbox: bool) -> Sequence[float]:
        """Give the run times of completed jobs of a kind, newest first.

        Args:
            task_type: Such as `video_diffusion`.
            sandbox: Those of a sandbox, or those of the real service.

        Returns:
            Seconds from started to ended, of the newest 60 jobs at most.
        """
        nothing: list[float] = []
        return self._journal.read(
            lambda connection: queries.durations(connection, task_type, sandbox=sandbox), nothing
        )

    def records(
        self,
        *,
        status: str | Iterable[str] | None = None,
        search: str | None = None,
        kind: str | Iterable[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        favourite: bool | None = None,
        hidden: bool | None = None,
        sandbox: bool | None = None,
        identity: Identity | None = None,
        oldest_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[LibraryRecord]:
        """List jobs: by default all of them.

        Args:
            status: One status or several, such as `completed`.
            search: Words of the prompt or note, each as the beginning of a word; or a job id.
            kind: One kind or several, such as `video_diffusion`.
            since: Submitted at this time or later.
            until: Submitted before this time.
            favourite: Jobs with a favourite clip, or all others.
            hidden: Jobs that are hidden, or all others.
            sandbox: Jobs of a sandbox, or of the real service.
            identity: Jobs of this account of this service.
            oldest_first: Newest first otherwise.
            limit: Number of records at most.
            offset: Number of records to skip.
        """
        wanted = Filter(status, search, kind, since, until, favourite, sandbox, identity, hidden)
        found = self.page(wanted, oldest_first=oldest_first, limit=limit, offset=offset)
        return found.records

    def page(
        self,
        wanted: Filter | None = None,
        *,
        oldest_first: bool = False,
        limit: int | None = 100,
        offset: int = 0,
        after: str | None = None,
    ) -> Page:
        """List jobs one page at a time.

        Args:
            wanted: Which jobs; by default all.
            oldest_first: Newest first otherwise.
            limit: Number of records at most.
            offset: Number of records to skip.
            after: The `next` of the page before.

        Raises:
            ValueError: `after` is not the `next` of a page.
        """
        read = partial(
            queries.page,
            folder=self.path,
            wanted=wanted or Filter(),
            full_text=self._journal.database.full_text,
            oldest_first=oldest_first,
            limit=limit,
            offset=offset,
            after=after,
        )
        return self._journal.read(read, Page([], None))

    def count(self, wanted: Filter | None = None) -> int:
        """Count jobs."""
        full_text = self._journal.database.full_text
        read = partial(queries.count, wanted=wanted or Filter(), full_text=full_text)
        return self._journal.read(read, 0)

    def unfinished_records(self, identity: Identity | None = None) -> list[LibraryRecord]:
        """List the jobs that were running when they were last seen, oldest first."""
        nothing: list[LibraryRecord] = []
        read = partial(queries.unfinished, folder=self.path, identity=identity)
        return self._journal.read(read, nothing)

    def unkept_records(self, identity: Identity | None = None) -> list[LibraryRecord]:
        """List the completed jobs that still have clips to keep, newest first.

        Pruned clips do not count, nor jobs that were completed while `keep_clips` was off.
        """
        nothing: list[LibraryRecord] = []
        read = partial(queries.with_clips_due, folder=self.path, identity=identity)
        return self._journal.read(read, nothing)

    def uncertain_records(self, identity: Identity | None = None) -> list[LibraryRecord]:
        """List the attempts that may have started a job, also of processes that died, by age."""
        nothing: list[tuple[LibraryRecord, str]] = []
        read = partial(queries.without_outcome, folder=self.path, identity=identity)
        now = time.time()
        uncertain = []
        for record, process in self._journal.read(read, nothing):
            age = now - record.created_at.timestamp()
            if record.state == "uncertain":
                uncertain.append(record)
            elif not self._journal.process.may_be_working(process, age):
                uncertain.append(replace(record, state="uncertain", reason=PROCESS_ENDED))
        return uncertain

    def _observe(
        self, connection: sqlite3.Connection, identity: Identity, task: Mapping[str, object]
    ) -> None:
        job_id = task.get("job_id")
        if isinstance(job_id, str) and not queries.entry_of_job(connection, job_id, identity):
            accounts.adopt(connection, identity, job_id)
        writes.observe(connection, identity, task)

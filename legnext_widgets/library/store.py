"""`DiskJobStore`, the client's `JobStore` in a journal on disk: durable, and never in the way."""

from __future__ import annotations

import weakref
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

from legnext_widgets.client.api.validation import job_id_of

from .db.statements import accounts, queries, writes
from .errors import UnknownJobError, as_library_errors
from .job_reader import JobReader

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from legnext_widgets.client.session.store import Attempt, Identity
    from legnext_widgets.library.db.journal import Journal

    from .takes import DiskTakes


class DiskJobStore(JobReader):
    """The jobs and attempts of one journal.

    The coroutines may be awaited on any event loop. None of them raises for a full, read-only or
    damaged disk; `problems` reports it.

    Args:
        journal: The open journal, which is closed with the store.
    """

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        # Attempts on their way, in case that the disk refuses an intent but takes the job.
        self._attempts: dict[str, Attempt] = {}
        # For a library that is garbage-collected, or open when the interpreter ends.
        self._finalizer = weakref.finalize(self, journal.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def takes(self) -> DiskTakes:
        """Which attempt holds which take of a request, for `reuse`."""
        from .takes import DiskTakes  # loaded with the first request

        return DiskTakes(self._journal)

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

    @as_library_errors()
    def settle(self, attempt_id: str, job_id: str) -> None:
        """Record which job a request of unknown outcome became, so that `reuse` returns that job.

        Args:
            attempt_id: The request, by `SubmissionUncertainError.attempt_id`.
            job_id: The job.

        Raises:
            UnknownJobError: The library knows no such request.
            ValueError: It is not a job id.
        """
        job_id = job_id_of(job_id).lower()  # the form in which services write a UUID

        def settle(connection: sqlite3.Connection) -> None:
            if queries.entry_of_attempt(connection, attempt_id) is None:
                raise UnknownJobError(f"The library does not know the request {attempt_id}.")
            writes.accept(connection, attempt_id, job_id, b"", None)

        self._journal.change(settle)

    async def join_account(self, identity: Identity, account: str) -> None:
        """Record which account of the service an identity is; jobs of its other keys join it."""
        operation = partial(accounts.join, identity=identity, account=account)
        await self._journal.write(operation)

    async def adopt(self, identity: Identity, job_id: str) -> None:
        """Record that the service shows a job to this account, and so all jobs of its key."""
        await self._journal.write(partial(accounts.adopt, identity=identity, job_id=job_id))

    def _observe(
        self, connection: sqlite3.Connection, identity: Identity, task: Mapping[str, object]
    ) -> None:
        job_id = task.get("job_id")
        if isinstance(job_id, str) and not queries.entry_of_job(connection, job_id, identity):
            accounts.adopt(connection, identity, job_id)
        writes.observe(connection, identity, task)

"""`JobReader`, what can be read of the jobs in a journal: a disk that refuses gives nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from legnext_widgets.client.messages import REASONS
from legnext_widgets.client.session.store import ClipStore, JobStore, VerifyingStore
from legnext_widgets.library.db.statements.queries import Filter, Page

from .arguments import whole_number
from .db.statements import accounts, queries

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from legnext_widgets.client.messages import Message
    from legnext_widgets.client.session.store import Identity
    from legnext_widgets.library.db.journal import Journal

    from .records import LibraryRecord

PROCESS_ENDED = f"{REASONS['process_ended'].capitalize()}."

_IN_NOTEBOOKS = frozenset({"records", "poster_path", "close"})
_ALSO_HIDDEN = frozenset(
    {
        *("account_of", "adopt", "foreign_jobs", "join_account", "of", "takes", "trouble"),
        "uncertain_records",
    }
)


class JobReader:
    """Read the jobs and attempts of one journal.

    Args:
        journal: The open journal.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def __dir__(self) -> list[str]:
        return names_for_notebooks(super().__dir__())

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
        """Deprecated: the `problem`, by its name in version 0.1."""
        return self.problem

    def record(self, job_id: str, *, identity: Identity | None = None) -> LibraryRecord | None:
        """Return the record of a job.

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
        """Return the account of an identity: the service's where an earlier session learned it."""
        read = partial(queries.account_of, identity=identity)
        return self._journal.read(read, identity.account)

    def foreign_jobs(self, identity: Identity) -> Sequence[str]:
        """List running jobs of other keys, whose account was never asked for."""
        nothing: list[str] = []
        return self._journal.read(partial(accounts.foreign_jobs, identity=identity), nothing)

    def durations(self, task_type: str, *, sandbox: bool) -> Sequence[float]:
        """Return the run times of completed jobs of a kind, newest first.

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
        since: date | None = None,
        until: date | None = None,
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
            search: Words of the prompt or note, each as the beginning of a word; or a job id. The
                first 1,000 characters and 64 words count.
            kind: One kind or several, such as `video_diffusion`.
            since: Submitted at this time or later; a date is its first moment on this machine.
            until: Submitted before this time.
            favourite: Jobs with a favourite clip, or all others.
            hidden: Jobs that are hidden, or all others.
            sandbox: Jobs of a sandbox, or of the real service.
            identity: Jobs of this account of this service.
            oldest_first: Newest first otherwise.
            limit: Number of records at most.
            offset: Number of records to skip.

        Raises:
            TypeError, ValueError: A filter has the wrong type, or a number is negative.
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
            TypeError, ValueError: As `records`; or `after` is not the `next` of a page.
        """
        limit, offset = whole_number("limit", limit), whole_number("offset", offset) or 0
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
        """Count jobs.

        Args:
            wanted: Which jobs; by default all.
        """
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
        found, now, ended = self._journal.read(read, nothing), time.time(), set[str]()
        for record, process in found:
            age = now - record.created_at.timestamp()
            if record.state == "intended" and record.attempt is not None:
                working = self._journal.process.may_be_working(process, age)
                ended |= set() if working else {record.attempt.id}
        if ended:  # such a process may have recorded the answer since the rows were read
            found = self._journal.read(read, nothing)
        uncertain = []
        for record, _ in found:
            if record.state == "uncertain":
                uncertain.append(record)
            elif record.attempt is not None and record.attempt.id in ended:
                uncertain.append(replace(record, state="uncertain", reason=PROCESS_ENDED))
        return uncertain


def names_for_notebooks(names: Iterable[str]) -> list[str]:
    """Leave out what only the sessions of clients call, for tab completion. Pure.

    Args:
        names: All names of a library.
    """
    protocols = (JobStore, ClipStore, VerifyingStore)
    called = {name for protocol in protocols for name in vars(protocol)}
    hidden = (called - _IN_NOTEBOOKS) | _ALSO_HIDDEN
    return sorted(name for name in names if not name.startswith("_") and name not in hidden)

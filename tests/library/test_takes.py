"""Takes of requests in the journal: numbers, holders, and libraries of version 0.1."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from legnext_widgets.client.session.store import Attempt
from legnext_widgets.library import Library
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from legnext_widgets.library.db.process_lock import ProcessLock
from legnext_widgets.library.db.statements import takes
from tests.library import job_factory
from tests.library.job_factory import OTHER_ACCOUNT, REAL, SANDBOX
from tests.support.task_factory import FIRST_DAY, task

TAKEN_FOR_REAL = replace(SANDBOX, sandbox=False)


async def held(library: Library, attempt: Attempt) -> list[str | None]:
    """The jobs that hold the takes of an attempt's request, in their order."""
    holders = await library.takes.holders(attempt.identity, takes.key_of(attempt))
    return [holder.record.job_id for holder in holders]


def forget_numbers(folder: Path) -> None:
    """Leave the rows as version 0.1 wrote them."""
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as connection, connection:
        connection.execute("UPDATE entries SET request = NULL, take = NULL")


async def test_only_one_of_many_claims_is_granted(folder: Path) -> None:
    with Library(folder) as first, Library(folder) as second:
        claims = [
            library.takes.claim(job_factory.attempt())
            for library in (first, second)
            for _ in range(10)
        ]
        holders = await asyncio.gather(*claims)
    assert holders.count(None) == 1
    assert {holder.working for holder in holders if holder} == {True}


class EndingProcess(ProcessLock):
    """Another process records its answer and ends while it is looked at.

    Args:
        folder: Of the locks.
        library: The open library of that process.
        record: Records its answer.
    """

    def __init__(
        self, folder: Path, library: Library, record: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        super().__init__(folder)
        self._library = library
        self._record = record

    def may_be_working(self, name: str, age: float) -> bool:
        asyncio.run(self._record())
        self._library.close()
        return super().may_be_working(name, age)


@pytest.mark.parametrize("asked_by", ["a claim", "the list of uncertain attempts"])
async def test_an_answer_recorded_just_before_its_process_ended_is_found(
    folder: Path, asked_by: str
) -> None:
    sent, job = job_factory.attempt(), job_factory.new_id()
    other = Library(folder)
    assert await other.takes.claim(sent) is None
    journal = Journal(Database(folder))
    journal.process = EndingProcess(
        folder / "sessions", other, lambda: other.accept(sent.id, job, b"")
    )

    with Library.of(journal) as library:
        if asked_by == "a claim":
            holder = await library.takes.claim(job_factory.attempt())
            assert holder is not None
            assert (holder.working, holder.record.job_id) == (False, job)
        else:
            assert await asyncio.to_thread(library.uncertain_records) == []


async def test_a_refused_attempt_and_a_failed_job_hold_no_take(library: Library) -> None:
    refused = job_factory.attempt()
    assert await library.takes.claim(refused) is None
    await library.refuse(refused.id, "no points")
    failed = job_factory.attempt()
    assert await library.takes.claim(failed) is None
    job = job_factory.new_id()
    await library.accept(failed.id, job, b"")
    await library.observe(REAL, task(job, "failed"))

    assert await held(library, failed) == []
    assert await library.takes.claim(job_factory.attempt()) is None


async def test_what_is_of_no_use_is_replaced_once(library: Library) -> None:
    first = job_factory.attempt()
    assert await library.takes.claim(first) is None
    second, third = job_factory.attempt(), job_factory.attempt()
    assert await library.takes.claim(second, instead_of=first.id) is None
    holder = await library.takes.claim(third, instead_of=first.id)
    assert holder is not None
    assert holder.record.attempt == second


async def test_what_is_sent_without_reuse_gets_the_next_free_take(library: Library) -> None:
    jobs = [await job_factory.job(library) for _ in range(3)]
    failed = await job_factory.job(library, status="failed")
    again = await job_factory.job(library)
    assert await held(library, job_factory.attempt()) == [*jobs, again]
    assert failed not in await held(library, job_factory.attempt())
    assert await held(library, job_factory.attempt(identity=OTHER_ACCOUNT)) == []


async def test_a_take_is_found_before_and_after_its_service_is_known_as_a_sandbox(
    library: Library,
) -> None:
    job = await job_factory.job(library, identity=SANDBOX)
    holder = await library.takes.claim(job_factory.attempt(identity=TAKEN_FOR_REAL))
    assert holder is not None
    assert holder.record.job_id == job


async def test_takes_of_keys_that_are_one_account_keep_apart(library: Library) -> None:
    one = [await job_factory.job(library, identity=REAL) for _ in range(2)]
    other = [await job_factory.job(library, identity=OTHER_ACCOUNT) for _ in range(2)]
    await library.join_account(REAL, "account-7")
    await library.join_account(OTHER_ACCOUNT, "account-7")
    joined = job_factory.attempt(identity=replace(REAL, account="account-7"))
    found = await held(library, joined)
    assert sorted(map(str, found)) == sorted([*one, *other])
    records = [library.record(job) for job in [*one, *other]]
    assert sorted(record.take or 0 for record in records if record) == [1, 2, 3, 4]


@pytest.mark.parametrize("count", [3, takes.AT_ONCE * 2 + 7])
async def test_rows_of_version_0_1_are_numbered_when_first_needed(folder: Path, count: int) -> None:
    with Library(folder) as library:
        begun = [
            job_factory.attempt("a dog", sent_at=FIRST_DAY + timedelta(seconds=n))
            for n in range(count)
        ]
        for attempt in begun:
            await library.intend(attempt)
            await library.accept(attempt.id, attempt.id, b"")
    forget_numbers(folder)
    with Library(folder) as library:
        # What is sent without `reuse` does not wait for all of them.
        await library.intend(job_factory.attempt("a cat"))
        assert await held(library, begun[0]) == [attempt.id for attempt in begun]
        assert len(await held(library, job_factory.attempt("a cat"))) == 1
        last = await library.takes.claim(replace(job_factory.attempt("a dog"), take=count))
        assert last is not None
        assert last.record.job_id == begun[-1].id
        assert (
            await library.takes.claim(replace(job_factory.attempt("a dog"), take=count + 1)) is None
        )


async def test_a_rescued_journal_knows_its_takes(folder: Path) -> None:
    with Library(folder) as library:
        jobs = [await job_factory.job(library, f"prompt {number}") for number in range(200)]
    path = folder / "journal.sqlite3"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8 * 4096] = os.urandom(8 * 4096)
    path.write_bytes(content)
    with Library(folder) as library:
        library.records()
        await job_factory.job(library)
        assert "damaged" in (library.problem or "")
        for number in (0, 199):
            holder = await library.takes.claim(job_factory.attempt(f"prompt {number}"))
            assert holder is not None
            assert holder.record.job_id == jobs[number]

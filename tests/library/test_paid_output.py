"""The journal loses sight of nothing that was paid for, whichever process writes last."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from legnext_widgets.library import Library
from tests.library import job_factory
from tests.library.job_factory import OTHER_ACCOUNT, REAL
from tests.library.test_clips import Download
from tests.support.task_factory import task


async def test_the_order_of_answers_makes_no_difference(folder: Path) -> None:
    answers = ("processing", "failed", "empty", "completed")
    with Library(folder) as one, Library(folder) as other:
        for order in permutations(answers):
            begun = job_factory.attempt(" ".join(order))
            job = job_factory.new_id()
            await one.intend(begun)
            await one.accept(begun.id, job, b"")
            for store, status in zip((one, other, one, other), order, strict=True):
                answer = task(job, "completed" if status == "empty" else status)
                await store.observe(REAL, answer | ({"output": None} if status == "empty" else {}))
            record = one.record(job)
            assert record is not None
            assert (record.status, record.take) == ("completed", 1), order
            found = one.get(job)
            assert found is not None
            assert len(found.videos) == 4
        assert one.unfinished_records() == []
        assert len(one.videos()) == 4 * 24


async def test_a_take_that_went_to_another_job_is_not_taken_back(library: Library) -> None:
    failed = await job_factory.job(library, status="failed")
    second = await job_factory.job(library)

    await library.observe(REAL, task(failed, "completed"))

    takes = {job: record.take for job in (failed, second) if (record := library.record(job))}
    assert takes == {failed: 2, second: 1}


async def test_two_rows_that_become_one_keep_the_output(library: Library) -> None:
    own = await job_factory.job(library, identity=REAL)
    await library.observe(OTHER_ACCOUNT, task(own, "failed"))

    await library.join_account(REAL, "account-7")
    await library.join_account(OTHER_ACCOUNT, "account-7")

    record = library.record(own, identity=replace(REAL, account="account-7"))
    assert record is not None
    assert (record.status, record.take) == ("completed", 1)
    assert len(library.videos()) == 4


@pytest.mark.parametrize("damage", ["failed", "empty"])
async def test_what_an_old_journal_lost_sight_of_is_found_again(folder: Path, damage: str) -> None:
    with Library(folder) as library:
        job = await job_factory.job(library)
        await library.keep(job, 2, Download())
    lost = task(job, "completed" if damage == "empty" else damage) | {"output": None}
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as connection, connection:
        connection.execute(
            "UPDATE entries SET task = ?, status = ?, final = status = 'failed',"
            " take = CASE ? WHEN 'failed' THEN NULL ELSE take END",
            (job_factory.json_of(lost), lost["status"], lost["status"]),
        )
        connection.execute("PRAGMA user_version = 4")

    with Library(folder) as library:
        found = library.get(job)
        assert found is not None
        assert (found.status, found.done, found.error) == ("completed", True, None)
        assert [video.kept is not None for video in found.videos] == [False, False, True]
        assert len(library.videos()) == 3
        assert library.unfinished() == []
        holder = await library.takes.claim(job_factory.attempt())
        assert holder is not None
        assert holder.record.job_id == job
        library.export(folder / "export")
        assert len(list((folder / "export").glob("*.mp4"))) == 1

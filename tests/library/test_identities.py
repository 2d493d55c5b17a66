"""Whose jobs they are: jobs of a sandbox never count as real."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from legnext_widgets.library import Library
from tests.library import job_factory
from tests.library.job_factory import OTHER_ACCOUNT, REAL, SANDBOX
from tests.library.test_clips import Download
from tests.support.task_factory import task

EMBEDDED = replace(SANDBOX, origin="sandbox", account="")
TAKEN_FOR_REAL = replace(SANDBOX, sandbox=False)
"""A sandbox at an address like any other, before one of its answers shows what it is."""


async def test_accounts_and_sandbox_are_kept_apart(library: Library) -> None:
    shared = job_factory.new_id()
    for identity in (REAL, OTHER_ACCOUNT, SANDBOX, EMBEDDED):
        await library.observe(
            identity, task(shared, "completed", seconds=4 if identity.sandbox else 200)
        )
    assert [record.identity for record in library.records(identity=OTHER_ACCOUNT)] == [
        OTHER_ACCOUNT
    ]
    assert {record.identity for record in library.records(sandbox=True)} == {SANDBOX, EMBEDDED}
    for identity in (REAL, SANDBOX, EMBEDDED):
        found = library.record(shared, identity=identity)
        assert found is not None
        assert found.identity == identity
    assert list(library.durations("video-diffusion", sandbox=True)) == [4, 4]
    assert list(library.durations("video_diffusion", sandbox=False)) == [200, 200]


@pytest.mark.parametrize("intent_written", [True, False])
async def test_an_attempt_that_went_to_a_sandbox_never_counts_as_real(
    library: Library, folder: Path, intent_written: bool
) -> None:
    begun = job_factory.attempt("a whale", identity=TAKEN_FOR_REAL)
    await library.intend(begun)
    if not intent_written:
        with Library(folder) as other:
            other.forget(begun.id)
    answer = task(job_factory.new_id(), "pending")
    await library.reassign(begun.id, SANDBOX)
    await library.accept(begun.id, answer["job_id"], json.dumps(answer).encode())
    await library.observe(SANDBOX, task(answer["job_id"], "completed", seconds=4))

    (record,) = library.records()
    assert record.identity == SANDBOX
    assert record.attempt is not None
    assert record.attempt.identity == SANDBOX
    assert library.points() == []
    assert [total.points for total in library.points(sandbox=True)] == [480]
    assert list(library.durations("video_diffusion", sandbox=False)) == []
    assert list(library.durations("video_diffusion", sandbox=True)) == [4]
    assert library.records(sandbox=False) == []
    assert [job.state.sandbox for job in library.jobs()] == [True]


async def test_the_jobs_of_an_account_are_found_before_and_after_it_is_known_as_a_sandbox(
    library: Library,
) -> None:
    running = await job_factory.job(library, identity=SANDBOX, status="processing")
    completed = await job_factory.job(library, identity=SANDBOX)
    lost = job_factory.attempt(identity=TAKEN_FOR_REAL)
    await library.intend(lost)
    await library.mark_uncertain(lost.id, "the connection broke")
    for identity in (TAKEN_FOR_REAL, SANDBOX):
        assert [record.job_id for record in library.unfinished_records(identity)] == [running]
        assert [record.job_id for record in library.unkept_records(identity)] == [completed]
        assert [record.attempt for record in library.uncertain_records(identity)] == [lost]
        assert len(library.records(identity=identity)) == 2
        assert library.record(running, identity=identity) is not None
    assert library.unfinished_records(EMBEDDED) == []
    assert library.unfinished_records(REAL) == []


async def test_later_answers_to_any_client_leave_a_sandbox_job_where_it_is(
    library: Library,
) -> None:
    job_id = await job_factory.job(library, identity=SANDBOX, status="processing")
    await library.observe(TAKEN_FOR_REAL, task(job_id, "completed"))
    (record,) = library.records()
    assert (record.identity, record.status) == (SANDBOX, "completed")
    assert library.points() == []


async def test_a_job_that_an_earlier_version_took_for_real_is_moved_with_its_clip(
    library: Library,
) -> None:
    job_id = await job_factory.job(library, identity=TAKEN_FOR_REAL)
    download = Download()
    path = await library.keep(job_id, 0, download, identity=TAKEN_FOR_REAL)
    await library.observe(SANDBOX, task(job_id, "completed", seconds=4))
    assert library.points() == []
    assert await library.keep(job_id, 0, download, identity=SANDBOX) == path
    assert download.calls == 1
    library.forget(job_id)
    assert path is not None
    assert not path.exists()


async def test_a_poll_before_the_answer_is_merged_whatever_was_known_of_the_sandbox(
    library: Library,
) -> None:
    begun, job_id = job_factory.attempt("a dog", identity=TAKEN_FOR_REAL), job_factory.new_id()
    await library.intend(begun)
    await library.observe(TAKEN_FOR_REAL, task(job_id, "completed"))
    await library.reassign(begun.id, SANDBOX)
    await library.accept(begun.id, job_id, b"")
    (record,) = library.records()
    assert (record.identity, record.status) == (SANDBOX, "completed")
    assert library.points() == []


async def test_an_unknown_attempt_is_reassigned_to_no_effect(library: Library) -> None:
    await library.reassign("an attempt of another library", SANDBOX)
    assert library.records() == []
    assert library.problem is None

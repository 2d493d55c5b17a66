"""Waiting for several jobs: each as it ends, or all of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.session.job_state import JobState
from tests.support.raw_service import Reply
from tests.support.task_factory import body, task

from .both_clients import quick
from .conftest import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.raw_service import RawService


@pytest.fixture
def plain(stub: RawService) -> Iterator[lw.Client]:
    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        yield client


def finish(stub: RawService, job: lw.Job | lw.AsyncJob, status: str = "completed") -> None:
    stub.jobs[job.id] = task(job.id, status)


def test_jobs_come_in_the_order_in_which_they_end(plain: lw.Client, stub: RawService) -> None:
    first, second, third = (plain.diffusion(words) for words in ("a sea", "a hill", "a wood"))
    finish(stub, third)
    third.wait(20)
    finish(stub, second, "failed")
    came = []
    for job in lw.as_completed([first, second, third], 20):
        came.append(job)
        if job is second:
            finish(stub, first)

    assert came == [third, second, first]
    assert [job.status for job in came] == ["completed", "failed", "completed"]


def test_jobs_that_end_while_the_caller_is_busy_come_too(
    plain: lw.Client, stub: RawService
) -> None:
    first, *others = (plain.diffusion(words) for words in ("a sea", "a hill", "a wood"))
    finish(stub, first)
    first.wait(20)
    came = []
    for job in lw.as_completed([first, *others], 20):
        came.append(job)
        if job is first:
            for other in others:
                finish(stub, other)
                other.wait(20)

    assert came[0] is first
    assert sorted(job.id for job in came[1:]) == sorted(job.id for job in others)


def test_jobs_of_several_clients_are_waited_for_together(
    plain: lw.Client, stub: RawService
) -> None:
    with quick(lw.Client("another-key", base_url=stub.url, library=False)) as other:
        jobs = [plain.diffusion("a sea"), other.diffusion("a hill")]
        for job in jobs:
            finish(stub, job)
        assert lw.wait(iter(jobs), 20) == jobs


def test_a_job_that_cannot_be_asked_for_comes_with_its_error(
    plain: lw.Client, stub: RawService
) -> None:
    job = plain.job("5f0c8a1e-0000-4000-8000-00000000abcd")
    stub.polls = [Reply(401, body("error-401"))]

    (came,) = lw.as_completed([job], 20)
    assert isinstance(came.error, lw.AuthenticationError)


def test_when_the_time_is_up_the_jobs_go_on(plain: lw.Client, stub: RawService) -> None:
    jobs = [plain.diffusion("a sea"), plain.diffusion("a hill")]
    finish(stub, jobs[1])
    came: list[str] = []

    def collect() -> None:
        came.extend(job.id for job in lw.as_completed(jobs, 1))

    with pytest.raises(lw.JobTimeoutError, match="1 of 2 jobs are not done after 1 s") as caught:
        collect()

    assert came == [jobs[1].id]
    assert caught.value.job is jobs[0]
    finish(stub, jobs[0])
    assert lw.wait(jobs, 20)[0].done


def test_ending_early_leaves_the_others_running(plain: lw.Client, stub: RawService) -> None:
    jobs = [plain.diffusion("a sea"), plain.diffusion("a hill")]
    finish(stub, jobs[0])
    for job in lw.as_completed(jobs, 20):
        assert job is jobs[0]
        break

    finish(stub, jobs[1])
    assert jobs[1].wait(20).done


def test_no_jobs_are_done_at_once_and_other_things_are_refused() -> None:
    assert list(lw.as_completed([])) == []
    assert lw.wait([]) == []
    with pytest.raises(TypeError, match="jobs must be jobs of a client, not str"):
        lw.as_completed(["a"])  # type: ignore[type-var]


def test_a_running_job_of_a_library_says_what_helps() -> None:
    job = lw.Job(None, JobState("a", task=Task.of(task("a", "processing"))))
    with pytest.raises(lw.LegnextError, match=r"client\.job"):
        lw.wait([job])


async def test_jobs_of_an_async_client_are_iterated_and_awaited(stub: RawService) -> None:
    async with quick(lw.AsyncClient(KEY, base_url=stub.url, library=False)) as client:
        jobs = [await client.diffusion("a sea"), await client.diffusion("a hill")]
        finish(stub, jobs[1])
        came = []
        async for job in lw.as_completed(jobs, 20):
            came.append(job)
            finish(stub, jobs[0])
        assert came == [jobs[1], jobs[0]]
        assert await lw.wait(jobs, 20) == jobs
        with pytest.raises(TypeError, match="async for"):
            next(lw.as_completed(jobs))


async def test_jobs_of_a_blocking_client_are_iterated_in_a_running_loop(
    plain: lw.Client, stub: RawService
) -> None:
    job = await asyncio.to_thread(plain.diffusion, "a sea")
    finish(stub, job)
    assert [one async for one in lw.as_completed([job], 20)] == [job]


def test_how_many_are_done_is_reported(plain: lw.Client, stub: RawService) -> None:
    jobs = [plain.diffusion("a sea"), plain.diffusion("a hill")]
    for job in jobs:
        finish(stub, job)
    seen: list[lw.ProgressReport] = []
    lw.wait(jobs, 20, progress=seen.append)

    assert seen[-1].text.startswith("2 of 2 done")


async def test_jobs_that_end_while_the_awaiting_caller_is_busy_come_too(stub: RawService) -> None:
    async with quick(lw.AsyncClient(KEY, base_url=stub.url, library=False)) as client:
        jobs = [await client.diffusion(words) for words in ("a sea", "a hill", "a wood")]
        finish(stub, jobs[0])
        await jobs[0].wait(20)
        came = []
        async for job in lw.as_completed(jobs, 20):
            came.append(job)
            if len(came) == 1:
                for other in jobs[1:]:
                    finish(stub, other)
                await lw.wait(jobs, 20)

        assert came[0] is jobs[0]
        assert sorted(job.id for job in came) == sorted(job.id for job in jobs)

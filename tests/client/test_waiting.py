"""Waiting survives errors that pass, and ends at once with those that do not."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.schedule import DEFAULT_PACE, Pace
from legnext_widgets.client.session import retry
from legnext_widgets.client.session.job_state import JobState
from tests.support.raw_service import RESET, Reply, closed_port
from tests.support.task_factory import body, task
from tests.support.waiting import wait_until

from .both_clients import Clock, poller_of, quick
from .conftest import KEY

FAILURES = {
    "reset": RESET,
    "closed": Reply(raw=b""),
    "500": Reply(500, {"code": 500, "message": "x"}),
    "502 with HTML": Reply(502, "<html>"),
    "503": Reply(503),
    "429": Reply(429, headers={"Retry-After": "0"}),
    "408": Reply(408),
    "HTML": Reply(200, "<html>"),
    "cut JSON": Reply(200, '{"job_id": "x', promised=99),
    "no JSON": Reply(200, '{"job_id": '),
    "an empty answer": Reply(200),
    "a list": Reply(200, []),
    "no task": Reply(200, {"code": 200}),
    "nested without end": Reply(200, b"[" * 99999),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_poll_that_fails_is_tolerated(client, stub, failure):
    job = client.diffusion("a sea")
    stub.polls = [FAILURES[failure]] * 3
    stub.jobs[job.id] = task(job.id, "completed")

    assert job.wait(20).status == "completed"
    assert stub.polls == []


def test_waiting_for_a_job_that_the_service_does_not_know_ends_at_once(client, stub):
    job = client.diffusion("a sea")
    stub.jobs.clear()

    with pytest.raises(lw.NotFoundError):
        job.wait(20)


def test_an_error_that_is_raised_again_and_again_does_not_grow(client, stub):
    stub.posts = [Reply(403, body("error-403-task-shaped"))]
    (job,) = client.submit_many([lw.Diffusion("x")])
    lengths = set()
    for _ in range(5):
        with pytest.raises(lw.PermissionDeniedError) as caught:
            job.wait()
        lengths.add(len(caught.traceback))

    assert len(lengths) == 1


def test_a_service_that_is_away_is_waited_for_until_the_deadline(driver, stub):
    client = driver.client(KEY, base_url=closed_port(), library=False, timeout=0.2)
    job = client.job("5f0c8a1e-0000-4000-8000-00000000abcd")

    with pytest.raises(lw.JobTimeoutError):
        job.wait(0.3)
    assert job.error is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401, body("error-401")), lw.AuthenticationError),
        (Reply(403, body("error-403-task-shaped")), lw.PermissionDeniedError),
        (Reply(404, {"code": 404, "message": "no such job"}), lw.NotFoundError),
    ],
)
def test_errors_that_waiting_cannot_mend_end_it_at_once(client, stub, reply, kind):
    job = client.job("5f0c8a1e-0000-4000-8000-00000000abcd")
    stub.polls = [reply]

    with pytest.raises(kind):
        job.wait(20)

    assert isinstance(job.error, kind)
    stub.jobs[job.id] = task(job.id, "completed")
    assert job.wait(20).done  # and waiting can begin again


def test_unknown_statuses_are_waited_through(client, stub):
    job = client.diffusion("a sea")
    stub.polls = [Reply(body=task(job.id, status)) for status in ("queued", "", "done?", "staged")]
    stub.jobs[job.id] = task(job.id, "completed")

    assert job.wait(20).status == "completed"


def test_an_old_answer_does_not_undo_a_final_one():
    job = JobState("a", request=lw.Diffusion("x"))
    job.update(Task.of(task("a", "completed")))
    job.update(Task.of(task("a", "processing")))

    assert job.status == "completed"


def test_the_deadline_cuts_a_long_wait(client, stub):
    client.session.tune(pace=Pace(first=3600.0))
    job = client.diffusion("a sea")

    with pytest.raises(lw.JobTimeoutError):
        job.wait(0.05)

    assert stub.polled == []


def test_the_deadline_cuts_a_poll_that_hangs(client, stub):
    job = client.diffusion("a sea")
    stub.polls = [Reply(hold=stub.closed)]
    wait_until(lambda: stub.polled, "it is asked for")

    with pytest.raises(lw.JobTimeoutError):
        job.wait(0.05)


def test_several_threads_wait_for_one_job(stub):
    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        job = client.diffusion("a sea")
        seen: list[str] = []
        threads = [
            threading.Thread(target=lambda: seen.append(job.wait(20).status)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        stub.jobs[job.id] = task(job.id, "completed")
        for thread in threads:
            thread.join()

    assert seen == ["completed"] * 8


async def test_a_machine_that_slept_asks_at_once():
    clock = Clock()
    asked: list[str] = []

    async def fetch(job_id: str) -> Task:
        asked.append(job_id)
        return Task.of(task(job_id, "completed"))

    poller = poller_of(fetch, pace=Pace(clock_check=0.01), clock=clock)
    poller.follow(JobState("a", request=lw.Diffusion("x")))
    for _ in range(5):
        await asyncio.sleep(0.01)
    assert asked == []
    clock.wall += 3600  # the monotonic clock stands still while a machine sleeps

    async with asyncio.timeout(10):
        while not asked:
            await asyncio.sleep(0.01)
    await poller.aclose()


async def test_a_429_slows_all_polls():
    clock = Clock()
    asked: list[float] = []

    async def fetch(job_id: str) -> Task:
        asked.append(clock.steady)
        if len(asked) == 1:
            raise lw.RateLimitError("slow down", retry_after=20.0, status_code=429)
        return Task.of(task(job_id, "completed"))

    poller = poller_of(fetch, pace=Pace(clock_check=0.001), clock=clock)
    for name in "abc":
        poller.follow(JobState(name, request=lw.Diffusion("x")), now=True)
    async with asyncio.timeout(20):
        while poller.count:
            clock.steady += 0.05
            clock.wall += 0.05
            await asyncio.sleep(0.002)
    await poller.aclose()

    assert asked[1] - asked[0] >= 20
    assert asked[2] - asked[1] > 0.3  # still slower than the usual five a second


def test_a_job_of_unknown_age_grows_older_here():
    job = JobState("a", task=Task.of({"job_id": "a", "status": "processing"}))
    job.seen_at -= 500

    assert job.age >= 500


def test_the_time_in_the_queue_does_not_count_as_running():
    found = task("a", "processing")
    found["meta"] |= {"created_at": "2026-01-01T00:00:00Z", "started_at": "2026-01-01T00:10:00Z"}
    job = JobState("a", task=Task.of(found))

    assert job.elapsed is not None
    assert job.elapsed - job.age == pytest.approx(600, abs=1)


@pytest.mark.parametrize("failures", [1, 2, 5, 50])
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_the_wait_after_a_failed_poll_grows_to_half_a_minute(failures, chance):
    wait = retry.delay_after_failure(failures, chance)

    assert DEFAULT_PACE.shortest <= wait <= DEFAULT_PACE.longest_failing == 30
    assert failures < 5 or wait >= 15


async def test_coroutine_functions_can_watch(stub):
    async with quick(lw.AsyncClient(KEY, base_url=stub.url, library=False)) as client:
        seen: list[Any] = []

        async def told(job: Any) -> None:
            await asyncio.sleep(0)
            seen.append(job.status)

        job = await client.diffusion("a sea")
        job.watch(told)
        stub.jobs[job.id] = task(job.id, "completed")
        await job
        async with asyncio.timeout(10):
            while seen != ["completed"]:
                await asyncio.sleep(0.01)


def test_a_blocking_client_refuses_a_coroutine_function_as_watcher(stub):
    async def told(job: Any) -> None: ...

    with (
        quick(lw.Client(KEY, base_url=stub.url, library=False)) as client,
        pytest.raises(TypeError, match="plain function"),
    ):
        client.diffusion("a sea").watch(told)

"""Very many jobs, threads and processes: what they cost, and what they leave behind."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import legnext_widgets as lw
from benchmarks.many_jobs import lines, measured
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.schedule import Pace
from legnext_widgets.client.session.job_state import JobState
from tests.support.raw_service import RawService
from tests.support.report import note_figures
from tests.support.task_factory import task
from tests.support.virtual_time import virtual_time
from tests.support.waiting import wait_until

from .both_clients import Clock, poller_of, quick
from .conftest import KEY


def test_a_thousand_jobs_cost_little():
    with virtual_time() as runner:
        runner.run(measured(6, 3))  # what is loaded with the first poll is not counted
        figures = runner.run(measured(1000, 60))
    note_figures("1,000 jobs polled for a minute", lines([figures]))

    assert figures.core <= 0.05
    assert figures.megabytes <= 60
    assert figures.polls_mean <= 5.5
    assert figures.shortest_gap >= 2


class Account:
    """A service in which six jobs run at a time, polled by a poller of its own."""

    def __init__(self, jobs: int, clock: Clock) -> None:
        self.clock = clock
        self.names = [str(number) for number in range(jobs)]
        self.begin = clock.monotonic()
        self.ends: dict[str, float] = {}
        self.started: dict[str, float] = {}
        self.noticed: dict[str, float] = {}
        self.poller = poller_of(self.fetch, pace=Pace(clock_check=0.001), clock=clock)
        for name in self.names:
            self.poller.follow(JobState(name, task=Task.of({"job_id": name, "status": "pending"})))

    def status(self, name: str) -> str:
        now = self.clock.monotonic()
        while len(self.started) < len(self.names):
            running = [end for end in self.ends.values() if end > now]
            if len(running) >= 6:
                break
            begun = self.names[len(self.started)]
            self.started[begun] = now
            self.ends[begun] = now + 200 + 7 * (len(self.started) % 6)
        if name not in self.started:
            return "pending"
        return "processing" if self.ends[name] > now else "completed"

    async def fetch(self, name: str) -> Task:
        now = self.clock.monotonic()
        found = task(name, self.status(name))
        if found["status"] == "completed":
            self.noticed.setdefault(name, now)
        made = datetime.now(UTC) - timedelta(seconds=now - self.begin)
        queued = timedelta(seconds=self.started.get(name, now) - self.begin)
        started = (made + queued).isoformat() if name in self.started else None
        found["meta"] |= {"created_at": made.isoformat(), "started_at": started}
        return Task.of(found)

    def mean_lag_of_the_first_six(self) -> float:
        return sum(self.noticed[name] - self.ends[name] for name in self.names[:6]) / 6


async def test_the_six_that_run_are_noticed_as_if_they_were_alone():
    clock = Clock()
    alone, among_many = Account(6, clock), Account(1000, clock)

    while len(alone.noticed) < 6 or not set(among_many.names[:6]) <= set(among_many.noticed):
        assert clock.monotonic() - alone.begin < 400
        clock.advance(0.25)
        await asyncio.sleep(0.002)

    assert among_many.mean_lag_of_the_first_six() <= alone.mean_lag_of_the_first_six() + 5
    await alone.poller.aclose()
    await among_many.poller.aclose()


async def test_no_queued_job_is_forgotten():
    asked: set[str] = set()

    async def fetch(name: str) -> Task:
        asked.add(name)
        return Task.of(task(name, "pending"))

    poller = poller_of(fetch, speed=100, pace=Pace(per_second_sandbox=500.0))
    for number in range(120):
        pending = Task.of({"job_id": str(number), "status": "pending"})
        poller.follow(JobState(str(number), task=pending))
    async with asyncio.timeout(20):
        while len(asked) < 120:
            await asyncio.sleep(0.05)
    await poller.aclose()


def legnext_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("legnext")]


def test_no_thread_is_left_after_closing(stub):
    before = set(threading.enumerate())
    for _ in range(5):
        with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
            job = client.diffusion("x")
            job.watch(lambda _: None)
            stub.jobs[job.id] = task(job.id, "completed")
            job.wait(10)
            client.job("5f0c8a1e-0000-4000-8000-00000000abcd")
    left = lambda: [  # noqa: E731
        one for one in set(threading.enumerate()) - before if one.name.startswith("legnext")
    ]
    wait_until(lambda: not left(), "all threads ended", every=0.01)


async def test_no_task_is_left_after_closing(stub):
    before = asyncio.all_tasks()
    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=False))
    job = await client.diffusion("x")
    job.watch(lambda _: None)
    waiting = asyncio.create_task(job.wait())
    await asyncio.sleep(0.05)
    await client.aclose()
    with pytest.raises(lw.LegnextError, match="closed"):
        await waiting
    await asyncio.sleep(0)

    assert asyncio.all_tasks() == before


def test_a_client_that_is_not_used_starts_no_thread(stub):
    before = legnext_threads()
    client = quick(lw.Client(KEY, base_url=stub.url, library=False))

    assert legnext_threads() == before
    client.close()
    client.close()


def test_a_closed_client_is_freed(stub):
    import weakref

    client = quick(lw.Client(KEY, base_url=stub.url, library=False))
    client.balance()
    client.close()
    gone = weakref.ref(client)
    del client
    wait_until(lambda: gc.collect() is not None and gone() is None, "it is freed", every=0.01)


def test_many_threads_share_one_client(stub):
    stub.becomes = "completed"
    errors: list[BaseException] = []
    ids: list[str] = []

    def work(client: lw.Client, number: int) -> None:
        try:
            job = client.diffusion(f"picture {number}").wait(20)
            ids.append(job.id)
            assert job.request is not None
            assert job.request.payload() == {"text": f"picture {number}"}
        except BaseException as error:
            errors.append(error)

    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        threads = [threading.Thread(target=work, args=(client, number)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert errors == []
    assert len(set(ids)) == len(stub.posted) == 16


async def test_a_blocking_client_works_inside_a_running_loop(stub):
    stub.becomes = "completed"
    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        job = client.diffusion("x")
        assert (await job).status == "completed"
        assert client.balance().available_points == 1048


def in_child(check: Any) -> str:
    """What a forked child says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = str(check())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_using_a_client_in_a_fork_raises_an_error_with_advice(stub):
    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        client.balance()
        asked = len(stub.requests)

        for call in (client.balance, lambda: client.diffusion("x")):
            assert "forked" in in_child(call)
        assert in_child(client.close) == "None"
        assert len(stub.requests) == asked
        assert client.balance().available_points == 1048


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_new_client_works_in_a_fork(stub):
    def ask() -> float | None:
        with quick(lw.Client(KEY, base_url=stub.url, library=False)) as mine:
            return mine.balance().available_points

    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        client.balance()
        assert in_child(ask).startswith("1048")


def test_using_an_awaiting_client_on_a_second_loop_raises_an_error_with_advice(stub: RawService):
    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=False))

    async def once() -> float | None:
        balance = await client.balance()
        await client.session.transport.aclose()  # or its connection would be left to the collector
        return balance.available_points

    assert asyncio.run(once()) == 1048
    with pytest.raises(lw.LegnextError, match="event loop"):
        asyncio.run(client.balance())

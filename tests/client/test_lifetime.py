"""Threads that share a client, and what is left of clients that end."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import legnext_widgets as lw
from tests.support.raw_service import full_backlog
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .both_clients import quick
from .conftest import KEY
from .recording_store import RecordingStore

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Does several things in threads that begin together; gives what they returned."""
    together = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def do(number: int, work: Callable[[], Any]) -> None:
        together.wait(30)
        results[number] = work()

    threads = [threading.Thread(target=do, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


class SlowJournal(RecordingStore):
    """It takes its time to look for a job, as a network drive does."""

    def record(self, job_id: str) -> None:
        time.sleep(0.05)


def test_two_threads_that_take_over_one_job_get_one_job(stub):
    with quick(lw.Client(KEY, base_url=stub.url, library=SlowJournal())) as client:
        first, second = at_once(lambda: client.job(JOB), lambda: client.job(JOB.upper()))
        assert first == second

        stub.jobs[JOB] = task(JOB, "completed")
        waited = at_once(lambda: first.wait(20), lambda: second.wait(20))

    assert [job.status for job in waited] == ["completed", "completed"]


class Meeting(lw.Client):
    """Two threads that send batches meet at the moment at which each has begun."""

    together = threading.Barrier(2)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "_batch" and value is not None:
            self.together.wait(30)


def test_two_threads_that_send_batches_get_each_its_own(stub):
    stub.becomes = "completed"
    sent = [[lw.Diffusion(name)] for name in ("one", "two")]

    with Meeting(KEY, base_url=stub.url, library=False) as client:
        given = at_once(*(lambda batch=batch: client.submit_many(batch) for batch in sent))

    assert [[job.request for job in jobs] for jobs in given] == sent
    assert len(stub.posted) == 2


def test_without_asyncio_the_error_names_what_to_use():
    """As under trio, which drives coroutines without a loop of asyncio."""
    client = lw.AsyncClient(KEY, library=False)

    with pytest.raises(lw.LegnextError, match="under trio, use Client"):
        client.balance().send(None)


def test_two_threads_may_close_a_client(stub):
    client = quick(lw.Client(KEY, base_url=stub.url, library=False))
    client.balance()
    failures: list[BaseException] = []

    def close() -> None:
        try:
            client.close()
        except BaseException as error:
            failures.append(error)

    at_once(*[close] * 4)

    assert failures == []


async def test_watching_a_job_of_a_closed_client_says_so_and_leaves_no_task(stub):
    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=False))
    job = await client.diffusion("x")
    await client.aclose()
    before = asyncio.all_tasks()

    with pytest.raises(lw.LegnextError, match="closed"):
        job.watch(lambda _: None)

    assert asyncio.all_tasks() == before


async def test_closing_an_awaiting_client_does_not_hold_up_its_loop(monkeypatch):
    client = lw.AsyncClient.sandbox(speed=600, packaged=True)
    await client.balance()
    assert client.embedded is not None
    inside, go = threading.Event(), threading.Event()
    close = client.embedded.close

    def slow() -> None:
        inside.set()
        assert go.wait(30)
        close()

    monkeypatch.setattr(client.embedded, "close", slow)

    closing = asyncio.create_task(client.aclose())
    while not inside.is_set():
        await asyncio.sleep(0.01)
    go.set()  # only a loop that turns comes here

    await closing


async def test_closing_ends_a_request_that_is_still_connecting():
    with full_backlog() as address:
        client = quick(lw.AsyncClient(KEY, base_url=address, library=False))
        asking = asyncio.create_task(client.session.transport.get_balance())
        await asyncio.sleep(0.1)  # it connects now; before that the same is true

        await client.aclose()

        assert asking.done()
        with pytest.raises(lw.TransportError):
            await asking


def named(*names: str) -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name.startswith(names)}


def test_wrong_options_leave_no_sandbox_behind():
    before = named("legnext")

    with pytest.raises(ValueError, match="timeout"):
        lw.Client.sandbox(packaged=True, timeout=0)

    wait_until(lambda: named("legnext") <= before, "its threads ended")


def test_a_client_that_is_garbage_collected_ends_by_itself(stub):
    stub.becomes = "completed"
    before = named("legnext")
    client = quick(lw.Client(KEY, base_url=stub.url, library=False))
    client.diffusion("x").wait(20)
    sandboxed = lw.Client.sandbox(speed=600, packaged=True)
    sandboxed.balance()
    assert len(named("legnext") - before) >= 3

    del client, sandboxed

    def ended() -> bool:
        gc.collect()
        return named("legnext") <= before

    wait_until(ended, "all threads ended", every=0.1)


def test_jobs_of_a_garbage_collected_client_are_polled_to_their_end(stub):
    journal = RecordingStore()
    client = quick(lw.Client(KEY, base_url=stub.url, library=journal))
    job_id = client.diffusion("x").id
    del client
    gc.collect()

    stub.jobs[job_id] = task(job_id, "completed")

    wait_until(lambda: ("observe", job_id, "completed") in journal.diary, "its end was noticed")

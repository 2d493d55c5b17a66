"""A client takes up the jobs of earlier sessions with its first call."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from tests.support import mp4
from tests.support.raw_service import RawService, Reply
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .conftest import KEY

CLIP = mp4.clip(bytes(range(256)) * 20)
DAY = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def session(driver: Any, stub: RawService, folder: Path) -> Callable[..., Any]:
    """Begin a session: a client with its own view of the one library."""

    def begin(*, at_once: bool = True) -> Any:
        client = driver.client(KEY, base_url=stub.url, library=lw.Library(folder))
        if at_once:
            client.session.persistence.restorer.take_up_after = 0.0
        return client

    return begin


def complete(stub: RawService, job: Any) -> None:
    links = [f"{stub.url}/clip-{number}.mp4" for number in range(2)]
    stub.jobs[job.id] = task(job.id, "completed") | {"output": {"video_urls": links}}


@pytest.fixture
def running(driver: Any, session: Callable[..., Any]) -> Any:
    """A job that still ran when its session ended."""
    client = session()
    job = client.diffusion("a sea")
    driver.close_client(client)
    return job


@pytest.fixture
def unkept(driver: Any, session: Callable[..., Any], stub: RawService, running: Any) -> Any:
    """A completed job whose clips could not be kept by its session."""
    complete(stub, running)
    stub.others["/clip"] = lambda request: Reply(404)
    client = session()
    client.job(running.id).refresh()
    driver.close_client(client)
    return running


def kept(folder: Path, job: Any) -> list[int]:
    with lw.Library(folder) as library:
        record = library.record(job.id)
        return sorted(record.kept) if record else []


def age(folder: Path, days: int) -> None:
    connection = sqlite3.connect(folder / "journal.sqlite3")
    connection.execute("UPDATE entries SET created_at = created_at - ?", (days * DAY,))
    connection.commit()
    connection.close()


def test_a_job_that_ran_is_followed_and_its_clips_are_kept(session, stub, folder, running):
    complete(stub, running)
    stub.others["/clip"] = lambda request: Reply(body=CLIP)
    sent = len(stub.posted)
    client = session()
    client.balance()

    wait_until(lambda: kept(folder, running) == [0, 1], "its clips are kept")
    assert [job.id for job in client.jobs] == [running.id]
    assert len(stub.posted) == sent


def test_clips_that_an_earlier_session_could_not_keep_are_kept(session, stub, folder, unkept):
    stub.others["/clip"] = lambda request: Reply(body=CLIP)
    session().balance()

    wait_until(lambda: kept(folder, unkept) == [0, 1], "its clips are kept")


def test_a_client_that_ends_soon_asks_for_nothing_else(driver, session, stub, running):
    polls = len(stub.polled)
    client = session(at_once=False)
    client.balance()
    driver.close_client(client)

    assert len(stub.polled) == polls


def test_closing_does_not_wait_for_the_clips_of_earlier_sessions(driver, session, stub, unkept):
    asked = len([request for request in stub.requests if "/clip" in request.path])
    stub.others["/clip"] = lambda request: Reply(body=CLIP, hold=threading.Event())
    client = session()
    client.balance()
    wait_until(
        lambda: len([each for each in stub.requests if "/clip" in each.path]) > asked,
        "its clips are asked for",
    )
    began = time.monotonic()
    driver.close_client(client)

    assert time.monotonic() - began < 10


def test_closing_waits_for_an_earlier_job_that_the_caller_asked_for(
    driver, session, stub, folder, unkept
):
    go, asked = threading.Event(), len(stub.requests)
    stub.others["/clip"] = lambda request: Reply(body=CLIP, hold=go)
    client = session()
    client.job(unkept.id)
    client.balance()
    wait_until(
        lambda: any("/clip" in each.path for each in stub.requests[asked:]), "clips are asked for"
    )
    with ThreadPoolExecutor(1) as threads:
        closing = threads.submit(driver.close_client, client)
        go.set()
        closing.result(30)

    assert kept(folder, unkept) == [0, 1]


def test_jobs_that_are_too_old_are_left(session, stub, folder, unkept):
    age(folder, days=31)
    asked = len(stub.requests)
    client = session()
    job = client.diffusion("a hill")
    complete(stub, job)
    stub.others["/clip"] = lambda request: Reply(body=CLIP)
    wait_until(lambda: kept(folder, job) == [0, 1], "the new job is kept")

    assert kept(folder, unkept) == []
    assert [each.path for each in stub.requests[asked:] if unkept.id in each.path] == []


def test_of_many_jobs_the_newest_are_taken_up(driver, session, stub):
    first = session()
    jobs = [first.diffusion(f"picture {number}") for number in range(22)]
    driver.close_client(first)
    client = session()
    client.balance()
    wait_until(lambda: len(client.jobs) >= 20, "jobs are taken up")

    assert {job.id for job in client.jobs} == {job.id for job in jobs[2:]}

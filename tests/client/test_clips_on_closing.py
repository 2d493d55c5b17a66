"""Clips that are being kept when their client is closed, or when the program ends."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.session.retry import RetryPolicy
from tests.support import mp4
from tests.support.raw_service import RawService, Reply
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .both_clients import quick
from .conftest import KEY

CLIP = mp4.clip(bytes(range(256)) * 20)
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
SOON = 10.0
"""Seconds, well below the patience for clips."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[lw.Library]:
    with lw.Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def fetching(driver: Any, stub: RawService, library: lw.Library) -> Callable[..., Any]:
    """Make a client that is fetching the two clips of a job."""

    def make(answer: Reply, **options: Any) -> Any:
        client = driver.client(KEY, base_url=stub.url, library=library, **options)
        stub.others["/clip"] = lambda request: answer
        links = [f"{stub.url}/clip-{number}.mp4" for number in range(2)]
        stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": links}}
        client.job(JOB).refresh()
        wait_until(lambda: clips_asked_for(stub) == 2, "both clips are asked for")
        return client

    return make


def clips_asked_for(stub: RawService) -> int:
    return len({request.path for request in stub.requests if "/clip" in request.path})


def kept(library: lw.Library) -> list[int]:
    record = library.record(JOB)
    return sorted(record.kept) if record else []


def test_clips_that_are_being_fetched_are_kept(driver, fetching, library):
    go = threading.Event()
    client = fetching(Reply(body=CLIP, hold=go))
    with ThreadPoolExecutor(1) as threads:
        closing = threads.submit(driver.close_client, client)
        assert not closing.done()
        go.set()
        closing.result(30)

    assert kept(library) == [0, 1]


def test_the_person_sees_what_is_waited_for(driver, fetching, library):
    go, lines = threading.Event(), list[str]()
    client = fetching(Reply(body=CLIP, hold=go), progress=lambda report: lines.append(str(report)))
    with ThreadPoolExecutor(1) as threads:
        closing = threads.submit(driver.close_client, client)
        wait_until(lambda: any("0 of 2 videos kept" in line for line in lines), "a line is shown")
        go.set()
        closing.result(30)

    assert lines[-1].startswith("2 of 2 videos kept in the library")


def test_a_clip_that_waits_for_another_try_is_not_waited_for(driver, fetching, library, caplog):
    client = fetching(Reply(404))
    wait_until(lambda: "could not be kept" in caplog.text, "the first try has failed")
    began = time.monotonic()
    driver.close_client(client)

    assert time.monotonic() - began < SOON
    assert [record.job_id for record in library.unkept_records()] == [JOB]


def test_a_download_between_two_tries_is_not_waited_for(driver, stub, library):
    client = driver.client(KEY, base_url=stub.url, library=library)
    client.session.downloads.retry = RetryPolicy(first=60.0, longest=60.0)
    stub.others["/clip"] = lambda request: Reply(503)
    links = [f"{stub.url}/clip-0.mp4"]
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": links}}
    client.job(JOB).refresh()
    wait_until(lambda: clips_asked_for(stub) == 1, "the first try")
    began = time.monotonic()
    driver.close_client(client)

    assert time.monotonic() - began < SOON


def test_the_wait_is_bounded_and_leaves_no_part_of_a_clip(fetching, library):
    client = fetching(Reply(body=CLIP, hold_body=threading.Event()))
    began = time.monotonic()
    close = getattr(client, "aclose", None) or client.close
    close(patience=0.2)

    assert time.monotonic() - began < SOON
    assert kept(library) == []
    assert [path for path in library.path.rglob("*.mp4*") if path.is_file()] == []


def test_ctrl_c_in_a_with_block_does_not_wait(stub, library):
    stub.others["/clip"] = lambda request: Reply(body=CLIP, hold=threading.Event())
    links = [f"{stub.url}/clip-0.mp4"]
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": links}}
    began = time.monotonic()

    def interrupted() -> None:
        with quick(lw.Client(KEY, base_url=stub.url, library=library)) as client:
            client.job(JOB).refresh()
            wait_until(lambda: clips_asked_for(stub) == 1, "the clip is asked for")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert time.monotonic() - began < SOON


SCRIPT = """
import sys
import legnext_widgets as lw

library = lw.Library(sys.argv[2])
client = lw.Client("a-key", base_url=sys.argv[1], library=library, allow_private_urls=True)
print(client.diffusion("a fox").wait(60).status)
{end}
"""


@pytest.mark.parametrize("end", ["", "client.close()"], ids=["it ends", "it closes the client"])
def test_a_script_that_submits_waits_and_ends_has_its_clips(end, stub, library):
    stub.others["/clip"] = lambda request: Reply(body=CLIP)
    stub.others["/api/v1/diffusion"] = becomes_the_job(stub)

    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(end=end), stub.url, str(library.path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert ended.stdout.split() == ["completed"], ended.stderr
    assert kept(library) == [0, 1]


def becomes_the_job(stub: RawService) -> Callable[[Any], Reply]:
    """Make each POST the same job, which is completed when it is asked for."""
    links = [f"{stub.url}/clip-{number}.mp4" for number in range(2)]

    def answer(request: Any) -> Reply:
        stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": links}}
        return Reply(body=task(JOB, "pending"))

    return answer

"""Interruptions at each await: a cancelled task, Ctrl-C, a client closed under a request."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from tests.support.raw_service import RESET, RawService, Reply, full_backlog
from tests.support.report import note_fault
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .both_clients import quick
from .conftest import KEY
from .recording_store import RecordingStore

REQUEST = lw.Diffusion("a sea")


async def reached(holds: Callable[[], object]) -> None:
    """Returns when a condition holds."""
    await asyncio.to_thread(wait_until, holds, "the phase was reached", every=0.005)


class Phase:
    """A moment at which a submission is interrupted.

    Attributes:
        posts: How many POSTs arrive in all.
        job: Whether a job must come of it although nobody waits for it any more.
        last: The last word the journal is told.
    """

    def __init__(
        self,
        prepare: Callable[[RawService, RecordingStore], None],
        posts: int,
        job: bool,
        last: str,
    ) -> None:
        self.prepare = prepare
        self.posts = posts
        self.job = job
        self.last = last


def _blocked_at(note: str) -> Callable[[RawService, RecordingStore], None]:
    return lambda stub, journal: setattr(journal, "block_at", note)


def _held_before(stub: RawService, journal: RecordingStore) -> None:
    stub.jobs["5f0c8a1e-0000-4000-8000-00000000abcd"] = task("5f0c8a1e-0000-4000-8000-00000000abcd")
    answer = task("5f0c8a1e-0000-4000-8000-00000000abcd")
    stub.posts = [Reply(body=answer, hold=journal.go)]


def _held_within(stub: RawService, journal: RecordingStore) -> None:
    _held_before(stub, journal)
    stub.posts = [Reply(body=stub.posts[0].body, hold_body=journal.go)]


def _told_to_wait(stub: RawService, journal: RecordingStore) -> None:
    stub.posts = [Reply(429, headers={"Retry-After": "30"})]


def _candidates_held(stub: RawService, journal: RecordingStore) -> None:
    stub.posts = [RESET]
    stub.others["/api/account/active_tasks"] = lambda request: Reply(body=[], hold=journal.go)


PHASES = {
    "while the intent is written": Phase(_blocked_at("intend"), 0, False, "refuse"),
    "while the answer is awaited": Phase(_held_before, 1, True, "accept"),
    "while the answer is read": Phase(_held_within, 1, True, "accept"),
    "while waiting after a 429": Phase(_told_to_wait, 1, False, "refuse"),
    "while the job id is written": Phase(_blocked_at("accept"), 1, True, "accept"),
    "while candidates are asked for": Phase(_candidates_held, 1, False, "mark_uncertain"),
}


def _in_phase(name: str, stub: RawService, journal: RecordingStore) -> bool:
    if name.startswith("while candidates"):
        return any("active_tasks" in request.path for request in stub.requests)
    return journal.reached.is_set() or bool(stub.posted)


@pytest.mark.parametrize("name", PHASES)
async def test_a_cancelled_task_neither_sends_twice_nor_loses_the_job(name, stub, journal):
    phase = PHASES[name]
    phase.prepare(stub, journal)
    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=journal))
    submitting = asyncio.create_task(client.submit(REQUEST))
    await reached(lambda: _in_phase(name, stub, journal))

    submitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await submitting
    journal.go.set()
    await reached(lambda: journal.words[-1] == phase.last)
    await reached(lambda: bool(client.jobs) == phase.job)
    await client.aclose()

    assert len(stub.posted) == phase.posts
    note_fault(
        f"cancelled {name}",
        "AsyncClient.submit",
        str(len(stub.posted)),
        "CancelledError; " + ("the job is followed" if phase.job else f"noted: {phase.last}"),
    )


async def test_a_task_cancelled_while_it_connects_sends_nothing(journal):
    with full_backlog() as address:
        client = quick(lw.AsyncClient(KEY, base_url=address, library=journal, timeout=0.3))
        submitting = asyncio.create_task(client.submit(REQUEST))
        await reached(lambda: journal.words == ["intend"])
        submitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await submitting
        await reached(lambda: journal.words == ["intend", "refuse"])
        await client.aclose()


async def test_a_client_closed_under_a_request_says_that_the_outcome_is_unknown(stub, journal):
    never = threading.Event()
    stub.posts = [Reply(hold=never)]
    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=journal))
    submitting = asyncio.create_task(client.submit(REQUEST))
    await reached(lambda: stub.posted)

    await client.session.aclose(patience=0.05)

    with pytest.raises(lw.SubmissionUncertainError, match="client was closed"):
        await submitting


async def test_closing_waits_for_the_answer_to_a_request_on_its_way(stub, journal):
    _held_before(stub, journal)
    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=journal))
    submitting = asyncio.create_task(client.submit(REQUEST))
    await reached(lambda: stub.posted)

    closing = asyncio.create_task(client.aclose())
    journal.go.set()
    await closing

    assert (await submitting).id
    assert journal.words == ["intend", "POST", "accept"]


async def test_a_cancelled_batch_goes_on_and_sends_nothing_twice(stub, journal):
    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=journal, max_concurrent=4))
    requests = [lw.Diffusion(f"picture {number}") for number in range(12)]
    batch = asyncio.create_task(client.submit_many(requests))
    await reached(lambda: len(stub.posted) == 4)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch

    await reached(lambda: len(stub.jobs) == 4)
    stub.becomes = "completed"
    for job_id in list(stub.jobs):
        stub.jobs[job_id] = task(job_id, "completed")
    jobs = await client.resume_many()
    await client.aclose()

    assert [job.status for job in jobs] == ["completed"] * 12
    assert [job.request for job in jobs] == requests
    texts = [post.json["text"] for post in stub.posted]
    assert len(texts) == len(set(texts)) == 12


CHILD = Path(__file__).parent / "interrupted_child.py"


class Child:
    """The blocking client in a process of its own, which gets a real Ctrl-C."""

    def __init__(self, stub: RawService, folder: Path) -> None:
        environment = {**os.environ, "LEGNEXT_API_KEY": KEY, "LEGNEXT_BASE_URL": stub.url}
        self.process = subprocess.Popen(
            [sys.executable, str(CHILD), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=Path(__file__).parents[2],
        )

    def do(self, what: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the child ended"
        return json.loads(line)

    def interrupt(self) -> Any:
        self.process.send_signal(signal.SIGINT)
        return self.hear()


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_neither_sends_twice_nor_loses_a_job(stub, tmp_path):
    child = Child(stub, tmp_path)
    try:
        _interrupt_everywhere(child, stub, tmp_path)
    finally:
        child.process.kill()
        child.process.communicate()


def _interrupt_everywhere(child: Child, stub: RawService, folder: Path) -> None:
    def noted(name: str, before: int, said: Any) -> None:
        assert said["raised"] == "KeyboardInterrupt"
        posts = str(len(stub.posted) - before)
        note_fault(f"Ctrl-C {name}", "Client", posts, "KeyboardInterrupt: " + said["notes"])

    assert child.hear() == "ready"
    # While the answer is awaited: the job is followed to its end, unseen.
    go = threading.Event()
    job_id = "5f0c8a1e-0000-4000-8000-00000000abcd"
    stub.jobs[job_id] = task(job_id, "processing")
    stub.posts = [Reply(body=task(job_id), hold=go)]
    child.do("submit")
    wait_until(lambda: len(stub.posted) == 1, "the request left", every=0.01)
    said = child.interrupt()
    noted("while a request is on its way", 0, said)
    assert "not cancelled" in said["notes"]
    go.set()
    child.do("jobs")
    assert child.hear() == [job_id]

    # While waiting after a 429: nothing more is sent.
    stub.posts = [Reply(429, headers={"Retry-After": "30"})]
    child.do("submit")
    wait_until(lambda: len(stub.posted) == 2, "the request left", every=0.01)
    noted("while waiting after a 429", 1, child.interrupt())

    # While a job is waited for: it goes on, and its id is said.
    polls = len(stub.polled)
    child.do(f"wait {job_id}")
    wait_until(lambda: len(stub.polled) > polls, "it waits", every=0.01)
    said = child.interrupt()
    noted("while waiting for a job", 2, said)
    assert f'client.job("{job_id}").wait()' in said["notes"]
    stub.jobs[job_id] = task(job_id, "completed")
    child.do(f"status {job_id}")
    assert child.hear() == "completed"

    # Within a batch: taken up again, nothing is sent twice.
    child.do("batch 8")
    wait_until(lambda: len(stub.posted) == 5, "three jobs run", every=0.01)
    said = child.interrupt()
    noted("within submit_many", 2, said)
    assert "5 of 8 requests were not sent yet" in said["notes"]
    stub.becomes = "completed"
    for running in list(stub.jobs):
        stub.jobs[running] = task(running, "completed")
    child.do("resume")
    assert child.hear() == ["completed"] * 8
    texts = [post.json["text"] for post in stub.posted[2:]]
    assert len(texts) == len(set(texts)) == 8

    # Within a download: no half file stays.
    stall = threading.Event()
    stub.others["/clip.mp4"] = lambda request: Reply(
        body=b"x" * 1000, promised=2000, hold_body=stall, headers={"Content-Type": "video/mp4"}
    )
    urls = {"video_urls": [f"{stub.url}/clip.mp4"]}
    stub.jobs[job_id] = task(job_id, "completed") | {"output": urls}
    child.do(f"save {job_id}")
    wait_until(lambda: any("/clip" in request.path for request in stub.requests), "it downloads")
    assert child.interrupt()["raised"] == "KeyboardInterrupt"
    stall.set()
    clips = folder / "clips"
    wait_until(lambda: clips.is_dir() and not list(clips.iterdir()), "no half file is left")


def test_a_script_that_ends_while_a_request_is_on_its_way_still_notes_its_job(stub, tmp_path):
    job_id = "5f0c8a1e-0000-4000-8000-00000000abcd"
    go = threading.Event()
    stub.posts = [Reply(body=task(job_id), hold=go)]
    library = tmp_path / "library"
    script = (
        "import threading, legnext_widgets as lw\n"
        f"library = lw.Library({str(library)!r})\n"
        f"client = lw.Client('{KEY}', base_url='{stub.url}', library=library)\n"
        "threading.Thread(target=client.diffusion, args=('x',), daemon=True).start()\n"
        "input()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    wait_until(lambda: stub.posted, "the request left")
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    threading.Timer(0.3, go.set).start()  # the answer comes while the interpreter ends
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 0, errors
    kept = lw.Library(library)
    assert [job.id for job in kept.jobs()] == [job_id]
    kept.close()

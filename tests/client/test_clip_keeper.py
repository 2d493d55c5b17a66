"""Clips are kept in a library whatever the network does, and used from there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import legnext_widgets as lw
from tests.support import mp4
from tests.support.raw_service import Reply
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .conftest import KEY
from .recording_store import RecordingStore

CLIP = mp4.clip(bytes(range(256)) * 20)
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
GONE = Reply(404)


@pytest.fixture
def library(tmp_path) -> Iterator[lw.Library]:
    with lw.Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def keeping(driver, stub, library) -> Any:
    return driver.client(KEY, base_url=stub.url, library=library, timeout=5)


def completed(stub: Any, count: int = 2) -> Any:
    links = [f"{stub.url}/clip-{number}.mp4" for number in range(count)]
    return task(JOB, "completed") | {"output": {"video_urls": links}}


def test_a_network_that_is_down_when_a_job_ends_costs_no_clip(keeping, stub, library, caplog):
    keeping.session.clip_keeper.pauses = (0.05,) * 100
    down = [True]
    stub.others["/clip"] = lambda request: GONE if down else Reply(body=CLIP)
    stub.jobs[JOB] = completed(stub)
    keeping.job(JOB).refresh()
    wait_until(lambda: "could not be kept" in caplog.text, "keeping failed")
    assert library.kept_path(JOB, 0) is None

    down.clear()

    wait_until(lambda: library.kept_path(JOB, 0) and library.kept_path(JOB, 1), "both are kept")


def test_a_job_that_was_forgotten_is_not_kept_again_and_again(keeping, stub, library):
    keeping.session.clip_keeper.pauses = (0.01,) * 100
    stub.others["/clip"] = lambda request: GONE
    stub.jobs[JOB] = completed(stub, 1)
    keeping.job(JOB).refresh()
    wait_until(lambda: len(stub.requests) > 4, "it tries")

    library.forget(JOB)

    wait_until(lambda: keeping.session.clip_keeper.count == 0, "it gave up")


def test_a_clip_that_is_gone_is_told_from_one_that_does_not_come(connect, stub):
    client = connect(max_retries=0)
    stub.jobs[JOB] = completed(stub, 1)
    job = client.job(JOB).refresh()
    for reply, gone in ((GONE, True), (Reply(503), False)):
        stub.others["/clip"] = lambda _, reply=reply: reply
        with pytest.raises(lw.DownloadError) as caught:
            job.videos[0].read()
        assert caught.value.gone is gone
    del stub.jobs[JOB]  # the service has forgotten it
    stub.others["/clip"] = lambda _: GONE
    with pytest.raises(lw.DownloadError) as caught:
        job.videos[0].read()
    assert caught.value.gone


class CountingJournal(RecordingStore):
    """It counts how often it is asked how long jobs take."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def durations(self, task_type: str, *, sandbox: bool) -> list[float]:
        self.asked += 1
        return [200.0]


def test_learned_durations_are_not_read_from_disk_at_each_poll(driver, stub):
    journal = CountingJournal()
    client = driver.client(KEY, base_url=stub.url, library=journal)
    job = client.diffusion("x")
    wait_until(lambda: len(stub.polled) > 10, "it is followed", every=0.01)

    assert journal.asked == 1
    assert job.expected_remaining is not None


def test_a_kept_clip_is_saved_and_read_when_its_link_is_dead(keeping, stub, library, tmp_path):
    stub.others["/clip"] = lambda request: Reply(body=CLIP)
    stub.jobs[JOB] = completed(stub)
    job = keeping.job(JOB).refresh()
    wait_until(lambda: all(video.kept for video in job.videos), "both are kept")
    stub.others["/clip"] = lambda request: GONE
    stub.jobs.clear()

    assert job.videos[1].read() == CLIP
    assert job.videos[1].save(tmp_path / "a.mp4").read_bytes() == CLIP
    saved = job.download(tmp_path / "all")
    assert [path.read_bytes() for path in saved] == [CLIP, CLIP]


def test_kept_clips_are_copied_and_the_others_fetched(keeping, stub, library, tmp_path):
    stub.others["/clip"] = lambda request: Reply(body=CLIP)
    stub.jobs[JOB] = completed(stub)
    job = keeping.job(JOB).refresh()
    wait_until(lambda: all(video.kept for video in job.videos), "both are kept")
    job.videos[1].kept.unlink()
    stub.others["/clip-0"] = lambda request: GONE  # asked for only if it is not copied
    stub.others["/clip"] = stub.others.pop("/clip")

    assert [path.read_bytes() for path in job.download(tmp_path / "all")] == [CLIP, CLIP]


def test_a_job_just_accepted_that_the_service_does_not_know_is_asked_for_by_the_next_session(
    keeping, stub, library
):
    job = keeping.diffusion("a sea")
    stub.jobs.clear()
    with pytest.raises(lw.NotFoundError):
        job.refresh()
    assert [found.id for found in library.unfinished()] == [job.id]

    keeping.session.receiver.young = 0.0
    with pytest.raises(lw.NotFoundError):
        job.refresh()
    wait_until(lambda: not library.unfinished(), "it is given up")

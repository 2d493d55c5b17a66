"""Whose jobs these are: jobs of a sandbox never count as real, however it is reached."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.session.identity import CurrentIdentity, Identity
from legnext_widgets.sandbox import Sandbox
from tests.support.raw_service import RESET, Reply
from tests.support.task_factory import body, task
from tests.support.waiting import wait_until

from .conftest import KEY
from .recording_store import RecordingStore

MARK = {"X-Legnext-Sandbox": "speed=60"}
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
REQUEST = lw.VideoDiffusion("Waves roll in", image_url="https://example.com/sea.jpg")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[lw.Library]:
    with lw.Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def served() -> Iterator[str]:
    """The address of a sandbox that is served over HTTP by this process."""
    sandbox = Sandbox(speed=600, packaged=True, offline=True)
    sandbox.start()
    yield sandbox.base_url
    sandbox.close()


@pytest.fixture
def commanded() -> Iterator[str]:
    """The address of a sandbox that is served by the command in a process of its own."""
    command = [sys.executable, "-m", "legnext_widgets", "sandbox", "--port", "0", "--speed", "600"]
    process = subprocess.Popen(
        [*command, "--offline"], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    found = None
    while found is None:
        line = process.stdout.readline()
        assert line, "the sandbox ended"
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
    yield found[0]
    process.kill()
    process.communicate()


@pytest.mark.parametrize("served_by", ["served", "commanded"])
def test_jobs_of_a_sandbox_reached_by_its_address_never_count_as_real(
    request, served_by, driver, library, monkeypatch
):
    monkeypatch.setenv("LEGNEXT_BASE_URL", request.getfixturevalue(served_by))
    client = driver.client("any-key", library=library, timeout=60)

    job = client.diffusion("a sea").wait(120)
    driver.close_client(client)

    assert job.status == "completed"
    assert client.session.identity.sandbox
    assert client.session.identity.speed == 600
    assert "(sandbox)" in repr(client)
    assert job.state.sandbox
    assert library.points() == []
    assert [(total.kind, total.jobs) for total in library.points(sandbox=True)] == [
        ("diffusion", 1)
    ]
    assert library.durations("diffusion", sandbox=False) == []
    assert len(library.durations("diffusion", sandbox=True)) == 1
    assert [record.identity.sandbox for record in library.records()] == [True]
    assert library.records(sandbox=False) == []


def test_a_client_of_the_real_service_learns_nothing_from_a_sandbox(
    driver, stub, library, served, monkeypatch
):
    monkeypatch.setenv("LEGNEXT_BASE_URL", served)
    sandboxed = driver.client(KEY, library=library, timeout=60)
    for _ in range(3):
        sandboxed.diffusion("a sea").wait(120)

    real = driver.client(KEY, base_url=stub.url, library=library)
    job = real.diffusion("a sea")

    assert not real.session.identity.sandbox
    assert 40 < job.expected_remaining < 60  # seconds, as documented


def test_jobs_of_an_earlier_run_are_restored_before_the_sandbox_shows_itself(driver, stub, library):
    stub.others["/api/v1/job/"] = lambda _: Reply(404, headers=MARK)
    stub.posts = [Reply(body=task(JOB), headers=MARK)]
    first = driver.client(KEY, base_url=stub.url, library=library)
    first.submit(REQUEST)
    driver.close_client(first)
    stub.others["/api/v1/job/"] = lambda _: Reply(body=task(JOB, "processing"), headers=MARK)
    again = driver.client(KEY, base_url=stub.url, library=library)
    assert not again.session.identity.sandbox

    driver.run(again, again.session.restore(10))

    assert list(again.session.jobs) == [JOB]
    wait_until(lambda: again.session.identity.sandbox, "a poll shows what it is", every=0.01)
    assert len(library.records()) == 1


def test_jobs_that_an_earlier_version_took_for_real_are_corrected(driver, stub, library):
    stub.posts = [Reply(body=task(JOB))]
    first = driver.client(KEY, base_url=stub.url, library=library)
    first.submit(REQUEST)
    driver.close_client(first)
    assert library.points() != []
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": []}}
    stub.others["/api/v1/job/"] = lambda _: Reply(body=stub.jobs[JOB], headers=MARK)

    again = driver.client(KEY, base_url=stub.url, library=library)
    driver.run(again, again.session.restore(10))

    wait_until(lambda: library.points() == [], "it is no real job any more", every=0.01)
    driver.close_client(again)
    assert [record.identity.sandbox for record in library.records()] == [True]


@pytest.mark.parametrize(
    "reply",
    [Reply(500, "<html>", MARK), Reply(body='{"mod', promised=900, headers=MARK)],
    ids=["500", "cut off"],
)
def test_a_request_of_unknown_outcome_is_one_of_a_sandbox_too(driver, stub, library, reply):
    stub.posts = [reply]
    client = driver.client(KEY, base_url=stub.url, library=library)

    with pytest.raises(lw.SubmissionUncertainError):
        client.submit(REQUEST)

    assert [record.identity.sandbox for record in library.uncertain_records()] == [True]


@pytest.mark.parametrize(
    ("path", "reply", "ask"),
    [
        ("balance", Reply(body=body("balance"), headers=MARK), lambda client: client.balance()),
        ("balance", Reply(401, body("error-401"), MARK), lambda client: client.balance()),
        ("active_tasks", Reply(body=[], headers=MARK), lambda client: client.active_tasks()),
    ],
    ids=["balance", "an error", "running tasks"],
)
def test_every_answer_is_looked_at(connect, stub, path, reply, ask):
    stub.others[f"/api/account/{path}"] = lambda _: reply
    client = connect()
    assert not client.session.identity.sandbox

    try:
        ask(client)
    except lw.AuthenticationError:
        assert reply.status == 401

    assert client.session.identity.sandbox
    assert client.session.identity.speed == 60


def test_an_intent_is_corrected_before_its_outcome_is_stored(driver, stub):
    class Store(RecordingStore):
        """A user's own store that keeps clips, too."""

        async def reassign(self, attempt_id: str, identity: Identity) -> None:
            await self._note("reassign", attempt_id, str(identity.sandbox))

        async def keep(self, job_id: str, index: int, fetch: Any, **_: Any) -> None:
            return None

        def poster_path(self, job_id: str, index: int, **_: Any) -> None:
            return None

        def records(self, **_: Any) -> list[Any]:
            return []

        def unkept_records(self, identity: Any = None) -> list[Any]:
            return []

        def unfinished_records(self, identity: Any = None) -> list[Any]:
            return []

        async def abandon(self, job_id: str, reason: str, **_: Any) -> None:
            return None

        def close(self) -> None:
            return None

    store = Store(stub.diary)
    stub.posts = [Reply(body=task(JOB), headers=MARK), Reply(body=task(JOB), headers=MARK)]
    client = driver.client(KEY, base_url=stub.url, library=store)

    client.submit(REQUEST)
    assert store.words == ["intend", "POST", "reassign", "accept"]
    client.submit(REQUEST)
    assert store.words[4:] == ["intend", "POST", "accept"]
    assert [attempt.identity.sandbox for attempt in store.attempts] == [False, True]


def test_a_request_whose_answer_is_lost_stays_with_what_is_configured(driver, stub, library):
    stub.posts = [RESET]
    client = driver.client(KEY, base_url=stub.url, library=library)

    with pytest.raises(lw.SubmissionUncertainError):
        client.submit(REQUEST)

    assert [record.identity.sandbox for record in library.uncertain_records()] == [False]


def test_an_identity_is_the_same_at_another_speed():
    assert Identity("o", "a", sandbox=True, speed=60) == Identity("o", "a", sandbox=True)
    assert Identity("o", "a") != Identity("o", "a", sandbox=True)


def test_changes_are_reported_once():
    seen: list[Identity] = []
    identity = CurrentIdentity(lambda: Identity("o", "a"))
    identity.on_change(seen.append)

    for headers in ({}, {"x-legnext-sandbox": "speed=60"}, {"x-legnext-sandbox": "speed=60"}):
        identity.learn(headers)
    identity.learn({"x-legnext-sandbox": "nonsense"})

    assert [(one.sandbox, one.speed) for one in seen] == [(True, 60.0), (True, 1.0)]

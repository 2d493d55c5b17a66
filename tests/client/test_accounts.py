"""An account is what the service says it is, whatever key it is reached by."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.session.identity import Identity, mark_of
from tests.support.raw_service import RESET, RawService, Reply
from tests.support.report import note_situation
from tests.support.task_factory import body, task
from tests.support.waiting import wait_until

from .both_clients import quick
from .conftest import KEY
from .recording_store import RecordingStore

NEW_KEY = "lk-another-key-of-the-same-account"
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
REQUEST = lw.VideoDiffusion("Waves roll in", image_url="https://example.com/sea.jpg")
BALANCE, RUNNING = "/api/account/balance", "/api/account/active_tasks"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[lw.Library]:
    with lw.Library(tmp_path / "library") as opened:
        yield opened


def account(number: Any) -> Any:
    answer = body("balance")
    answer["data"]["account_id"] = number
    return lambda _: Reply(body=answer)


def silent(_: Any) -> Reply:
    return Reply(503)


def made_with(key: str, stub: RawService, library: lw.Library) -> None:
    """Leave a running job of a key, whose account was never asked for, as version 0.1 did."""
    stub.others[BALANCE] = silent
    stub.posts = [Reply(body=task(JOB))]
    stub.jobs[JOB] = task(JOB, "processing")
    with quick(lw.Client(key, base_url=stub.url, library=library)) as client:
        client.submit(REQUEST)


def has_account(client: Any, account: str) -> bool:
    return bool(client.session.identity.account == account)


def test_a_new_key_finds_the_running_job_of_the_old_one_once(driver, stub, library):
    made_with(KEY, stub, library)
    stub.others[BALANCE] = account(7)
    with quick(lw.Client(KEY, base_url=stub.url, library=library)) as client:
        client.balance()  # the old key is asked once more before it is replaced

    client = driver.client(NEW_KEY, base_url=stub.url, library=library)
    driver.run(client, client.session.restore(10))

    wait_until(lambda: JOB in client.session.jobs, "the job of the old key is followed")
    stub.jobs[JOB] = task(JOB, "completed", urls=[f"{stub.url}/a.mp4"])
    client.job(JOB).wait(20)
    driver.close_client(client)
    (record,) = library.records()
    assert (record.job_id, record.status) == (JOB, "completed")
    assert record.attempt is not None
    assert record.identity.account == mark_of(stub.url, "7")
    note_situation(
        "a new key while a job of the old one runs",
        sees="the job, once, followed to its end",
        requests="+1 balance",
        at_risk=0,
        whole=None,
    )


def test_a_new_key_finds_the_job_of_a_key_that_is_revoked(driver, stub, library):
    made_with(KEY, stub, library)
    stub.others[BALANCE] = account(7)
    stub.others[RUNNING] = lambda _: Reply(body=[task(JOB, "processing")])

    client = driver.client(NEW_KEY, base_url=stub.url, library=library)
    driver.run(client, client.session.restore(10))

    wait_until(lambda: JOB in client.session.jobs, "the service shows the job to this key")
    driver.close_client(client)
    assert len(library.records()) == 1


def test_a_job_that_is_taken_over_by_its_id_stands_once(driver, stub, library):
    made_with(KEY, stub, library)
    stub.jobs[JOB] = task(JOB, "completed", urls=[f"{stub.url}/a.mp4"])

    client = driver.client(NEW_KEY, base_url=stub.url, library=library)
    client.job(JOB).wait(20)
    driver.close_client(client)

    (record,) = library.records()
    assert record.status == "completed"
    assert record.attempt is not None


def test_the_jobs_of_another_account_stay_its_own(driver, stub, library):
    made_with(KEY, stub, library)
    stub.others[BALANCE] = account(8)
    stub.others[RUNNING] = lambda _: Reply(body=[])

    client = driver.client(NEW_KEY, base_url=stub.url, library=library)
    driver.run(client, client.session.restore(10))
    wait_until(lambda: client.session.identity.account == mark_of(stub.url, "8"), "it is known")
    wait_until(
        lambda: any(request.path == RUNNING for request in stub.requests), "running jobs are listed"
    )
    driver.close_client(client)

    assert list(client.session.jobs) == []
    assert library.unfinished_records(client.session.identity) == []


def test_an_account_is_asked_for_once_and_remembered(driver, stub, library):
    stub.others[BALANCE] = account("acc-1")
    for number in range(2):
        client = driver.client(KEY, base_url=stub.url, library=library)
        stub.posts = [Reply(body=task(JOB[:-1] + str(number)))]
        client.submit(REQUEST)
        known = partial(has_account, client, mark_of(stub.url, "acc-1"))
        wait_until(known, "the account is known")
        driver.close_client(client)

    assert [request.path for request in stub.requests].count(BALANCE) == 1
    accounts = {record.identity.account for record in library.records()}
    assert accounts == {mark_of(stub.url, "acc-1")}
    assert "acc-1" not in repr(client.session.identity)


@pytest.mark.parametrize("answer", [silent, lambda _: RESET, account(None), account({"a": 1})])
def test_without_an_answer_the_fingerprint_stands(driver, stub, library, answer):
    stub.others[BALANCE] = answer
    stub.posts = [Reply(body=task(JOB))]
    client = driver.client(KEY, base_url=stub.url, library=library)
    client.submit(REQUEST)
    wait_until(
        lambda: any(request.path == BALANCE for request in stub.requests), "it was asked for"
    )
    driver.close_client(client)

    (record,) = library.records()
    assert record.identity == client.config.identity


def test_a_paid_request_does_not_wait_for_it(driver, stub, library):
    stub.others[BALANCE] = lambda _: Reply(hold=stub.closed)
    stub.posts = [Reply(body=task(JOB))]
    client = driver.client(KEY, base_url=stub.url, library=library)

    assert client.submit(REQUEST).id == JOB
    paths = [request.path for request in stub.requests if request.path != f"/api/v1/job/{JOB}"]
    assert paths[0].endswith("video-diffusion")
    driver.close_client(client)


def test_marks_and_clips_of_doubled_jobs_are_kept(stub, library, tmp_path):
    made_with(KEY, stub, library)
    identity = library.records()[0].identity
    with lw.Library(tmp_path / "library") as again:
        import asyncio
        from dataclasses import replace

        other = replace(identity, account="account-0000000000000000")

        async def double() -> None:
            # As a version wrote it that did not know what belongs together.
            finished = task(JOB, "completed")
            await again.observe(replace(other, origin="https://elsewhere"), finished)
            again.favourite(JOB)
            again.annotate(JOB, "the best")
            again.favourite(JOB, False, index=1)

        asyncio.run(double())
        again.close()
        import sqlite3

        database = sqlite3.connect(tmp_path / "library" / "journal.sqlite3")
        with database:
            database.execute(
                "UPDATE realms SET service = ? WHERE service = 'https://elsewhere'", (stub.url,)
            )
        database.close()
        assert len(again.records()) == 2

        asyncio.run(again.join_account(identity, other.account))

        (record,) = again.records()
        assert (record.status, record.favourite, record.note) == ("completed", True, "the best")
        assert not record.marks.is_favourite(1)
        assert record.attempt is not None
        assert record.identity == other


class FailingStore(RecordingStore):
    """A user's own store that knows accounts, on a disk that is gone."""

    def account_of(self, identity: Identity) -> str:
        raise ConnectionError("account_of")

    def foreign_jobs(self, identity: Identity) -> list[str]:
        raise ConnectionError("foreign_jobs")

    async def join_account(self, identity: Identity, account: str) -> None:
        raise ConnectionError("join_account")

    async def adopt(self, identity: Identity, job_id: str) -> None:
        raise ConnectionError("adopt")

    def durations(self, task_type: str, *, sandbox: bool) -> list[float]:
        raise ConnectionError("durations")


def test_the_errors_of_a_users_own_store_stay_out_of_every_call(driver, stub, caplog):
    stub.others[BALANCE] = account(7)
    stub.posts = [Reply(body=task(JOB))]
    stub.jobs[JOB] = task(JOB, "completed")
    client = driver.client(KEY, base_url=stub.url, library=FailingStore(stub.diary), timeout=5)

    assert client.balance().account_id == 7
    assert client.submit(REQUEST, reuse=False).wait(20).id == JOB

    assert "could not record the account: ConnectionError('join_account')" in caplog.text
    assert "durations: ConnectionError('durations')" in caplog.text
    assert KEY not in caplog.text

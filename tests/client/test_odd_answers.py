"""Odd answers: no job is lost, no wait is endless, and none gives the key away."""

from __future__ import annotations

import json
import logging
import pickle
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.library import Library
from tests.support.raw_service import RawService, Reply
from tests.support.task_factory import task

from .conftest import KEY
from .test_secrets import shown

REQUEST = lw.VideoDiffusion("Waves roll in", image_url="https://example.com/sea.jpg")
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
OTHER = "5f0c8a1e-0000-4000-8000-00000000ef01"

ECHOES = {
    "an error": Reply(403, {"code": 403, "message": f"The key {KEY} may not do this"}),
    "a nested error": Reply(400, {"error": {"code": 400, "message": f"bad key '{KEY}'"}}),
    "a success with an error in it": Reply(200, {"code": 401, "message": f"bad key {KEY}"}),
    "a page": Reply(502, f"<html>x-api-key: {KEY}</html>"),
    "what is no task": Reply(200, {"headers": {"x-api-key": KEY, "seen": [KEY]}}),
    "a cut answer": Reply(200, f'{{"seen": "{KEY}', promised=999),
}


def written_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("echo", ECHOES)
def test_an_answer_that_quotes_the_key_gives_it_to_nobody(
    driver: Any, stub: RawService, tmp_path: Path, caplog: pytest.LogCaptureFixture, echo: str
) -> None:
    for path in ("/api/v1/", "/api/account/"):
        stub.others[path] = lambda request: ECHOES[echo]
    library = Library(tmp_path)
    client = driver.client(KEY, base_url=stub.url, library=library)

    with caplog.at_level(logging.DEBUG):
        for call in (lambda: client.submit(REQUEST), client.job(JOB).refresh, client.balance):
            with pytest.raises(lw.LegnextError) as caught:
                call()
            assert KEY not in shown(caught.value) + str(vars(caught.value))
            assert KEY.encode() not in pickle.dumps(caught.value)
    library.close()
    assert KEY not in caplog.text
    assert KEY.encode() not in written_in(tmp_path)


class Quoting(httpx.AsyncBaseTransport):
    """Fails with the headers in its message, as clients for tests do."""

    def __init__(self, *, late: bool) -> None:
        self.late = late

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.late:
            await request.aread()
        raise httpx.ReadError(f"no answer to {dict(request.headers)}")


@pytest.mark.parametrize("late", [True, False])
def test_an_http_client_that_quotes_the_key_gives_it_to_nobody(
    driver: Any, tmp_path: Path, late: bool
) -> None:
    library = Library(tmp_path)
    http_client = httpx.AsyncClient(transport=Quoting(late=late))
    client = driver.client(KEY, library=library, http_client=http_client)

    for call in (lambda: client.submit(REQUEST), client.balance):
        with pytest.raises(lw.LegnextError) as caught:
            call()
        assert KEY not in shown(caught.value) + str(vars(caught.value))
    library.close()
    assert KEY.encode() not in written_in(tmp_path)


ENVELOPES = {
    "data": lambda found: {"code": 200, "message": "success", "data": found},
    "data in data": lambda found: {"code": 200, "data": {"data": found}},
    "task in data": lambda found: {"code": 200, "data": {"task": found}},
    "task": lambda found: {"task": found},
    "three envelopes": lambda found: {"result": {"data": {"job": found}}},
    "a list in data": lambda found: {"code": 200, "data": [found]},
}


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_job_is_found_in_any_envelope(client: Any, stub: RawService, envelope: str) -> None:
    wrap = ENVELOPES[envelope]
    stub.posts = [Reply(body=wrap(task(JOB)))]
    stub.others[f"/api/v1/job/{JOB}"] = lambda request: Reply(body=wrap(task(JOB, "completed")))

    job = client.submit(REQUEST)

    assert job.id == JOB
    assert len(job.wait(3).videos) == 4
    assert len(stub.posted) == 1


def test_an_answer_that_names_only_the_job_it_begins_from_is_no_new_job(
    client: Any, stub: RawService
) -> None:
    stub.posts = [Reply(body={"data": {"input": {"job_id": OTHER}, "status": "pending"}})]

    with pytest.raises(lw.SubmissionUncertainError):
        client.submit(REQUEST)


@pytest.mark.parametrize("job_id", [None, "", "missing"])
def test_an_answer_to_a_poll_need_not_repeat_the_id(
    client: Any, stub: RawService, job_id: str | None
) -> None:
    job = client.submit(REQUEST)
    found = task(JOB, "completed") | {"job_id": job_id}
    if job_id == "missing":
        del found["job_id"]
    stub.others[f"/api/v1/job/{job.id}"] = lambda request: Reply(body=found)

    job.wait(3)

    assert (job.task.job_id, job.status, len(job.videos)) == (job.id, "completed", 4)


@pytest.mark.parametrize("found", [{"status": "ok"}, {"status": "failed", "job_id": ""}])
def test_the_state_of_a_proxy_is_not_the_state_of_a_job(
    client: Any, stub: RawService, found: dict[str, Any]
) -> None:
    job = client.submit(REQUEST)
    stub.others[f"/api/v1/job/{job.id}"] = lambda request: Reply(body=found)

    with pytest.raises(lw.InvalidResponseError):
        job.refresh()
    assert job.status == "pending"


LISTS = {
    "another list comes first": lambda tasks: {"errors": [], "data": {"tasks": tasks}},
    "two envelopes": lambda tasks: {"code": 200, "data": {"page": {"rows": tasks}}},
}


@pytest.mark.parametrize("envelope", LISTS)
def test_running_tasks_are_found_beside_other_lists(
    client: Any, stub: RawService, envelope: str
) -> None:
    running = [{"job_id": JOB, "task_type": "video_diffusion"}]
    stub.others["/api/account/active_tasks"] = lambda _: Reply(body=LISTS[envelope](running))

    assert [found.job_id for found in client.active_tasks()] == [JOB]


@pytest.mark.parametrize(
    "body",
    [
        {"code": 200, "data": {"tasks": None, "total": 0}},
        {"tasks": None},
        {"code": 200, "message": "success", "data": ""},
        {"code": 200, "message": "success", "data": {}},
        [],
    ],
)
def test_no_running_tasks_come_in_any_form(client: Any, stub: RawService, body: Any) -> None:
    stub.others["/api/account/active_tasks"] = lambda _: Reply(body=json.dumps(body))

    assert client.active_tasks() == []


def test_a_running_task_of_an_unknown_kind_may_be_the_lost_one(
    client: Any, stub: RawService
) -> None:
    stub.posts = [Reply(502)]
    now = datetime.now(UTC)
    kinds = {JOB: "img2video", OTHER: "diffusion"}
    stub.active = [task(job, kind=kind, created=now) for job, kind in kinds.items()]

    with pytest.raises(lw.SubmissionUncertainError) as caught:
        client.submit(REQUEST)

    assert [found.job_id for found in caught.value.candidates] == [JOB]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_long_wait_that_the_service_asks_for_is_left_to_the_caller(
    client: Any, stub: RawService, status: int
) -> None:
    stub.others["/api/account/balance"] = lambda _: Reply(
        status, {"code": status, "message": "later"}, {"Retry-After": "3600"}
    )
    begun = time.monotonic()

    with pytest.raises(lw.APIError) as caught:
        client.balance()

    assert caught.value.retry_after == 3600
    assert time.monotonic() - begun < 5

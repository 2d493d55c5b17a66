"""A service that answers oddly, wrongly or not at all: no job is stuck, and students learn why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from legnext_widgets.gateway.store.models import Attempt
from tests.gateway.classroom import Classroom, every, sqlite_url, wait_for
from tests.support.raw_service import RawService, Reply
from tests.support.task_factory import task

STRANGERS = "11111111-2222-4333-8444-555555555555"
IMAGES = {"image_urls": ["https://example.com/of-a-stranger.png"]}


@pytest.fixture
def service() -> Iterator[RawService]:
    opened = RawService()
    yield opened
    opened.close()


@pytest.fixture
def room(tmp_path: Path, service: RawService) -> Iterator[Classroom]:
    with Classroom(sqlite_url(tmp_path)) as opened:
        yield opened.start(upstream=service.url, pace=every(0.2))


def post(room: Classroom, key: str = "key") -> str:
    with room.http(room.token(), **{"idempotency-key": key}) as http:
        job_id: str = http.post("/api/v1/diffusion", json={"text": "a boat"}).json()["job_id"]
    return job_id


def get(room: Classroom, job: str) -> Any:
    with room.http(room.token()) as http:
        return http.get(f"/api/v1/job/{job}").json()


def stored(room: Classroom, job: str) -> Attempt:
    found = room.gateway.store.queries.get(job)
    assert found is not None
    return found


def wait_until(room: Classroom, job: str, *states: str) -> Attempt:
    wait_for(lambda: stored(room, job).state in states)
    return stored(room, job)


# --- a lost answer --------------------------------------------------------------------------------


def listing(made: datetime | None) -> dict[str, Any]:
    found: dict[str, Any] = {"job_id": STRANGERS, "task_type": "diffusion", "status": "processing"}
    return found if made is None else found | {"created_at": made.isoformat()}


@pytest.mark.parametrize("age", [timedelta(days=300), timedelta(seconds=40), None])
def test_an_older_job_of_the_account_is_given_to_no_student(
    room: Classroom, service: RawService, age: timedelta | None
) -> None:
    service.active = [listing(None if age is None else datetime.now(UTC) - age)]
    service.jobs[STRANGERS] = task(STRANGERS, "completed", "diffusion") | {"output": IMAGES}
    service.posts = [Reply(502, b"<html>bad gateway</html>")]
    job = post(room)
    wait_until(room, job, "uncertain")
    wait_for(lambda: any("active_tasks" in each.path for each in service.requests))
    wait_until(room, post(room, "another"), "running", "completed")  # sent after the listing

    assert stored(room, job).upstream_id is None
    assert get(room, job)["output"] is None
    assert len(service.posted) == 2


def test_the_job_that_a_lost_answer_named_is_found_by_its_time_on_the_services_clock(
    room: Classroom, service: RawService
) -> None:
    ahead = timedelta(hours=3)
    clock = (datetime.now(UTC) + ahead).strftime("%a, %d %b %Y %H:%M:%S GMT")

    def listed(_: object) -> Reply:
        made = datetime.now(UTC) + ahead
        return Reply(200, {"code": 200, "data": [listing(made)]}, headers={"date": clock})

    service.others["/api/account/active_tasks"] = listed
    service.jobs[STRANGERS] = task(STRANGERS, "completed", "diffusion", points=80)
    service.posts = [Reply(502, b"<html>bad gateway</html>")]
    job = post(room)

    assert wait_until(room, job, "completed").upstream_id == STRANGERS


# --- answers that no database takes ---------------------------------------------------------------

HALF = "cut \ud83d and \0"
"""Half a character and NUL: JSON can hold them."""


def test_an_id_that_belongs_to_another_request_is_shown_to_the_teacher(
    room: Classroom, service: RawService
) -> None:
    service.jobs[STRANGERS] = task(STRANGERS, "processing", "diffusion")
    service.posts = [Reply(body=task(STRANGERS, "pending", "diffusion"))] * 2
    first, second = post(room, "one"), post(room, "two")

    wait_until(room, first, "running")
    assert "another request" in str(wait_until(room, second, "uncertain").reason)
    with room.http(room.token("Teacher", teacher=True)) as http:
        assert "another request" in http.get("/teacher").text
    assert len(service.posted) == 2


def test_odd_characters_of_an_answer_hold_up_nothing(room: Classroom, service: RawService) -> None:
    job_id = "22222222-2222-4333-8444-555555555555"
    service.jobs[job_id] = task(job_id, "completed", "diffusion", points=80, logs=[HALF])
    service.posts = [Reply(body=task(job_id, "pending", "diffusion", logs=[HALF]))]
    job = post(room)

    assert wait_until(room, job, "completed").spent == 80
    assert get(room, job)["logs"] == ["cut ? and \0"]


def test_odd_characters_of_a_reason_hold_up_nothing(room: Classroom, service: RawService) -> None:
    refusal = {"code": 400, "message": f"bad {HALF}", "raw_message": "", "detail": None}
    service.posts = [Reply(400, refusal)]
    refused = wait_until(room, post(room, "refused"), "failed")
    job_id = "33333333-2222-4333-8444-555555555555"
    error = {"code": 500, "message": f"bad {HALF}"}
    service.jobs[job_id] = task(job_id, "failed", "diffusion", points=0, error=error)
    service.posts = [Reply(body=task(job_id, "pending", "diffusion"))]
    failed = wait_until(room, post(room, "failed"), "failed")

    assert refused.reason == "400 bad cut ? and ?"
    assert "cut ? and ?" in str(failed.reason)
    assert get(room, failed.id)["status"] == get(room, refused.id)["status"] == "failed"


@pytest.mark.parametrize("points", [10**30, -5])
def test_points_that_are_no_price_count_as_those_that_were_held(
    room: Classroom, service: RawService, points: int
) -> None:
    job_id = "44444444-2222-4333-8444-555555555555"
    service.jobs[job_id] = task(job_id, "completed", "diffusion", points=points)
    service.posts = [Reply(body=task(job_id, "pending", "diffusion", points=points))]
    job = post(room)

    assert wait_until(room, job, "completed").spent == 80
    assert room.gateway.store.members.whole_class().held == 0


def test_an_answer_that_cannot_be_stored_is_asked_for_again(
    room: Classroom, service: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.becomes = "completed"
    outcomes, failures = room.gateway.store.outcomes, [ValueError("odd"), ValueError("odd")]
    receive = outcomes.receive

    def fail(*values: Any) -> None:
        if failures:
            raise failures.pop()
        receive(*values)

    monkeypatch.setattr(outcomes, "receive", fail)
    wait_until(room, post(room), "completed")
    assert not failures

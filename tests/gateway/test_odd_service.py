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
    return wait_for(lambda: (found := stored(room, job)).state in states and found)


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

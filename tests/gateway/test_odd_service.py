"""A service that answers oddly, wrongly or not at all: no job is stuck, and students learn why."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from legnext_widgets.gateway.store.models import Attempt
from legnext_widgets.gateway.store.tables import attempts
from legnext_widgets.gateway.upstream import poller
from legnext_widgets.gateway.web.orders import read_order
from tests.gateway.classroom import KEY, PROMPT, Classroom, every, sqlite_url, wait_for
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


# --- a service that hangs -------------------------------------------------------------------------


def make_stale(room: Classroom, seconds: float = 3600) -> None:
    """Let the last answers about all jobs be older."""
    with room.gateway.store.database.touch() as connection:
        older = attempts.c.asked_at - seconds
        connection.execute(update(attempts).values(asked_at=older))


def hang(service: RawService) -> threading.Event:
    """Let the service answer no more polls until the event is set."""
    event = threading.Event()
    service.others["/api/v1/job/"] = lambda _: Reply(503, hold=event)
    return event


def test_a_finished_job_is_given_from_the_store_while_the_service_hangs(
    room: Classroom, service: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "_REFRESH_SECONDS", 0.2)
    service.becomes = "completed"
    job = post(room)
    wait_until(room, job, "completed")
    make_stale(room)
    event = hang(service)
    before = len(service.polled)
    with room.http(room.token()) as http:
        http.timeout = 10
        for _ in range(3):
            assert http.get(f"/api/v1/job/{job}").json()["status"] == "completed"
    assert len(service.polled) == before + 1, "a try is noted"
    event.set()
    wait_for(lambda: not room.gateway.poller._refreshing)
    assert stored(room, job).state == "completed"


# --- why no jobs start ----------------------------------------------------------------------------

NOT_ACCEPTED = Reply(401, {"code": 401, "message": "Failed to verify api key"})


def reason_of(room: Classroom) -> Any:
    with room.http(room.token()) as http:
        return http.get("/gateway/me").json()["class"]["reason"]


def test_a_wrong_key_is_named_at_the_start_and_students_learn_why_they_wait(
    tmp_path: Path, service: RawService, caplog: pytest.LogCaptureFixture
) -> None:
    service.others["/api/"] = lambda _: NOT_ACCEPTED
    with Classroom(sqlite_url(tmp_path)) as room:
        room.start(upstream=service.url)
        assert "does not accept LEGNEXT_API_KEY" in caplog.text
        assert KEY not in caplog.text
        assert "does not accept" in reason_of(room)
        job = post(room)
        wait_for(lambda: service.posted and stored(room, job).state == "queued")
        shown = get(room, job)
        with room.http(room.token()) as http:
            (told,) = http.get("/gateway/changes").json()["tasks"]
    for found in (shown, told):
        assert found["detail"]["queue_place"] == 1
        assert "does not accept" in found["detail"]["reason"]
        assert "does not accept" in found["logs"][-1]


def test_the_reason_ends_with_the_next_answer_even_a_refusal(
    room: Classroom, service: RawService
) -> None:
    assert reason_of(room) is None
    refusal = {"code": 400, "message": "bad", "raw_message": "", "detail": None}
    service.posts = [Reply(429, {"code": 429}, {"retry-after": "1"}), Reply(400, refusal)]
    job = post(room)
    wait_for(lambda: reason_of(room) == "the service has too many requests")
    wait_until(room, job, "failed")
    assert reason_of(room) is None


def test_a_stopped_queue_is_a_reason(room: Classroom) -> None:
    room.gateway.store.members.set_stopped(stopped=True, now=0)
    assert "teacher has paused" in get(room, post(room))["detail"]["reason"]
    assert "teacher has paused" in reason_of(room)


# --- clips of the teacher's page ------------------------------------------------------------------


def signed(seconds: float, name: str = "a") -> str:
    return f"https://image.legnext.ai/{name}.mp4?Expires={time.time() + seconds:.0f}&Signature=zz"


def video(room: Classroom, service: RawService, *links: str) -> str:
    """Let a student make a video."""
    number = len(service.jobs)
    job_id = f"{number:08}-2222-4333-8444-555555555555"
    service.jobs[job_id] = task(job_id, "completed", urls=links)
    service.posts = [Reply(body=task(job_id))]
    with room.http(room.token()) as http:
        made = http.post("/api/v1/video-diffusion", json={"prompt": PROMPT}).json()["job_id"]
    wait_until(room, made, "completed")
    return str(made)


def test_an_expired_link_of_a_clip_is_made_anew_for_the_teacher(
    room: Classroom, service: RawService
) -> None:
    job = video(room, service, signed(-5, "old"), signed(-5, "second"))
    upstream = str(stored(room, job).upstream_id)
    service.jobs[upstream] = task(
        upstream, "completed", urls=[signed(3600, "new"), signed(3600, "second")]
    )
    make_stale(room, 60)
    with room.http(room.token("Teacher", teacher=True)) as http:
        page = http.get("/teacher").text
        sources = re.findall(r'<video[^>]*src="([^"]*)"', page)
        assert sources == [f"teacher/clip/{job}/0", f"teacher/clip/{job}/1"]
        before = len(service.polled)
        answers = [http.get(f"/{each}") for each in sources * 2]
        assert http.get(f"/teacher/clip/{job}/2").status_code == 404
        assert http.get(f"/teacher/clip/{STRANGERS}/0").status_code == 404
    assert [answer.status_code for answer in answers] == [302] * 4
    assert "/new.mp4?" in answers[0].headers["location"]
    assert len(service.polled) == before + 1
    with room.http(room.token()) as http:
        assert http.get(f"/teacher/clip/{job}/0").status_code == 403
    assert httpx.get(f"{room.url}/teacher/clip/{job}/0").status_code == 401


def test_the_page_shows_the_line_and_the_clips_however_many_jobs_are_newer(
    room: Classroom, service: RawService
) -> None:
    job = video(room, service, signed(3600))
    store = room.gateway.store
    store.members.set_stopped(stopped=True, now=0)
    ada, ben = (store.members.of_name(name, 0) for name in ("ada", "ben"))
    store.members.set_limit("ada", 10**6, 0)
    now = time.time()
    for n in range(210):
        order = read_order("diffusion", json.dumps({"text": f"many {n:03}"}).encode())
        store.reservations.reserve(ada, str(n), order, now + n / 1000)
    store.reservations.reserve(ben, "one", read_order("diffusion", b'{"text": "bens"}'), now + 9)
    with room.http(room.token("Teacher", teacher=True)) as http:
        page = http.get("/teacher").text
    rows = re.findall(r"<tr><td>(\d+)</td><td>(\w+)</td><td><span[^>]*>([^<]*)", page)
    assert rows[:3] == [("1", "ben", "bens"), ("2", "ada", "many 000"), ("3", "ada", "many 001")]
    assert len(rows) == 30
    assert f'src="teacher/clip/{job}/0"' in page

"""A passing fault is not taken for a final one, and a final one is noticed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.clock import ServiceClock
from legnext_widgets.client.session.retry import RetryPolicy, TransientError
from legnext_widgets.library import Library
from tests.support import mp4
from tests.support.raw_service import RESET, Reply
from tests.support.report import note_situation
from tests.support.task_factory import body, task
from tests.support.waiting import wait_until

from .conftest import KEY

CLIP = mp4.clip(bytes(range(256)) * 40)
HTML = Reply(401, b"<html>Proxy login</html>", {"Content-Type": "text/html"})
REQUEST = lw.VideoDiffusion("Waves roll in", image_url="https://example.com/sea.jpg")
PASSING = {
    "404 on polls of a young job": Reply(404, {"code": 404, "message": "job not found"}),
    "403 on polls of a young job": Reply(403, {"code": 403, "message": "no permission"}),
    "a proxy's 401 on polls of a young job": HTML,
    "a 401 that the balance does not confirm": Reply(401, body("error-401")),
    "404 without a body on polls of a young job": Reply(404),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_young_job_outlives_answers_that_it_is_not_there(name, client, stub):
    job = client.submit(REQUEST)
    stub.polls = [PASSING[name]] * 4
    stub.jobs[job.id] = task(job.id, "completed")
    seen: list[str] = []
    job.watch(lambda changed: seen.append(str(changed.state.warning)))

    assert job.wait(20).status == "completed"

    wait_until(lambda: any("does not list this job yet" in text for text in seen), "it is shown")
    assert len(stub.posted) == 1
    sees = "The service does not list this job yet"
    note_situation(name, sees=sees, requests=len(stub.requests), at_risk=0, whole=True)


def test_a_young_job_that_stays_away_is_given_up_with_the_services_own_words(client, stub):
    job = client.submit(REQUEST)
    stub.jobs.clear()

    with pytest.raises(lw.NotFoundError, match="job not found"):
        job.wait(20)

    assert len(stub.polled) >= 5
    stub.jobs[job.id] = task(job.id, "completed")
    assert job.wait(20).done  # and waiting can begin again


def test_a_key_that_the_balance_confirms_as_refused_is_reported_at_the_first_poll(client, stub):
    job = client.submit(REQUEST)
    refused = Reply(401, body("error-401"))
    stub.others["/api/account/balance"] = stub.others["/api/v1/job/"] = lambda request: refused

    with pytest.raises(lw.AuthenticationError, match="verify api key"):
        job.wait(20)

    assert len(stub.polled) <= 2
    note_situation(
        "a key that is really refused",
        sees="401: Failed to verify api key",
        requests=len(stub.requests),
        at_risk=0,
        whole=None,
    )


def test_a_refused_key_is_noticed_where_the_balance_cannot_be_asked(client, stub):
    job = client.submit(REQUEST)
    stub.others["/api/v1/job/"] = lambda request: Reply(401, body("error-401"))
    stub.others["/api/account/balance"] = lambda request: Reply(404)

    with pytest.raises(lw.AuthenticationError):
        job.wait(20)

    assert 3 <= len(stub.polled) <= 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_media_link_that_is_refused_just_after_the_end_is_waited_for(status, client, stub):
    job = client.submit(REQUEST)
    links = {"output": {"video_urls": [f"{stub.url}/clip.mp4"]}}
    stub.jobs[job.id] = task(job.id, "completed") | links
    answers = [Reply(status)] * 12
    stub.others["/clip"] = lambda request: answers.pop() if answers else Reply(body=CLIP)

    assert job.wait(20).videos[0].read() == CLIP
    assert len(stub.posted) == 1
    note_situation(
        f"{status} at the media host just after the end",
        sees="(the clip)",
        requests=len(stub.requests),
        at_risk=0,
        whole=True,
    )


def test_an_old_link_that_is_refused_gives_only_reasons_that_were_read(client, stub):
    job_id = "5f0c8a1e-0000-4000-8000-00000000abcd"
    links = {"output": {"video_urls": [f"{stub.url}/clip.mp4"]}}
    stub.jobs[job_id] = task(job_id, "completed") | links
    stub.others["/clip"] = lambda request: Reply(
        403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    )

    with pytest.raises(lw.DownloadError, match="Request has expired") as caught:
        client.job(job_id).refresh().videos[0].read()

    assert "30 days" not in str(caught.value)
    assert len([request for request in stub.requests if "/clip" in request.path]) == 2


def test_a_media_host_is_given_the_time_that_it_asks_for_up_to_a_limit():
    retry = RetryPolicy(chance=lambda: 0.0)

    assert retry.wait(1, TransientError("busy", retry_after=7)) == 7
    assert retry.wait(1, TransientError("busy", retry_after=3600)) == 60


def test_retry_after_is_read_at_the_media_host(client, stub):
    job_id = "5f0c8a1e-0000-4000-8000-00000000abcd"
    links = {"output": {"video_urls": [f"{stub.url}/clip.mp4"]}}
    stub.jobs[job_id] = task(job_id, "completed") | links
    answers = [Reply(429, headers={"Retry-After": "1"})]
    stub.others["/clip"] = lambda request: answers.pop() if answers else Reply(body=CLIP)

    assert client.job(job_id).refresh().videos[0].read() == CLIP

    first, second = (request.at for request in stub.requests if "/clip" in request.path)
    assert second - first >= 1


NOTHING: list[Any] = [None, {}, [], {"video_urls": None, "seed": ""}, {"video_urls": [""]}]


@pytest.mark.parametrize("output", NOTHING, ids=str)
def test_completed_without_links_is_asked_for_again(output, client, stub):
    job = client.submit(REQUEST)
    stub.polls = [Reply(body=task(job.id, "completed") | {"output": output})] * 4
    stub.jobs[job.id] = task(job.id, "completed")

    assert len(job.wait(20).videos) == 4
    note_situation(
        f"completed with output {output}, links come later",
        sees="has not provided links yet",
        requests=len(stub.requests),
        at_risk=0,
        whole=True,
    )


def test_completed_without_links_for_good_is_said_with_points_and_id(driver, stub, tmp_path):
    with Library(tmp_path / "library") as library:
        client = driver.client(KEY, base_url=stub.url, library=library)
        job = client.submit(REQUEST)
        now = datetime.now(UTC).isoformat()
        empty = task(job.id, "completed") | {"output": None}
        empty["meta"] |= {"created_at": now, "ended_at": now}
        stub.jobs[job.id] = empty

        with pytest.raises(lw.JobFailedError) as caught:
            job.wait(20)

        said = str(caught.value)
        assert "completed without links" in said
        assert "480 points were charged" in said
        assert job.id in said
        assert len(stub.polled) >= 5
        wait_until(lambda: [one.id for one in library.unfinished()] == [job.id], "asked for later")
        driver.close_client(client)

        links = {"video_urls": [f"{stub.url}/clip.mp4"]}
        stub.others["/clip"] = lambda request: Reply(body=CLIP)
        stub.jobs[job.id] = task(job.id, "completed") | {"output": links}
        later = driver.client(KEY, base_url=stub.url, library=library)
        driver.run(later, later.session.restore(10))
        wait_until(lambda: library.kept_path(job.id, 0), "the next session gets the clip")
        assert library.unfinished() == []
    note_situation(
        "completed without links for good",
        sees="completed without links; 480 points were charged; the id",
        requests=len(stub.polled),
        at_risk=480,
        whole=None,
    )


@pytest.mark.parametrize("behind", [-300, 300, 7200])
def test_candidates_are_found_by_the_services_clock(behind, client, stub, caplog):
    """`behind` are the seconds by which the service's clock is behind ours."""

    def service_time(ago: float = 0) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=behind + ago)

    mine = {
        "job_id": "00000000-0000-4000-8000-000000000001",
        "task_type": "video_diffusion",
        "status": "processing",
        "created_at": service_time().isoformat(),
    }
    old = mine | {
        "job_id": "00000000-0000-4000-8000-000000000002",
        "created_at": service_time(600).isoformat(),
    }
    stub.others["/api/account/active_tasks"] = lambda request: Reply(
        body={"code": 200, "data": [mine, old]},
        headers={"Date": format_datetime(service_time(), usegmt=True)},
    )
    stub.posts = [RESET]

    with caplog.at_level(logging.WARNING), pytest.raises(lw.SubmissionUncertainError) as caught:
        client.submit(REQUEST)

    assert [found.job_id for found in caught.value.candidates] == [mine["job_id"]]
    assert abs(client.session.clock.skew + behind) <= 2
    assert f"{behind // 60:+d} min off the service's" in caplog.text
    note_situation(
        f"lost answer, service {behind} s behind",
        sees="It may be one of these running jobs",
        requests=len(stub.requests),
        at_risk=480,
        whole=None,
    )


def test_candidates_are_shown_where_the_services_clock_is_not_known(client, stub):
    stub.active = [
        {
            "job_id": "00000000-0000-4000-8000-000000000001",
            "task_type": "video_diffusion",
            "status": "processing",
            "created_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
        }
    ]
    stub.posts = [RESET]

    with pytest.raises(lw.SubmissionUncertainError) as caught:
        client.submit(REQUEST)

    assert len(caught.value.candidates) == 1


def test_a_clock_learns_from_dates_and_does_not_follow_small_changes():
    now = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    clock = ServiceClock(now=lambda: now)

    def learn(seconds: float, **more: str) -> bool:
        date = format_datetime(datetime.fromtimestamp(now + seconds, UTC), usegmt=True)
        return clock.learn({"date": date, **more}, now)

    assert not learn(2)
    assert (clock.known, clock.skew, clock.large) == (True, 0, False)
    assert not learn(300, age="280")  # a cache's
    assert not clock.learn({"date": "yesterday"}, now)
    for _ in range(4):
        learn(300)
    assert abs(clock.skew - 300) < 2
    assert clock.large
    assert not learn(303)
    assert (clock.now().timestamp() - now) == clock.skew


REASONS: dict[str, dict[str, Any]] = {
    "error.detail": {"error": {"code": 500, "message": "", "detail": "a face was found"}},
    "error.detail, an object": {
        "error": {
            "code": 500,
            "message": "Internal error",
            "detail": {"reason": "a face was found"},
        }
    },
    "the task's detail": {"error": None, "detail": {"message": "a face was found"}},
    "a plain-text error": {"error": "a face was found"},
    "beside code 0": {"error": {"code": 0, "message": "a face was found"}},
    "raw_message": {
        "error": {"code": 500, "message": "Task failed", "raw_message": "a face was found"}
    },
    "the logs alone": {"error": None, "logs": ["started", "error: a face was found"]},
}


@pytest.mark.parametrize("place", REASONS)
def test_the_most_specific_reason_is_said_wherever_it_stands(place, client, stub):
    stub.becomes = "failed"
    job = client.diffusion("a sea")
    stub.jobs[job.id] = task(job.id, "failed") | REASONS[place]

    with pytest.raises(lw.JobFailedError, match="a face was found") as caught:
        job.wait(20)

    assert caught.value.raw == REASONS[place]["error"]
    note_situation(
        f"failed, reason in {place}",
        sees="a face was found",
        requests=len(stub.requests),
        at_risk=0,
        whole=None,
    )


ERRORS = [
    (Reply(400, {"detail": "no such image"}), "no such image"),
    (Reply(400, {"error": "no such image"}), "no such image"),
    (Reply(400, {"error": {"code": 400, "detail": [{"msg": "no such image"}]}}), "no such image"),
    (
        Reply(422, {"detail": [{"loc": ["body", "imageNo"], "msg": "must be 0 to 3"}]}),
        "imageNo: must be 0 to 3",
    ),
    (
        Reply(400, {"code": 400, "message": "Bad request", "raw_message": "no such image"}),
        "no such image",
    ),
    (Reply(400, b"no such image", {"Content-Type": "text/plain"}), "no such image"),
]


@pytest.mark.parametrize(("reply", "reason"), ERRORS)
def test_a_refusal_says_the_most_specific_reason_and_keeps_the_raw(reply, reason, client, stub):
    stub.posts = [reply]

    with pytest.raises(lw.APIError) as caught:
        client.submit(REQUEST)

    assert caught.value.message == reason
    assert caught.value.body
    assert len(stub.posted) == 1


def test_a_failure_without_any_reason_says_so(client, stub):
    stub.becomes = "failed"
    job = client.diffusion("a sea")
    stub.jobs[job.id] = task(job.id, "failed") | {"error": {"code": 0, "message": "success"}}

    with pytest.raises(lw.JobFailedError, match="does not say why"):
        job.wait(20)


BARE = {"error": {"code": 0, "message": "", "raw_message": "", "detail": None}, "detail": None}


def test_a_failure_without_a_reason_is_asked_for_again(client, stub):
    job, later = client.submit(REQUEST), client.submit(REQUEST)
    bare = [Reply(body=task(one.id, "failed") | BARE) for one in (job, later)]
    told = {**BARE, "error": {"code": 400, "message": "a face was found"}}
    scripts = {
        job.id: [bare[0], bare[0], Reply(body=task(job.id, "completed"))],
        later.id: [bare[1], Reply(body=task(later.id, "failed") | told)],
    }
    for job_id, script in scripts.items():
        stub.others[f"/api/v1/job/{job_id}"] = lambda _, script=script: script.pop(0)

    assert len(job.wait(20).videos) == 4
    with pytest.raises(lw.JobFailedError, match="a face was found"):
        later.wait(20)
    assert list(scripts.values()) == [[], []]


def test_a_failure_that_stays_without_a_reason_is_final(client, stub):
    job = client.submit(REQUEST)
    stub.jobs[job.id] = task(job.id, "failed") | BARE

    with pytest.raises(lw.JobFailedError, match="does not say why"):
        job.wait(20)
    assert len(stub.polled) == 3

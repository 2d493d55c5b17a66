"""What both clients do, in one set of tests: the awaiting one is driven from a loop in a thread."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

import legnext_widgets as lw
from tests.waiting import wait_until

from .conftest import KEY
from .stub import BODIES, RESET, Reply, body, task

IMAGE_JOB = "c6821434-5e41-408f-b42b-2562306b109c"
VIDEO_JOB = body("video-completed-signed")["job_id"]
LINK = "https://example.com/image.jpg"


def test_the_image_link_mode_sends_what_the_documentation_shows(client, stub):
    job = client.video_diffusion(
        f"{LINK} A cinematic shot", video_type=1, callback="https://webhook.site/x"
    )

    (post,) = stub.posted
    assert post.path == "/api/v1/video-diffusion"
    assert post.headers["x-api-key"] == KEY
    assert post.headers["content-type"] == "application/json"
    assert post.json == {
        "prompt": f"{LINK} A cinematic shot",
        "videoType": 1,
        "callback": "https://webhook.site/x",
    }
    assert job.request.image_url is None
    assert (job.status, job.done, job.videos) == ("pending", False, [])
    assert (job.usage.frozen, job.usage.consumed) == (480, 0)


def test_the_image_job_mode_sends_what_the_documentation_shows(client, stub):
    client.video_diffusion("Make it move", job_id=IMAGE_JOB, image_no=0, motion="high", loop=True)

    assert stub.posted[0].json == {
        "jobId": IMAGE_JOB,
        "imageNo": 0,
        "prompt": "Make it move --motion high --loop",
        "videoType": 0,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {"prompt": "text alone"},
        {"prompt": LINK},
        {"prompt": "x" * 8193, "image_url": LINK},
        {"prompt": f"{LINK} " + "x" * (8192 - len(LINK))},
        {"prompt": "x", "image_url": "ftp://example.com/x.jpg"},
        {"prompt": "x", "image_url": LINK, "video_type": 2},
        {"prompt": "x", "image_url": LINK, "video_type": True},
        {"prompt": "x", "image_url": LINK, "batch_size": 3},
        {"prompt": "x", "image_url": LINK, "motion": "fast"},
        {"prompt": "half a character \ud800", "image_url": LINK},
        {"job_id": IMAGE_JOB},
        {"job_id": IMAGE_JOB, "image_no": 4},
        {"job_id": "not-an-id", "image_no": 0},
        {"job_id": IMAGE_JOB, "image_no": 0, "image_url": LINK},
    ],
)
def test_bad_arguments_are_named_before_anything_is_sent(client, stub, arguments):
    with pytest.raises(ValueError, match=r"must|missing|cannot"):
        client.video_diffusion(**arguments)

    assert stub.posted == []


def test_what_is_no_request_is_not_sent(client, stub):
    with pytest.raises(TypeError, match="request object"):
        client.submit({"prompt": "x"})


def test_extending_upscaling_and_animating_go_on_from_a_job(client, stub):
    job = client.job(VIDEO_JOB)

    job.extend(1, prompt="and then")
    job.upscale(2)
    job.animate(3, "waves", raw=True)
    client.diffusion("a sea")

    assert [(post.path.rpartition("/")[2], post.json) for post in stub.posted] == [
        ("extend-video", {"jobId": VIDEO_JOB, "videoNo": 1, "prompt": "and then"}),
        ("video-upscale", {"jobId": VIDEO_JOB, "videoNo": 2}),
        (
            "video-diffusion",
            {"jobId": VIDEO_JOB, "imageNo": 3, "prompt": "waves --raw", "videoType": 0},
        ),
        ("diffusion", {"text": "a sea"}),
    ]


def test_waiting_returns_the_completed_job_with_its_videos(client, stub):
    stub.becomes = "completed"

    job = client.diffusion("a sea")
    done = job.wait(10)

    assert done == job
    assert (job.status, job.done, job.progress, job.error) == ("completed", True, 1.0, None)
    assert len(job.videos) == 4
    assert job.videos[2].index == 2
    assert job.elapsed == 156
    assert (job.usage.frozen, job.usage.consumed) == (480, 480)


def test_a_job_can_be_awaited(client, driver, stub):
    stub.becomes = "completed"

    assert driver.awaited(client.diffusion("a sea")).status == "completed"


def test_a_failed_job_raises_and_says_why(client, stub):
    stub.becomes = "failed"
    job = client.diffusion("a sea")

    with pytest.raises(lw.JobFailedError, match="The images could not be read") as caught:
        job.wait(10)

    assert caught.value.job == job
    assert caught.value.code == 500
    assert isinstance(job.error, lw.JobFailedError)


def test_a_timeout_leaves_the_job_running_and_says_its_id(client, stub):
    job = client.diffusion("a sea")

    with pytest.raises(lw.JobTimeoutError, match=job.id) as caught:
        job.wait(0.05)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.job == job

    stub.jobs[job.id] = task(job.id, "completed")
    assert job.wait(10).done


def test_a_bare_id_is_a_handle_that_asks_only_when_told_to(client, stub):
    stub.jobs[VIDEO_JOB] = body("video-completed-signed")

    job = client.job(VIDEO_JOB)
    assert (job.status, job.task, job.request, stub.polled) == ("unknown", None, None, [])

    job.refresh()
    assert (job.status, len(stub.polled)) == ("completed", 1)
    assert job.videos[0].expires_at == datetime.fromtimestamp(1761107607, UTC)
    assert job.videos[0].expired
    assert client.job(VIDEO_JOB.upper()) == job
    with pytest.raises(ValueError, match="job_id"):
        client.job("../balance")


def test_watchers_are_told_of_every_change_until_they_stop(client, stub):
    seen: list[str] = []
    job = client.diffusion("a sea")
    stop = job.watch(lambda changed: seen.append(changed.status))

    stub.jobs[job.id] = task(job.id, "processing")
    wait_until(lambda: seen == ["processing"], "the first change was told", every=0.01)
    stop()
    stub.jobs[job.id] = task(job.id, "completed")
    job.wait(10)

    assert seen == ["processing"]


def test_a_watcher_that_raises_ends_nothing(client, stub):
    def broken(_: object) -> None:
        raise RuntimeError("mine")

    job = client.diffusion("a sea")
    job.watch(broken)
    stub.jobs[job.id] = task(job.id, "completed")

    assert job.wait(10).done


@pytest.mark.parametrize("name", sorted(path.stem for path in BODIES.glob("[vi]*.json")))
def test_every_known_task_body_is_read_as_what_it_means(client, stub, name):
    found = body(name)
    stub.jobs[found["job_id"]] = found

    job = client.job(found["job_id"]).refresh()

    made = found["output"].get("video_urls") or []
    assert job.status == found["status"]
    assert [video.url for video in job.videos] == made
    assert job.images == (found["output"].get("image_urls") or [])
    assert job.error is None
    assert job.task.error is None
    assert job.task.raw == found
    assert (job.task.meta.ended_at is None) == (found["status"] == "pending")


def test_a_pending_body_has_no_times_and_no_output(client, stub):
    found = body("image-pending")
    stub.jobs[found["job_id"]] = found

    job = client.job(found["job_id"]).refresh()

    assert (job.status, job.done, job.images) == ("pending", False, [])
    assert job.task.meta.started_at is None
    assert job.task.meta.ended_at is None
    assert job.task.output.image_url is None
    assert (job.usage.frozen, job.usage.consumed) == (80, 0)


def test_unknown_statuses_fields_and_logs_are_kept(client, stub):
    stub.jobs[VIDEO_JOB] = task(
        VIDEO_JOB, "polishing", logs=[{"at": 1}, "text"], novelty={"x": 1}, progress=40
    )

    job = client.job(VIDEO_JOB).refresh()

    assert (job.status, job.done, job.progress) == ("polishing", False, 0.4)
    assert job.task.logs == [{"at": 1}, "text"]
    assert job.task.raw["novelty"] == {"x": 1}
    assert job.task.novelty == {"x": 1}


def test_the_balance_is_read(client):
    balance = client.balance()

    assert (balance.available_points, balance.available_credits) == (1048, 71000)
    assert balance.balance_usd == 72.048
    assert balance.updated_at is not None


@pytest.mark.parametrize(
    "envelope",
    [
        lambda tasks: tasks,
        lambda tasks: {"data": tasks},
        lambda tasks: {"code": 200, "data": {"tasks": tasks, "total": 1}},
    ],
)
def test_active_tasks_are_read_whatever_they_are_wrapped_in(client, stub, envelope):
    running = [{"job_id": VIDEO_JOB, "task_type": "video_diffusion", "progress": 30}]
    stub.others["/api/account/active_tasks"] = lambda request: Reply(body=envelope(running))

    (found,) = client.active_tasks()

    assert (found.job_id, found.task_type, found.progress) == (VIDEO_JOB, "video_diffusion", 30)


def test_no_active_tasks_are_none(client, stub):
    stub.others["/api/account/active_tasks"] = lambda request: Reply(body={"data": None})

    assert client.active_tasks() == []


STATUSES = {
    400: lw.BadRequestError,
    401: lw.AuthenticationError,
    402: lw.InsufficientCreditsError,
    403: lw.PermissionDeniedError,
    404: lw.NotFoundError,
    409: lw.APIError,
    413: lw.PayloadTooLargeError,
    422: lw.UnprocessableError,
    429: lw.RateLimitError,
    500: lw.ServerError,
    503: lw.ServerError,
}
SHAPES = {
    "plain": lambda code: {"code": code, "message": "so", "raw_message": "raw", "detail": [1]},
    "task": lambda code: (
        body("error-403-task-shaped")
        | {"error": {"code": code, "message": "so", "raw_message": "raw", "detail": [1]}}
    ),
    "wrapped": lambda code: {
        "error": {"code": code, "message": "so", "raw_message": "raw", "detail": [1]}
    },
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_error_shape_of_every_status_gives_its_message(client, stub, status, shape):
    found = SHAPES[shape](status)
    stub.others["/api/account/balance"] = lambda request: Reply(
        status, found, {"X-Request-Id": "r-1"}
    )

    with pytest.raises(lw.APIError) as caught:
        client.balance()

    error = caught.value
    assert type(error) is STATUSES[status]
    assert (error.status_code, error.code, error.message) == (status, status, "so")
    assert (error.raw_message, error.detail) == ("raw", [1])
    assert (error.body, error.request_id) == (found, "r-1")


def test_reading_is_tried_again_when_what_went_wrong_passes(client, stub):
    answers = [Reply(502, "<html>"), RESET, Reply(body=body("balance"))]
    stub.others["/api/account/balance"] = lambda request: answers.pop(0)

    assert client.balance().available_points == 1048


def test_an_answer_about_another_job_is_not_taken_for_this_one(client, stub):
    stub.others["/api/v1/job/"] = lambda request: Reply(body=task(IMAGE_JOB, "completed"))

    with pytest.raises(lw.InvalidResponseError, match="another job"):
        client.job(VIDEO_JOB).refresh()


def test_a_batch_keeps_order_and_runs_only_so_many_at_once(driver, stub, journal):
    client = driver.client(KEY, base_url=stub.url, library=journal, max_concurrent=10)
    most = 0

    def poll(request: Any) -> Reply:
        nonlocal most
        job_id = request.path.rpartition("/")[2]
        open_jobs = [job for job in stub.jobs.values() if job["status"] == "pending"]
        most = max(most, len(open_jobs))
        stub.jobs[job_id] = task(job_id, "completed")
        return Reply(body=stub.jobs[job_id])

    stub.others["/api/v1/job/"] = poll
    seen: list[tuple[int, int]] = []
    count = (
        200 if driver.name == "Client" else 60
    )  # so many are enough to see the same of the other
    requests = (lw.Diffusion(f"picture {number}") for number in range(count))

    jobs = client.submit_many(requests, progress=lambda done, total: seen.append((done, total)))

    assert [job.request.text for job in jobs] == [f"picture {number}" for number in range(count)]
    assert {job.status for job in jobs} == {"completed"}
    assert len(stub.posted) == len({job.id for job in jobs}) == count
    assert 1 < most <= 10
    wait_until(lambda: len(seen) == count, "all progress was told", every=0.01)
    assert seen == [(number, count) for number in range(1, count + 1)]


def test_failures_in_a_batch_stay_in_their_place(client, stub):
    stub.becomes = "completed"
    sent = [lw.Diffusion(f"picture {number}") for number in range(6)]

    def post(request: Any) -> Reply:
        number = request.json["text"][-1]
        refusal = {"code": 403, "message": "no such pictures"}
        return {"1": Reply(403, refusal), "3": RESET}.get(
            number, Reply(body=stub.accepted(request))
        )

    stub.others["/api/v1/diffusion"] = post

    jobs = client.submit_many([*sent[:5], "no request", sent[5]])

    kinds = [type(job.error) for job in jobs]
    nothing = type(None)
    assert kinds == [
        nothing,
        lw.PermissionDeniedError,
        nothing,
        lw.SubmissionUncertainError,
        nothing,
        lw.LegnextError,
        nothing,
    ]
    assert [job.status for job in jobs] == [
        "completed", "failed", "completed", "uncertain", "completed", "failed", "completed",
    ]  # fmt: skip
    assert len(stub.posted) == 6


def refusing(stub: Any, status: int, good: int) -> list[bool]:
    """Has the service take `good` requests and refuse the others while there is something in it."""
    on = [True]

    def post(request: Any) -> Reply:
        if on and len(stub.posted) > good:
            return Reply(status, {"code": status, "message": "not any more"})
        return Reply(body=stub.accepted(request))

    stub.others["/api/v1/diffusion"] = post
    return on


@pytest.mark.parametrize(
    ("status", "kind"), [(401, lw.AuthenticationError), (402, lw.InsufficientCreditsError)]
)
def test_a_batch_stops_where_each_further_request_would_be_refused(
    driver, stub, status, kind, caplog
):
    client = driver.client(KEY, base_url=stub.url, library=False, max_concurrent=3)
    stub.becomes = "completed"
    refusals = refusing(stub, status, good=4)

    jobs = client.submit_many(lw.Diffusion(f"picture {number}") for number in range(30))

    assert 7 <= len(stub.posted) <= 12  # those on their way at the same time are refused, too
    assert sum(job.status == "completed" for job in jobs) == 4
    refused = [job for job in jobs if isinstance(job.error, kind)]
    unsent = [job for job in jobs if job.error is not None and job not in refused]
    assert len(refused) == len(stub.posted) - 4
    assert len(unsent) == 30 - len(stub.posted)
    assert all(job.status == "failed" and "resume_many()" in str(job.error) for job in unsent)
    assert "requests of a batch are not sent" in caplog.text

    refusals.clear()
    tried = len(stub.posted)
    again = client.resume_many()

    assert [job.status for job in again] == ["completed"] * 30
    assert len(stub.posted) - tried == 26  # what was refused before, and the rest
    assert len({job.id for job in again}) == 30


def test_a_single_request_that_credits_do_not_suffice_for_stops_no_batch(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, max_concurrent=1)
    stub.becomes = "completed"

    def post(request: Any) -> Reply:
        if len(stub.posted) % 3 == 0:
            return Reply(402, {"code": 402, "message": "not enough for this one"})
        return Reply(body=stub.accepted(request))

    stub.others["/api/v1/diffusion"] = post

    jobs = client.submit_many(lw.Diffusion(f"picture {number}") for number in range(9))

    assert [job.status for job in jobs] == ["completed", "completed", "failed"] * 3


def test_a_progress_callback_that_raises_loses_no_job(client, stub):
    stub.becomes = "completed"

    def broken(done: int, total: int) -> None:
        raise RuntimeError("mine")

    jobs = client.submit_many([lw.Diffusion("x")] * 3, progress=broken)

    assert [job.status for job in jobs] == ["completed"] * 3


def test_an_empty_batch_is_an_empty_list(client, stub):
    assert client.submit_many([]) == []
    assert client.resume_many() == []


def test_a_budget_stops_the_job_that_would_exceed_it(driver, stub, journal):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=1000)
    client.extend_video(VIDEO_JOB, 0)
    client.extend_video(VIDEO_JOB, 1)

    with pytest.raises(lw.BudgetExceededError) as caught:
        client.extend_video(VIDEO_JOB, 2)

    assert (caught.value.budget, caught.value.spent, caught.value.cost) == (1000, 960, 480)
    assert len(stub.posted) == 2


def test_a_budget_gets_back_what_a_refused_request_had_reserved(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=480)
    stub.posts = [Reply(403, body("error-403-task-shaped"))]
    with pytest.raises(lw.PermissionDeniedError):
        client.extend_video(VIDEO_JOB, 0)

    assert client.extend_video(VIDEO_JOB, 0).id


def test_a_budget_keeps_what_an_unknown_outcome_may_have_taken(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=500)
    stub.posts = [RESET]
    with pytest.raises(lw.SubmissionUncertainError):
        client.extend_video(VIDEO_JOB, 0)

    with pytest.raises(lw.BudgetExceededError):
        client.extend_video(VIDEO_JOB, 0)


def test_jobs_of_others_do_not_count_for_the_budget(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=480)
    stub.jobs[VIDEO_JOB] = task(VIDEO_JOB, "completed")
    client.job(VIDEO_JOB).refresh()

    assert client.extend_video(VIDEO_JOB, 0).id


def test_a_copy_with_changed_options_leaves_the_client_as_it_is(client, stub, driver):
    copy = client.with_options(budget_points=0, timeout=1)

    with pytest.raises(lw.BudgetExceededError):
        copy.diffusion("x")
    assert client.diffusion("x").id
    with pytest.raises(TypeError, match="api_key"):
        client.with_options(api_key="x")
    driver.close_client(copy)


def test_an_http_client_of_ones_own_is_used_and_stays_open(driver, stub):
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url.path}")
        return httpx.Response(200, json=body("balance"))

    own = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=own)

    client.balance()
    driver.close_client(client)

    assert seen == ["GET /api/account/balance"]
    assert not own.is_closed


def test_an_http_client_that_breaks_in_its_own_way_leaves_the_outcome_unknown(driver, stub):
    def answer(request: httpx.Request) -> httpx.Response:
        raise KeyError("mine")

    own = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=own)

    with pytest.raises(lw.SubmissionUncertainError, match="KeyError"):
        client.diffusion("x")


def test_who_waits_is_told_when_the_http_client_of_ones_own_is_closed(driver, stub, tmp_path):
    own = httpx.AsyncClient()
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=own)
    job = client.diffusion("x")
    stub.jobs[VIDEO_JOB] = task(VIDEO_JOB, "completed")
    video = client.job(VIDEO_JOB).refresh().videos[0]

    driver.close_http(own, client)

    for call in (lambda: job.wait(20), client.balance, lambda: client.diffusion("y")):
        with pytest.raises(lw.TransportError, match="HTTP client is closed"):
            call()
    with pytest.raises(lw.DownloadError, match="HTTP client is closed"):
        video.save(tmp_path / "a.mp4")
    assert len(stub.posted) == 1


def test_a_download_through_a_client_that_breaks_in_its_own_way_is_a_download_error(
    driver, stub, tmp_path
):
    def answer(request: httpx.Request) -> httpx.Response:
        if "/api/" in request.url.path:
            return httpx.Response(200, json=task(VIDEO_JOB, "completed"))
        raise KeyError("mine")

    own = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=own)

    with pytest.raises(lw.DownloadError, match="KeyError"):
        client.job(VIDEO_JOB).refresh().videos[0].save(tmp_path / "a.mp4")


def test_proxies_of_the_environment_are_used(driver, stub, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", stub.url)
    monkeypatch.setenv("NO_PROXY", "")
    client = driver.client(KEY, base_url="http://service.invalid", library=False)
    stub.others["http://service.invalid/api/account/balance"] = lambda request: Reply(
        body=body("balance")
    )

    assert client.balance().available_points == 1048


def test_a_key_is_needed_and_is_found_in_the_environment(driver, stub, monkeypatch):
    with pytest.raises(lw.MissingAPIKeyError, match="LEGNEXT_API_KEY"):
        driver.client(base_url=stub.url)

    monkeypatch.setenv("LEGNEXT_API_KEY", "from-the-environment")
    monkeypatch.setenv("LEGNEXT_BASE_URL", stub.url)
    driver.client(library=False).balance()
    assert stub.requests[-1].headers["x-api-key"] == "from-the-environment"


def test_a_closed_client_says_so_and_sends_nothing(client, driver, stub):
    job = client.diffusion("x")
    driver.close_client(client)

    for call in (lambda: client.diffusion("y"), job.refresh, lambda: job.wait(1), client.balance):
        with pytest.raises(lw.LegnextError, match="closed"):
            call()
    assert len(stub.posted) == 1


def test_who_waits_while_the_client_is_closed_is_told(client, driver, stub):
    job = client.diffusion("x")
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            job.wait(30)
        except BaseException as error:
            raised.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_until(lambda: stub.polled, "it waits")
    driver.close_client(client)
    waiting.join(10)

    assert isinstance(raised[0], lw.LegnextError)
    assert "closed" in str(raised[0])


def test_reprs_are_one_line(client, stub):
    stub.jobs[VIDEO_JOB] = body("video-completed-signed")
    job = client.job(VIDEO_JOB).refresh()

    for shown in (repr(client), repr(job), repr(job.videos[0]), repr(job.task)):
        assert re.fullmatch(r"[^\n]{10,200}", shown)
        assert "Signature" not in shown

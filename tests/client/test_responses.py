"""What the answers of the service mean."""

from __future__ import annotations

import json
import pickle
import re
import uuid

import pytest

import legnext_widgets as lw
from tests.support.raw_service import RESET, Reply
from tests.support.task_factory import BODIES, body, task

VIDEO_JOB = body("video-completed-signed")["job_id"]


@pytest.mark.parametrize("name", sorted(path.stem for path in BODIES.glob("[vi]*.json")))
def test_every_known_task_body_is_read_correctly(client, stub, name):
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


@pytest.mark.parametrize("read", [str, str.encode, lambda text: f"\ufeff{text}".encode()])
def test_the_numbers_of_the_documented_example_are_read(read):
    logs = ['took 00:03, "007"', 1.05]
    example = json.dumps(body("video-completed-signed") | {"logs": logs})
    written = re.sub(r'"(frozen|consume)": 0', r'"\1": 00', example)
    assert "00}" in written

    found = lw.Task.parse(read(written))

    assert found.raw == json.loads(example)
    with pytest.raises(lw.InvalidResponseError, match="is not JSON"):
        lw.Task.parse(read(written[:-1]))


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


def test_reading_is_tried_again_after_errors_that_pass(client, stub):
    answers = [Reply(502, "<html>"), RESET, Reply(body=body("balance"))]
    stub.others["/api/account/balance"] = lambda request: answers.pop(0)

    assert client.balance().available_points == 1048


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (401, "401: no. Nothing was started. Check the API key."),
        (402, "402: no. Nothing was started. Add credits to the account, or choose "),
        (403, "403: no. Nothing was started. Change the prompt or the image, or ask "),
        (404, "404: no. Nothing was started."),
        (422, "422: no. Nothing was started. Change the prompt or the image, then "),
        (429, "429: no. Nothing was started. Wait a little, then try again."),
    ],
)
def test_a_refused_submission_says_what_happened_and_what_to_do(client, stub, status, shown):
    stub.posts = [Reply(status, {"code": status, "message": "no"}) for _ in range(9)]

    with pytest.raises(lw.APIError) as error:
        client.diffusion("x")

    assert str(error.value).startswith(shown)
    assert error.value.headline == f"{status}: no"
    assert error.value.operation == "submit"


def test_a_job_that_is_not_known_and_an_address_that_does_not_exist_are_told_apart(client, stub):
    stub.others["/api/account/"] = lambda _: Reply(404, {"message": "No such path!"})

    with pytest.raises(lw.NotFoundError) as unknown:
        client.job(str(uuid.uuid4())).refresh()
    with pytest.raises(lw.NotFoundError) as elsewhere:
        client.balance()

    assert str(unknown.value).endswith(". Check the job ID. The next session checks it again.")
    assert str(elsewhere.value) == "404: No such path!"
    assert elsewhere.value.next_step is None
    again = pickle.loads(pickle.dumps(elsewhere.value))
    assert (str(again), again.next_step) == (str(elsewhere.value), None)

"""What is known of a job, and how its changes are noticed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import legnext_widgets as lw
from tests.support.raw_service import Reply
from tests.support.task_factory import body, task
from tests.support.waiting import wait_until

IMAGE_JOB = "c6821434-5e41-408f-b42b-2562306b109c"
VIDEO_JOB = body("video-completed-signed")["job_id"]


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


def test_a_handle_of_a_bare_id_asks_only_on_request(client, stub):
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


def test_watchers_are_called_for_every_change_until_they_stop(client, stub):
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


def test_an_answer_about_another_job_is_not_taken_for_this_one(client, stub):
    stub.others["/api/v1/job/"] = lambda request: Reply(body=task(IMAGE_JOB, "completed"))

    with pytest.raises(lw.InvalidResponseError, match="describes a different job"):
        client.job(VIDEO_JOB).refresh()

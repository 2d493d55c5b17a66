"""A budget of points."""

from __future__ import annotations

import pytest

import legnext_widgets as lw
from tests.support.raw_service import RESET, Reply
from tests.support.task_factory import body, task

from .conftest import KEY

VIDEO_JOB = body("video-completed-signed")["job_id"]


def test_a_budget_stops_the_job_that_would_exceed_it(driver, stub, journal):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=1000)
    client.extend_video(VIDEO_JOB, 0)
    client.extend_video(VIDEO_JOB, 1)

    with pytest.raises(lw.BudgetExceededError) as caught:
        client.extend_video(VIDEO_JOB, 2)

    assert (caught.value.budget, caught.value.spent, caught.value.cost) == (1000, 960, 480)
    assert len(stub.posted) == 2


def test_a_refused_request_gives_its_points_back_to_the_budget(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=480)
    stub.posts = [Reply(403, body("error-403-task-shaped"))]
    with pytest.raises(lw.PermissionDeniedError):
        client.extend_video(VIDEO_JOB, 0)

    assert client.extend_video(VIDEO_JOB, 0).id


def test_a_request_of_unknown_outcome_keeps_its_points_reserved(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=500)
    stub.posts = [RESET]
    with pytest.raises(lw.SubmissionUncertainError):
        client.extend_video(VIDEO_JOB, 0)

    with pytest.raises(lw.BudgetExceededError):
        client.extend_video(VIDEO_JOB, 0)


def test_jobs_of_other_programs_do_not_count_for_the_budget(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=480)
    stub.jobs[VIDEO_JOB] = task(VIDEO_JOB, "completed")
    client.job(VIDEO_JOB).refresh()

    assert client.extend_video(VIDEO_JOB, 0).id

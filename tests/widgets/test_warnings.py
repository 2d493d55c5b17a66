"""The studio and its static copy show what is wrong with a job while it is still asked for."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.errors import NotFoundError, TransportError
from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.widgets.kernel.snapshots import snapshot
from legnext_widgets.widgets.notebook.static_output import static_copy
from tests.support.task_factory import task

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"


def job_of(status: str, **more: Any) -> JobState:
    state = JobState(JOB, request=lw.Diffusion("a sea"))
    state.take(Task.of(task(JOB, status) | more))
    return state


def shown(state: JobState) -> tuple[Any, str]:
    return snapshot(state, sandbox=False), static_copy([state], {}, sandbox=False)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            NotFoundError("job not found", status_code=404),
            "not_shown_yet",
            "does not list this job yet",
        ),
        (TransportError("no answer"), "asking_failed", "The job continues"),
    ],
)
def test_a_passing_fault_is_a_warning(error, code, words):
    state = job_of("processing")
    state.poll_failed(error)

    job, copy = shown(state)

    assert (job["done"], job["error"], job["warning"]["code"]) == (False, None, code)
    assert words in job["warning"]["text"]
    assert words in copy


def test_links_that_are_awaited_are_a_warning_and_then_an_error():
    state = job_of("completed", output=None)
    job, copy = shown(state)
    assert (job["status"], job["done"], job["media"]) == ("processing", False, [])
    assert job["warning"]["code"] == "links_awaited"
    assert "not provided links yet" in copy

    state.give_up_output()

    job, copy = shown(state)
    assert (job["status"], job["done"], job["warning"]) == ("failed", True, None)
    assert job["error"]["message"]["code"] == "without_links"
    assert job["error"]["message"]["values"] == {"id": JOB, "points": 480}
    assert "480 points were charged" in copy


def test_a_failed_job_shows_the_most_specific_reason():
    state = job_of("failed", error={"code": 0, "message": "Failed", "detail": "a face was found"})

    job, copy = shown(state)

    assert job["error"]["message"]["text"] == "a face was found"
    assert "a face was found" in copy


def test_times_are_those_of_this_machine_whatever_the_services_clock_says():
    state = job_of("completed")
    before, _ = shown(state)
    state.skew = 300

    job, _ = shown(state)

    assert job["created"] == before["created"] - 300
    assert job["media"][0]["expires"] == before["media"][0]["expires"] - 300


def test_a_clock_that_is_far_off_is_shown_in_the_studio(tmp_path):
    with lw.Library(tmp_path / "library") as library:
        client = lw.Client("lk-0123456789", base_url="http://127.0.0.1:9", library=library)
        client.session.clock.skew = -300.0
        studio = lw.VideoStudio(client)
        try:
            problems = studio._account["library"]["problems"]
            assert problems[0]["code"] == "clock_differs"
            assert "+5 min off" in problems[0]["text"]
        finally:
            studio.close()
            client.close()


def test_the_page_knows_whether_the_service_reaches_private_networks() -> None:
    """It shows a link to this computer as a problem while it is typed, but not in the sandbox."""
    real = partial(lw.Client, "lk-test", base_url="https://service.example", library=False)
    clients = {
        real(): False,
        real(allow_private_urls=True): True,
        real(base_url="http://127.0.0.1:8000"): True,
        lw.Client.sandbox(packaged=True): True,
    }
    for client, reaches in clients.items():
        studio = lw.VideoStudio(client)
        assert studio._service["private_urls"] is reaches
        studio.close()
        client.close()

"""The studio of a student: own points, the class, the position in the queue, no key to enter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.messages import Message
from legnext_widgets.widgets.kernel import account
from tests.gateway.classroom import Classroom, sqlite_url, wait_for
from tests.widgets.browser import Browser


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Classroom]:
    with Classroom(sqlite_url(tmp_path), speed=400) as opened:
        opened.start(slots=1)
        monkeypatch.setenv("LEGNEXT_BASE_URL", opened.url)
        monkeypatch.setenv("LEGNEXT_API_KEY", opened.token("ada"))
        monkeypatch.setattr(account, "_CLASS_SECONDS", 0.1)
        yield opened


@pytest.fixture
def studio(room: Classroom) -> Iterator[lw.VideoStudio]:
    with lw.Client(library=False, progress=False) as client:
        opened = lw.VideoStudio(client, source="text", prompt="a boat")
        wait_for(lambda: opened._account["classroom"])
        yield opened
        opened.close()


def test_it_shows_the_students_points_and_no_key_field(studio: lw.VideoStudio) -> None:
    assert studio._account["balance"] == 2000
    assert studio._service["gateway"]
    assert studio._account["classroom"] == {
        "stopped": False,
        "blocked": False,
        "held_up": False,
        "running": 0,
        "waiting": 0,
    }


def test_a_stopped_line_and_places_are_shown(room: Classroom, studio: lw.VideoStudio) -> None:
    room.gateway.store.members.set_stopped(stopped=True, now=0.0)
    room.gateway.notifier.notify()

    browser = Browser(studio)
    first, second = studio.submit(), studio.submit(reuse=False)

    def shown() -> dict[str, object]:
        return {job["id"]: job["place"] for each in browser.updates for job in each["jobs"]}

    wait_for(lambda: studio._account["classroom"]["stopped"])
    wait_for(lambda: studio._account["classroom"]["waiting"] == 2)
    wait_for(lambda: shown() == {first.id: 1, second.id: 2})

    room.gateway.store.members.set_stopped(stopped=False, now=0.0)
    room.gateway.notifier.notify()
    assert first.wait(30).status == second.wait(30).status == "completed"
    wait_for(lambda: set(shown().values()) == {None})
    wait_for(lambda: studio._account["balance"] == 2000 - 160)
    wait_for(lambda: not studio._account["classroom"]["stopped"])


def test_it_says_that_the_service_takes_no_requests_of_the_class(
    room: Classroom, studio: lw.VideoStudio
) -> None:
    room.service.faults.switch_on("rate_limit", method="POST", retry_after=2)
    studio.submit()
    wait_for(lambda: studio._account["classroom"]["held_up"])


def test_a_studio_without_jobs_learns_that_the_line_was_stopped(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "_IDLE_SECONDS", 0.1)
    with lw.Client(library=False) as client:
        studio = lw.VideoStudio(client)
        wait_for(lambda: studio._account["classroom"])
        room.gateway.store.members.set_stopped(stopped=True, now=0.0)
        wait_for(lambda: studio._account["classroom"]["stopped"])
        studio.close()


def test_without_points_it_says_to_tell_the_teacher_and_nothing_of_an_account(
    room: Classroom, studio: lw.VideoStudio
) -> None:
    room.gateway.store.members.set_limit("ada", 40, now=0.0)

    with pytest.raises(lw.InsufficientCreditsError) as caught:
        studio.submit()

    assert "40 points left" in str(caught.value)
    assert "Tell your teacher" in str(caught.value)
    assert "Add credits" not in str(caught.value)
    assert caught.value.next_step == Message("next_teacher")
    wait_for(lambda: studio._submission and studio._submission["phase"] == "refused")
    assert studio._submission["next"]["code"] == "next_teacher"


def test_a_class_whose_account_has_no_points_is_a_thing_for_the_teacher(
    tmp_path: Path,
) -> None:
    with Classroom(sqlite_url(tmp_path), points=10) as room:
        room.start()
        with lw.Client(room.token(), base_url=room.url, library=False, progress=False) as ada:
            studio = lw.VideoStudio(ada, source="text", prompt="a boat")
            browser = Browser(studio)
            job = studio.submit()
            with pytest.raises(lw.JobFailedError) as caught:
                job.wait(30)
            shown = wait_for(lambda: errors_shown(browser))
            studio.close()

    assert caught.value.next_step == Message("next_teacher")
    assert "account of the class" in str(caught.value)
    assert "credits" not in str(caught.value).lower()
    assert (shown["message"]["code"], shown["next"]["code"]) == ("class_points", "next_teacher")
    assert room.gateway.store.members.whole_class().held == 0


def errors_shown(browser: Browser) -> Any:
    """The last error of a job that a page was sent; None before there is one."""
    jobs = [job for each in browser.updates for job in each["jobs"]]
    return jobs[-1]["error"] if jobs else None


def test_a_student_who_is_blocked_is_not_sent_to_the_services_support(
    room: Classroom, studio: lw.VideoStudio
) -> None:
    room.gateway.store.members.set_blocked("ada", blocked=True, now=0.0)
    with pytest.raises(lw.PermissionDeniedError, match="Your teacher has blocked") as caught:
        studio.submit()
    assert caught.value.next_step is None

"""Requests of earlier sessions whose outcome is unknown: found again at a gateway by their key."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import legnext_widgets as lw
from legnext_widgets.client.session.store import Attempt
from legnext_widgets.widgets.kernel.restore import ATTEMPT
from tests.gateway.classroom import Classroom, sqlite_url, wait_for
from tests.support.raw_service import RawService, Reply
from tests.widgets.browser import Browser

REQUEST = lw.Diffusion("a boat")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    with Classroom(sqlite_url(tmp_path / "gateway")) as opened:
        yield opened.start(student_points=10**6)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[lw.Library]:
    with lw.Library(tmp_path / "library") as opened:
        yield opened


def client(room: Classroom, library: lw.Library, token: str = "") -> lw.Client:
    return lw.Client(
        token or room.token(), base_url=room.url, library=library, progress=False, max_retries=1
    )


def left_uncertain(ada: lw.Client, *, origin: str = "", account: str = "") -> Attempt:
    """Store a request as a process leaves it that dies while it is sent."""
    session, own = ada.session, ada.session.identity
    identity = replace(own, origin=origin or own.origin, account=account or own.account)
    attempt = Attempt(
        id=str(uuid.uuid4()),
        identity=identity,
        endpoint=REQUEST.endpoint,
        payload=REQUEST.payload(),
        sent_at=datetime.now(UTC),
        request_key=session.submitter.key_of(REQUEST),
    )
    store = ada.config.store
    assert store is not None
    ada.runtime.run(store.intend(attempt))
    ada.runtime.run(store.mark_uncertain(attempt.id, "the process ended"))
    return attempt


def lost(room: Classroom, library: lw.Library, *, arrived: bool = True, token: str = "") -> Attempt:
    """Leave a request of unknown outcome; gives its attempt.

    Args:
        room: The class.
        library: Where it is left.
        arrived: Whether the gateway got it.
        token: Of the student.
    """
    token = token or room.token()
    with client(room, library, token) as dying:
        dying.balance()  # the account is known from then on
        attempt = left_uncertain(dying)
    if arrived:
        with room.http(token, **{"idempotency-key": attempt.id}) as http:
            assert http.post("/api/v1/diffusion", json=REQUEST.payload()).is_success
    return attempt


def looks(room: Classroom) -> list[str]:
    return [path for path in room.asked if path.startswith("/gateway/attempts/")]


# --- with the request at hand ---------------------------------------------------------------------


def test_the_same_request_gets_the_job_of_a_process_that_died(
    room: Classroom, library: lw.Library
) -> None:
    attempt = lost(room, library)
    with client(room, library) as ada:
        job = ada.submit(REQUEST, reuse=True)
        assert job.reused
        assert job.wait(30).status == "completed"

    made = room.gateway.store.queries.newest()
    assert [each.id for each in made] == [job.id]
    assert len(room.posts()) == 1
    assert library.uncertain() == []
    assert attempt.id != job.id


def test_a_request_that_the_gateway_never_had_stays_uncertain_and_is_not_sent(
    room: Classroom, library: lw.Library
) -> None:
    attempt = lost(room, library, arrived=False)
    with client(room, library) as ada:
        with pytest.raises(lw.SubmissionUncertainError) as caught:
            ada.submit(REQUEST, reuse=True)
        with room.http(room.token("ben")) as ben:
            key = {"idempotency-key": attempt.id}
            assert ben.post("/api/v1/diffusion", json={"text": "x"}, headers=key).is_success
        with pytest.raises(lw.SubmissionUncertainError):
            ada.submit(REQUEST, reuse=True)  # another student's request of the same key is not hers

    assert caught.value.attempt_id == attempt.id
    assert room.gateway.store.members.of_name("ada", 0).spent == 0


# --- by opening -----------------------------------------------------------------------------------


def test_a_studio_finds_it_and_shows_the_job_in_its_place(
    room: Classroom, library: lw.Library
) -> None:
    token = room.token()
    lost(room, library, token=token)
    with client(room, library, token) as ada:
        studio = lw.VideoStudio(ada)
        assert [each for each in studio._job_list.newest_first() if each.startswith(ATTEMPT)]
        browser = Browser(studio)
        made = room.gateway.store.queries.newest()[0].id
        wait_for(lambda: [job.id for job in studio.jobs] == [made])
        assert studio.jobs[0].wait(30).status == "completed"

        def shown() -> list[str]:
            sent = browser.heard("jobs")
            return [job["id"] for job in sent[-1]["jobs"]] if sent else []

        wait_for(lambda: shown() == [made])
        studio.close()

    assert len(room.posts()) == 1
    assert library.uncertain() == []


def test_a_client_finds_it_with_its_first_answer_also_under_a_new_token(
    room: Classroom, library: lw.Library
) -> None:
    lost(room, library)
    with client(room, library, room.token()) as ada:
        ada.balance()
        wait_for(lambda: library.uncertain() == [])
        [job] = wait_for(lambda: ada.jobs)
        assert job.wait(30).prompt == "a boat"
    assert len(room.posts()) == 1


def test_one_that_failed_at_the_gateway_is_shown_as_failed(
    room: Classroom, library: lw.Library
) -> None:
    room.service.faults.switch_on("failed_job", times=1)
    lost(room, library)
    with client(room, library) as ada:
        ada.balance()
        [job] = wait_for(lambda: ada.jobs)
        with pytest.raises(lw.JobFailedError):
            job.wait(30)
    assert library.uncertain() == []


def test_one_that_the_gateway_never_had_stays_uncertain(
    room: Classroom, library: lw.Library
) -> None:
    attempt = lost(room, library, arrived=False)
    with client(room, library) as ada:
        studio = lw.VideoStudio(ada)
        Browser(studio)
        wait_for(lambda: looks(room))
        ada.balance()
        assert [each.state.attempt_id for each in library.uncertain()] == [attempt.id]
        studio.close()
    assert room.posts() == []


def test_without_the_gateway_it_stays_uncertain(room: Classroom, library: lw.Library) -> None:
    attempt = lost(room, library)
    room.stop()
    with client(room, library, "a-token") as ada:
        studio = lw.VideoStudio(ada)
        Browser(studio)
        with pytest.raises(lw.TransportError):
            ada.balance()
        studio.close()
    assert [each.state.attempt_id for each in library.uncertain()] == [attempt.id]


def test_a_student_who_is_refused_learns_nothing(room: Classroom, library: lw.Library) -> None:
    token = room.token()
    attempt = lost(room, library, token=token)
    room.gateway.store.members.revoke("ada")
    with client(room, library, token) as ada:
        with pytest.raises(lw.AuthenticationError):
            ada.balance()
        wait_for(lambda: looks(room))
    assert [each.state.attempt_id for each in library.uncertain()] == [attempt.id]


@pytest.mark.parametrize("other", [{"origin": "https://other.example"}, {"account": "another"}])
def test_a_request_of_another_service_or_account_is_not_asked_for(
    room: Classroom, library: lw.Library, other: dict[str, str]
) -> None:
    mine = lost(room, library, arrived=False)
    with client(room, library) as ada:
        ada.balance()
        attempt = left_uncertain(ada, **other)
    room.asked.clear()
    with client(room, library) as ada:
        ada.balance()
        wait_for(lambda: looks(room))
    assert looks(room) == [f"/gateway/attempts/{mine.id}"]
    assert {each.state.attempt_id for each in library.uncertain()} == {mine.id, attempt.id}


def test_the_service_itself_is_never_asked_for_a_key(library: lw.Library) -> None:
    service = RawService()
    service.others["/api/account/balance"] = lambda _: Reply(200, {"data": {"account_id": 7}})
    with lw.Client("k", base_url=service.url, library=library) as ada:
        ada.balance()
        left_uncertain(ada)
    with lw.Client("k", base_url=service.url, library=library) as ada:
        ada.balance()
        studio = lw.VideoStudio(ada)
        Browser(studio)
        studio.close()
    service.close()

    assert not any("/gateway" in each.path for each in service.requests)
    assert len(library.uncertain()) == 1

"""A request that was sent before is not paid for again."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.library.db.connection import Database, Operation
from legnext_widgets.library.db.journal import Journal
from legnext_widgets.library.errors import LibraryError
from legnext_widgets.sandbox.media.scenes import ASSETS
from tests.support.raw_service import RawService, Reply
from tests.support.service import Service
from tests.support.task_factory import body
from tests.support.waiting import wait_until

from .both_clients import quick
from .conftest import KEY
from .recording_store import RecordingStore

SEA = lw.VideoDiffusion("waves roll in", image_url="https://example.com/sea.jpg", batch_size=2)
SAME_SEA = lw.VideoDiffusion("https://example.com/sea.jpg --bs 2  waves roll in --motion low")
LAKE = lw.Diffusion("a lake at dusk")
PICTURE = ASSETS / "dunes.jpg"


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    with Service(**getattr(request, "param", {"speed": 2000})) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def session(driver: Any, service: Service, folder: Path) -> Callable[..., Any]:
    """Begin a session: a client of the service, with its own view of the one library."""

    def begin(key: str = Service.key, **options: Any) -> Any:
        given = {
            "base_url": "https://api.legnext.ai",
            "library": lw.Library(folder),
            "http_client": service.http_client(),
            "reuse": True,
        }
        return driver.client(key, **given | options)

    return begin


def kept(folder: Path) -> None:
    """Wait until the library has all clips."""
    with lw.Library(folder) as library:
        wait_until(
            lambda: not (library.unfinished_records() or library.unkept_records()),
            "all clips are kept",
        )


def test_the_line_of_a_call_says_that_the_same_request_is_sent_elsewhere(session, service):
    seen: list[str] = []
    service.go.clear()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(session().submit, LAKE)
        wait_until(lambda: service.submissions == 1, "the request has arrived")
        other = session(progress=lambda report: seen.append(str(report)))
        second = threads.submit(other.submit, LAKE)
        wait_until(lambda: seen, "the wait is shown")
        service.go.set()
        assert first.result(30).id == second.result(30).id

    assert seen[0].startswith('Waiting for the same request, which is being sent elsewhere: "a lak')
    assert "sent as job" in seen[-1]


def test_a_completed_job_is_given_with_its_clips(session, service, folder):
    first = session()
    job = first.submit(SEA).wait(30)
    assert not job.reused
    kept(folder)

    service.close()
    again = session().submit(SAME_SEA)

    assert (again.id, again.status, again.reused) == (job.id, "completed", True)
    assert [video.read()[4:8] for video in again.videos] == [b"ftyp", b"ftyp"]
    assert service.submissions == 1


def test_a_reused_job_costs_nothing_in_the_budget(session, service, folder):
    session().submit(SEA).wait(30)
    kept(folder)

    client = session(budget_points=0)
    assert client.submit(SEA).reused
    assert client.session.budget.spent == 0
    with pytest.raises(lw.BudgetExceededError):
        client.submit(SEA, take=2)
    # What was refused so holds no take: a client with points may send it.
    assert not session().submit(SEA, take=2).reused


def test_a_running_job_is_followed(session, service):
    first = session()
    job = first.submit(SEA)
    again = session().submit(SEA)

    assert again.id == job.id
    assert again.reused
    assert again.wait(30).status == "completed"
    assert service.submissions == 1


def test_the_same_session_gives_its_own_job_again(session, service):
    client = session()
    job, again = client.submit(SEA), client.submit(SEA)
    assert job == again
    assert (job.reused, again.reused) == (False, True)
    assert client.session.budget.spent == 480


def test_every_call_that_makes_a_job_takes_both_options(session, service):
    client = session(reuse=False)
    options = {"reuse": True, "take": 1}
    for _ in range(2):
        pictures = client.diffusion("a boat", **options).wait(30)
        clip = pictures.animate(0, "it drifts", **options).wait(30)
        clip.extend(0, prompt="on", **options).wait(30)
        clip.upscale(0, **options).wait(30)
        client.extend_video(clip.id, 0, prompt="on", **options)
        client.video_upscale(clip.id, 0, **options)
        client.video_diffusion("waves", image_url="https://example.com/sea.jpg", **options)
        client.submit_many([SEA], **options)
    assert service.submissions == 6


def test_without_reuse_each_call_is_another_take(session, service):
    client = session(reuse=False)
    jobs = [client.submit(LAKE).wait(30) for _ in range(3)]

    takes = [session().submit(LAKE, take=number) for number in (1, 2, 3)]

    assert [take.id for take in takes] == [job.id for job in jobs]
    assert not session().submit(LAKE, take=4).reused
    assert service.submissions == 4


def test_the_same_request_twice_in_a_batch_is_two_takes(session, service):
    batch = [SEA, LAKE, SAME_SEA, LAKE, LAKE]
    jobs = session().submit_many(batch)
    assert len({job.id for job in jobs}) == service.submissions == 5

    again = session().submit_many(batch)

    assert [job.id for job in again] == [job.id for job in jobs]
    assert {job.status for job in again} == {"completed"}
    assert all(job.reused for job in again)
    assert service.submissions == 5


def test_a_batch_goes_on_where_it_was(session, service):
    requests = [lw.Diffusion(f"picture {number}") for number in range(12)]
    begun = session().submit_many(requests[:5])

    jobs = session().submit_many(requests)

    assert [job.request.text for job in jobs] == [request.text for request in requests]
    assert [job.id for job in jobs[:5]] == [job.id for job in begun]
    assert [job.reused for job in jobs] == [True] * 5 + [False] * 7
    assert service.submissions == 12


def test_what_was_refused_or_failed_is_sent_anew(session, service):
    client = session(max_retries=0)
    service.sandbox.faults.switch_on("server_error", method="POST", status=403, times=1)
    with pytest.raises(lw.PermissionDeniedError):
        client.submit(LAKE)
    with service.sandbox.faults.switch_on("failed_job", times=1):
        failed = client.submit(LAKE)
        with pytest.raises(lw.JobFailedError):
            failed.wait(30)

    job = session().submit(LAKE)

    assert not job.reused
    assert job.id != failed.id
    assert session().submit(LAKE).id == job.id
    assert service.submissions == 3


def test_a_job_that_failed_while_no_session_ran_is_sent_anew_at_once(driver, folder):
    with Service(manual=True) as service:
        options = {"library": lw.Library(folder), "http_client": service.http_client()}
        options |= {"base_url": "https://api.legnext.ai", "reuse": True}
        service.sandbox.faults.switch_on("failed_job", times=1)
        first = driver.client(Service.key, **options)
        failed = first.submit(LAKE)
        driver.run(first, first.session.aclose())
        service.end_all()

        job = driver.client(Service.key, **options).submit(LAKE)

        assert not job.reused
        assert job.id != failed.id


def test_the_second_waits_for_the_outcome_of_the_first(session, service):
    clients = [session() for _ in range(3)]
    service.go.clear()
    with ThreadPoolExecutor(6) as threads:
        sending = [threads.submit(clients[number % 3].submit, SEA) for number in range(6)]
        wait_until(lambda: service.submissions == 1, "one request has arrived")
        service.go.set()
        jobs = [future.result(30) for future in sending]
    assert len({job.id for job in jobs}) == service.submissions == 1
    assert sorted(job.reused for job in jobs) == [False] + [True] * 5


def test_the_second_sends_when_the_first_is_refused(session, service):
    service.go.clear()
    clients = [session(max_retries=0), session(max_retries=0)]
    service.sandbox.faults.switch_on("server_error", method="POST", status=402, times=1)
    with ThreadPoolExecutor(2) as threads:
        sending = [threads.submit(client.submit, SEA) for client in clients]
        service.go.set()
        ended = [future.exception(30) for future in sending]
    kinds = sorted(type(error).__name__ for error in ended)
    assert kinds == ["InsufficientCreditsError", "NoneType"], ended
    assert service.submissions == 2


def test_a_request_on_its_way_when_its_client_was_closed_is_of_unknown_outcome(
    driver, session, service
):
    service.go.clear()
    first = session()
    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(first.submit, SEA)
        wait_until(lambda: service.submissions == 1, "the request has arrived")
        driver.run(first, first.session.aclose(0.05))
        with pytest.raises(lw.SubmissionUncertainError):
            sending.result(30)
        service.go.set()
    with pytest.raises(lw.SubmissionUncertainError, match="closed before a response"):
        session().submit(SEA)
    assert service.submissions == 1


def lose_an_answer(session: Callable[..., Any], service: Service) -> Any:
    """Send a request whose answer is lost, and give the error."""
    service.sandbox.faults.switch_on("cut_after", method="POST", times=1)
    with pytest.raises(lw.SubmissionUncertainError) as caught:
        session().submit(LAKE)
    return caught.value


def test_an_unknown_outcome_stays_unknown_and_is_not_sent(session, service):
    first = lose_an_answer(session, service)

    with pytest.raises(lw.SubmissionUncertainError) as caught:
        session().submit(LAKE)
    (job,) = session().submit_many([LAKE])

    again = caught.value
    assert (again.reason, again.sent_at) == (first.reason, first.sent_at)
    assert again.attempt_id == first.attempt_id is not None
    assert "settle" not in str(first)
    for call in (f'library.settle("{again.attempt_id}"', f'library.forget("{again.attempt_id}"'):
        assert call in str(again)
        assert call in again.next_step
        assert call not in again.headline
    assert job.status == "uncertain"
    assert service.submissions == 1
    assert not session().submit(LAKE, take=2).reused


@pytest.mark.parametrize("service", [{"speed": 1}], indirect=True)
def test_an_unknown_outcome_is_settled_by_the_id_of_the_job(session, service, folder):
    error = lose_an_answer(session, service)
    (candidate,) = error.candidates
    with lw.Library(folder) as library:
        library.settle(error.attempt_id, candidate.job_id.upper())
        assert library.uncertain() == []
        with pytest.raises(lw.LegnextError, match="does not know the request"):
            library.settle("another", candidate.job_id)

    job = session().submit(LAKE)

    assert (job.id, job.reused) == (candidate.job_id, True)
    assert job.status == "pending"
    assert service.submissions == 1


def test_a_request_that_is_forgotten_is_sent_again(session, service, folder):
    error = lose_an_answer(session, service)
    with lw.Library(folder) as library:
        library.forget(error.attempt_id)
    assert not session().submit(LAKE).reused
    assert service.submissions == 2


def test_a_new_key_of_the_same_account_gives_the_jobs_of_the_old_one(driver, stub, folder):
    answer = body("balance")
    answer["data"]["account_id"] = 7
    stub.others["/api/account/balance"] = lambda _: Reply(body=answer)
    jobs = []
    for key in (KEY, "lk-a-new-key"):
        with lw.Library(folder) as library:
            client = quick(driver.client(key, base_url=stub.url, library=library, reuse=True))
            jobs.append(client.submit(LAKE))
            assert client.session.identity.account.startswith("account-")
            driver.run(client, client.session.aclose())
    assert jobs[0].id == jobs[1].id
    assert jobs[1].reused
    assert len(stub.posted) == 1


def balance_of(stub: RawService, account: int, *failing: int) -> None:
    """Let the balance name an account, after answers of some statuses."""
    answer, before = body("balance"), list(failing)
    answer["data"]["account_id"] = account
    stub.others["/api/account/balance"] = lambda _: (
        Reply(before.pop(0), {"message": "down"}) if before else Reply(body=answer)
    )


@pytest.fixture
def by_key(driver: Any, stub: RawService, folder: Path) -> Callable[[str], Any]:
    """Make a client of the stub with a key, and with its own view of the one library."""

    def make(key: str) -> Any:
        library = lw.Library(folder)
        return driver.client(key, base_url=stub.url, library=library, reuse=True, max_retries=1)

    return make


def test_a_new_key_asks_again_for_its_account_before_anything_is_sent(driver, by_key, stub):
    balance_of(stub, 7)
    first = by_key(KEY)
    job = first.submit(LAKE)
    driver.close_client(first)
    balance_of(stub, 7, 503)

    again = by_key("lk-a-new-key").submit(LAKE)

    assert (again.id, again.reused) == (job.id, True)
    assert len(stub.posted) == 1


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (503, lw.TransportError, "made with another key.*Nothing was sent"),
        (401, lw.AuthenticationError, "401"),
    ],
)
def test_nothing_is_sent_while_the_account_of_a_new_key_is_unknown(
    driver, by_key, stub, status, error, message
):
    balance_of(stub, 7)
    first = by_key(KEY)
    job = first.submit(LAKE)
    driver.close_client(first)
    balance_of(stub, 7, *[status] * 20)
    new = by_key("lk-a-new-key")

    with pytest.raises(error, match=message):
        new.submit(LAKE)
    assert len(stub.posted) == 1
    balance_of(stub, 7)
    assert new.submit(LAKE).id == job.id
    assert len(stub.posted) == 1


def test_a_request_that_no_other_key_made_is_sent_though_the_account_is_unknown(
    driver, by_key, stub
):
    balance_of(stub, 7, *[503] * 20)
    first = by_key(KEY)
    assert not first.submit(LAKE).reused
    driver.close_client(first)

    assert not by_key("lk-a-new-key").submit(SEA).reused
    assert len(stub.posted) == 2


def test_a_job_of_the_same_key_is_given_without_asking_for_the_account(driver, by_key, stub):
    balance_of(stub, 7, *[503] * 20)
    first = by_key(KEY)
    job = first.submit(LAKE)
    driver.close_client(first)
    stub.others["/api/account/balance"] = lambda _: Reply(hold=threading.Event())
    began = time.monotonic()

    assert by_key(KEY).submit(LAKE).id == job.id
    assert time.monotonic() - began < 5  # an answer is waited for twice as long
    assert len(stub.posted) == 1


def test_another_account_and_another_service_give_nothing(session, service):
    session().submit(LAKE)
    assert not session("another-key").submit(LAKE).reused
    assert not session(base_url="https://elsewhere.example").submit(LAKE).reused
    assert service.submissions == 3


class Pruned:
    """A completed job whose kept clips are gone, an hour and more ago."""

    def __init__(self, session: Callable[..., Any], service: Service, folder: Path) -> None:
        self.job = session().submit(SEA).wait(30)
        kept(folder)
        with lw.Library(folder) as library:
            assert library.prune(max_bytes=0) > 0
        self._faults = service.sandbox.faults

    def forget(self) -> None:
        """Let the service forget the job, and its clips."""
        for path in (f"/api/v1/job/{self.job.id}", "/media/*"):
            message = "job not found"
            self._faults.switch_on("server_error", path=path, status=404, message=message)


def old(client: Any) -> Any:
    """Let an answer that a job is not there be believed, as for a job of an hour ago."""
    client.session.receiver.young = 0.0
    return client


def test_clips_that_were_pruned_come_from_the_service(session, service, folder):
    pruned = Pruned(session, service, folder)

    job = session().submit(SEA)

    assert (job.id, job.reused) == (pruned.job.id, True)
    assert job.videos[0].kept is None
    assert job.videos[0].read()[4:8] == b"ftyp"
    assert service.submissions == 1


def test_a_job_that_is_nowhere_any_more_is_only_renewed_when_asked_for(session, service, folder):
    pruned = Pruned(session, service, folder)
    pruned.forget()

    with pytest.raises(lw.NotFoundError, match='reuse="renew"') as caught:
        old(session()).submit(SEA)
    assert pruned.job.id in str(caught.value)
    assert service.submissions == 1

    service.sandbox.faults.clear()
    pruned.forget()
    new = old(session()).submit(SEA, reuse="renew")
    assert not new.reused
    assert new.id != pruned.job.id
    assert session().submit(SEA).id == new.id
    assert service.submissions == 2


def test_a_young_job_is_not_taken_for_forgotten(session, service, folder):
    pruned = Pruned(session, service, folder)
    pruned.forget()
    client = session()
    client.session.receiver.young = 1e9
    job = client.submit(SEA, reuse="renew")
    assert (job.id, job.reused) == (pruned.job.id, True)
    assert service.submissions == 1


def test_clips_whose_links_outlive_the_job_are_fetched(session, service, folder):
    pruned = Pruned(session, service, folder)
    path = f"/api/v1/job/{pruned.job.id}"
    client = old(session())
    # The links are known with their signatures as long as a session lives.
    state = client.session.receiver.handle(pruned.job.id)
    state.update(pruned.job.task)
    service.sandbox.faults.switch_on("server_error", path=path, status=404, message="gone")

    job = client.submit(SEA)

    assert (job.id, job.reused) == (pruned.job.id, True)
    assert all(video.kept for video in job.videos)


@pytest.mark.parametrize("reuse", [True, "renew"])
def test_a_clip_that_the_user_deleted_is_not_missed(session, service, folder, reuse):
    job = session().submit(SEA).wait(30)
    kept(folder)
    with lw.Library(folder) as library:
        library.forget(job.id, index=1)
    for gone in (f"/api/v1/job/{job.id}", "/media/*"):
        service.sandbox.faults.switch_on("server_error", path=gone, status=404, message="gone")

    again = old(session()).submit(SEA, reuse=reuse)

    assert (again.id, again.reused) == (job.id, True)
    assert again.videos[0].kept
    assert service.submissions == 1


@pytest.mark.parametrize("reuse", [True, "renew"])
def test_a_job_of_which_some_clips_are_left_is_given_and_the_others_are_named(
    session, service, folder, caplog, reuse
):
    job = session().submit(SEA).wait(30)
    kept(folder)
    with lw.Library(folder) as library:
        path = library.kept_path(job.id, 1)
        assert path is not None
        path.unlink()
    for gone in (f"/api/v1/job/{job.id}", "/media/*"):
        service.sandbox.faults.switch_on("server_error", path=gone, status=404, message="gone")

    again = old(session()).submit(SEA, reuse=reuse)

    assert (again.id, again.reused) == (job.id, True)
    assert "without 1 of its clips" in caplog.text
    assert [video.kept is not None for video in again.videos] == [True, False]
    assert service.submissions == 1


def test_images_that_are_forgotten_keep_their_id(session, service, folder):
    pictures = session().submit(LAKE).wait(30)
    kept(folder)
    path = f"/api/v1/job/{pictures.id}"
    service.sandbox.faults.switch_on("server_error", path=path, status=404, message="gone")

    assert old(session()).submit(LAKE).id == pictures.id
    assert old(session()).submit(LAKE, reuse="renew").id != pictures.id


def test_a_service_that_does_not_answer_does_not_hide_a_job(session, service):
    pictures = session().submit(LAKE).wait(30)
    path = f"/api/v1/job/{pictures.id}"
    service.sandbox.faults.switch_on("server_error", path=path, status=503)
    again = session(max_retries=0).submit(LAKE, reuse="renew")
    assert (again.id, again.reused) == (pictures.id, True)


def test_it_needs_a_library(driver, stub):
    with pytest.raises(ValueError, match="Reuse needs a library"):
        driver.client(KEY, base_url=stub.url, library=False, reuse=True)
    stores: list[Any] = [False, RecordingStore()]
    for store in stores:
        client = driver.client(KEY, base_url=stub.url, library=store)
        with pytest.raises(ValueError, match="Reuse needs a library"):
            client.submit(LAKE, reuse=True)
        with pytest.raises(ValueError, match="Reuse needs a library"):
            client.submit_many([LAKE], reuse=True)
        with pytest.raises(ValueError, match="Reuse needs a library"):
            driver.run(client, client.session.obtain(LAKE, reuse="renew"))
    assert stub.posted == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reuse": "always"}, 'reuse must be True, False or "renew"'),
        ({"reuse": 1}, "reuse must be"),
        ({"take": 0}, "take must be a whole number of 1 or more"),
        ({"take": True}, "take must be"),
        ({"take": "2"}, "take must be"),
    ],
)
def test_an_option_outside_its_limits_sends_nothing(session, service, options, message):
    client = session()
    with pytest.raises(ValueError, match=message):
        client.submit(LAKE, **options)
    with pytest.raises(ValueError, match=message):
        client.submit_many([LAKE], **options)
    assert service.submissions == 0


@pytest.fixture
def unusable(tmp_path: Path) -> lw.Library:
    """A library in memory, because a file is where its folder should be."""
    file = tmp_path / "no-folder"
    file.write_text("")
    library = lw.Library(file / "library")
    assert library.problem is not None
    return library


def test_nothing_is_sent_that_a_later_session_could_not_find(session, service, unusable):
    client = session(library=unusable)
    for reuse in (True, "renew"):
        with pytest.raises(LibraryError, match="cannot hold a library") as caught:
            client.submit(LAKE, reuse=reuse)
        assert unusable.problem in str(caught.value)
    assert service.submissions == 0


def test_a_library_in_memory_remembers_within_the_session(session, service, unusable):
    client = session(library=unusable)
    job = client.submit(LAKE, reuse=False)

    assert client.submit(LAKE).id == job.id
    assert session(library=unusable).submit(LAKE).reused
    assert service.submissions == 1


def test_a_library_that_can_only_be_read_gives_its_jobs_and_sends_nothing(
    session, service, folder, monkeypatch
):
    job = session().submit(SEA).wait(30)
    kept(folder)
    # A disk refuses root nothing.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    client = session(library=lw.Library(folder))

    assert client.submit(SEA).id == job.id
    with pytest.raises(LibraryError, match=r"cannot be written to.*Nothing was sent"):
        client.submit(SEA, take=2)
    assert service.submissions == 1


def test_nothing_is_sent_when_the_disk_refuses_to_record_it(session, service, folder):
    disk = FullDisk(folder)
    client = session(library=lw.Library.of(Journal(disk)))
    client.submit(SEA)
    disk.full = True
    with pytest.raises(LibraryError, match="disk is full"):
        client.submit(LAKE)
    assert client.submit(SEA).reused
    assert service.submissions == 1


class FullDisk(Database):
    """A journal on a disk that becomes full."""

    full = False

    def write(self, operations: Sequence[Operation], *, durable: bool) -> list[object]:
        if self.full:
            raise OSError(28, "the disk is full")
        return super().write(operations, durable=durable)


async def test_a_caller_who_stops_waiting_sends_nothing(service, folder):
    def begin() -> lw.AsyncClient:
        return lw.AsyncClient(
            Service.key,
            base_url="https://api.legnext.ai",
            library=lw.Library(folder),
            http_client=service.http_client(),
            reuse=True,
        )

    async with begin() as first, begin() as second:
        service.go.clear()
        sending = asyncio.create_task(first.submit(SEA))
        while service.submissions < 1:
            await asyncio.sleep(0.01)
        waiting = asyncio.create_task(second.submit(SEA))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.3)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        service.go.set()
        job = await sending
        assert (await second.submit(SEA)).id == job.id
    assert service.submissions == 1


class TestEmbedded:
    """The sandbox of a client, which ends with its process."""

    @pytest.fixture
    def embedded(self, driver: Any, folder: Path) -> Callable[..., Any]:
        def begin(**options: Any) -> Any:
            given = {"speed": 2000, "packaged": True, "library": lw.Library(folder), "reuse": True}
            return driver.sandbox(**given | options)

        return begin

    def test_a_completed_job_with_kept_clips_is_given(self, embedded, folder):
        job = embedded().submit(SEA).wait(30)
        kept(folder)
        again = embedded().submit(SEA)
        assert (again.id, again.reused, again.status) == (job.id, True, "completed")

    def test_a_job_that_ran_and_images_go_on_in_the_next_sandbox(self, embedded):
        first = embedded(speed=1)
        running, pictures = first.submit(SEA), embedded().submit(LAKE).wait(30)
        second = embedded()
        for request, before in ((SEA, running), (LAKE, pictures)):
            job = second.submit(request)
            assert job.reused
            assert job.id == before.id
            assert job.wait(30).status == "completed"
        assert len(second.job(pictures.id).images) == 4

    def test_an_unknown_outcome_is_not_sent_again(self, embedded):
        client = embedded(max_retries=0)
        client.embedded.sandbox.faults.switch_on("cut_after", method="POST", times=1)
        with pytest.raises(lw.SubmissionUncertainError):
            client.submit(LAKE)
        with pytest.raises(lw.SubmissionUncertainError):
            embedded().submit(LAKE)

    def test_an_own_picture_is_found_in_the_next_sandbox(self, driver, embedded):
        pytest.importorskip("av")
        request = lw.VideoDiffusion("it moves", image=PICTURE, batch_size=1)
        first = embedded(speed=1, packaged=False)
        running = first.submit(request)
        driver.close_client(first)
        job = embedded(packaged=False).submit(request)
        assert job.reused
        assert job.id == running.id
        assert job.wait(60).status == "completed"

    def test_the_default_library_is_used(self, driver, tmp_path, monkeypatch):
        monkeypatch.setenv("LEGNEXT_LIBRARY", str(tmp_path / "mine"))
        client = driver.sandbox(speed=2000, packaged=True, reuse=True)
        assert client.submit(SEA).id == client.submit(SEA).id
        with lw.Library() as library:
            assert [record.identity.sandbox for record in library.records()] == [True]


def test_two_threads_of_one_client_make_one_job(session, service):
    client = session()
    gate = threading.Barrier(8)

    def submit(_: int) -> Any:
        gate.wait(10)
        return client.diffusion("at once")

    with ThreadPoolExecutor(8) as threads:
        jobs = list(threads.map(submit, range(8)))
    assert len({job.id for job in jobs}) == service.submissions == 1

"""Clients behind a gateway: unchanged code, one job for a lost answer, no polls."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.client.schedule import DEFAULT_PACE, expectation, next_delay
from legnext_widgets.client.session.retry import RetryPolicy
from legnext_widgets.gateway.store.store import Store
from legnext_widgets.gateway.web.orders import read_order
from tests.gateway.classroom import PROMPT, Classroom, every, sqlite_url, wait_for
from tests.support.raw_service import RESET, RawService, Reply

LINK = "https://example.com/boat.png"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    with Classroom(sqlite_url(tmp_path)) as opened:
        yield opened.start(student_points=10**6)


def client(room: Classroom, token: str = "", port: int | None = None) -> lw.Client:
    url = room.url if port is None else f"http://127.0.0.1:{port}"
    made = lw.Client(token or room.token(), base_url=url, library=False, progress=False)
    made.session.tune(retry=RetryPolicy(max_retries=8, first=0.05, longest=0.4))
    return made


class Cutter:
    """A proxy before the gateway that cuts the first answers to paid requests.

    Args:
        port: Of the gateway.
        cuts: How many.
        when: "before" the gateway has the request, or "after" it has answered.
    """

    def __init__(self, port: int, cuts: int, when: str) -> None:
        self.cuts, self.when, self.posts = cuts, when, 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", self._target))
        with near, far, contextlib.suppress(OSError):
            first = near.recv(1 << 20)
            paid = first.startswith(b"POST")
            cut = paid and self.cuts > 0
            if paid:
                self.posts += 1
                self.cuts -= 1
                while b"}" not in first:
                    first += near.recv(1 << 20)
                if cut and self.when == "before":
                    return
            far.sendall(first)
            if cut:
                far.recv(1 << 20)
                return
            threading.Thread(target=copy, args=(near, far), daemon=True).start()
            copy(far, near)


def copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(1 << 16):
            target.sendall(part)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_asked_for_again_and_becomes_one_job(room: Classroom, when: str) -> None:
    cutter = Cutter(room.port, cuts=2, when=when)
    with client(room, port=cutter.port) as ada:
        assert ada.diffusion("a boat").wait(30).status == "completed"
    cutter.close()

    assert cutter.posts == 3
    assert len(room.posts()) == 1
    assert len(room.gateway.store.queries.newest()) == 1
    assert room.gateway.store.members.of_name("ada", 0).spent == 80


def test_without_a_gateway_nothing_is_sent_again_whatever_the_key() -> None:
    service = RawService()
    service.posts = [RESET]
    ada = lw.Client("k", base_url=service.url, library=False)
    with ada, pytest.raises(lw.SubmissionUncertainError):
        ada.diffusion("a boat")
    service.close()

    assert len(service.posted) == 1
    assert len(service.posted[0].headers["idempotency-key"]) == 36
    assert not any("/gateway" in each.path for each in service.requests)


def test_a_header_alone_makes_no_gateway() -> None:
    service = RawService()
    service.posts = [RESET]
    listed = Reply(200, {"data": []}, headers={"x-legnext-gateway": "1"})
    service.others["/api/account/active_tasks"] = lambda _: listed
    with lw.Client("k", base_url=service.url, library=False) as ada:
        ada.active_tasks()
        with pytest.raises(lw.SubmissionUncertainError):
            ada.diffusion("a boat")
    service.close()

    assert any(each.path == "/gateway/me" for each in service.requests)
    assert len(service.posted) == 1


def test_a_gateway_that_restarts_loses_no_job(room: Classroom) -> None:
    with client(room) as ada:
        jobs = [ada.video_diffusion(f"boat {n}", image_url=LINK) for n in range(3)]
        room.stop()
        room.start()
        for job in jobs:
            assert job.wait(60).status == "completed"
    assert len(room.posts()) == 3


def test_waiting_clients_do_not_poll_each_job(tmp_path: Path) -> None:
    asked: list[str] = []

    async def note(request: httpx.Request) -> None:
        asked.append(request.url.path)

    async def run(room: Classroom) -> None:
        http = httpx.AsyncClient(event_hooks={"request": [note]})
        async with lw.AsyncClient(
            room.token(), base_url=room.url, library=False, http_client=http, progress=False
        ) as ada:
            jobs = [await ada.video_diffusion(f"boat {n}", image_url=LINK) for n in range(4)]
            await asyncio.gather(*(job.wait(60) for job in jobs))
        await http.aclose()

    with Classroom(sqlite_url(tmp_path), speed=60) as room:
        room.start(student_points=10**6)
        asyncio.run(run(room))

    assert sum("/api/v1/job/" in path for path in asked) <= 4
    assert 0 < sum(path.endswith("/gateway/changes") for path in asked) < 60


def test_one_upstream_poll_serves_all_who_ask_for_a_job(tmp_path: Path) -> None:
    with Classroom(sqlite_url(tmp_path), speed=60) as room:
        room.start(student_points=10**6, pace=every(60.0))
        asked = 0
        with room.http(room.token()) as http:
            job = http.post("/api/v1/video-diffusion", json={"prompt": PROMPT}).json()["job_id"]
            while http.get(f"/api/v1/job/{job}").json()["status"] != "completed":
                asked += 1
        assert asked > 20
        assert room.polls() <= 8


def test_a_job_is_polled_by_its_age_as_clients_poll(tmp_path: Path) -> None:
    with Classroom(sqlite_url(tmp_path), speed=1) as room:
        room.start(pace=DEFAULT_PACE)
        with room.http(room.token()) as http:
            http.post("/api/v1/video-diffusion", json={"prompt": PROMPT})
        wait_for(lambda: room.gateway.store.queries.counts().get("running") == 1)
        (job,) = room.gateway.store.queries.claim_polls(time.time() + 60, 0, 1)
        now = time.time()

        def delay(age: float) -> float:
            return room.gateway.poll_interval(replace(job, sent_at=now - age))

        assert room.gateway.first_poll() == DEFAULT_PACE.first
        assert delay(1) == 2.0, "never sooner, however young"
        assert delay(60) == 10.0, "no video ends so soon"
        assert 2.5 < delay(205) < 5.0, "half of all videos have ended"
        for age in (1, 60, 150, 205, 400):
            expected = next_delay(age, expectation("video_diffusion"))
            assert delay(age) == pytest.approx(expected, rel=0.05)


def test_the_account_is_the_same_with_each_token_and_each_student_has_one(
    room: Classroom,
) -> None:
    with client(room) as first, client(room) as second, client(room, room.token("bob")) as bob:
        accounts = [each.balance().account_id for each in (first, second, bob)]
    assert accounts[0] == accounts[1] != accounts[2]


def test_a_library_knows_the_jobs_of_a_student_under_a_new_token(
    room: Classroom, tmp_path: Path
) -> None:
    with lw.Library(tmp_path) as library:
        for _ in range(2):
            with lw.Client(room.token(), base_url=room.url, library=library, reuse=True) as ada:
                job = ada.diffusion("a boat").wait(60)
        assert job.reused
    assert len(room.posts()) == 1


def test_errors_of_points_are_the_clients_own(room: Classroom) -> None:
    room.token("poor", points=100)
    with client(room, room.token("poor")) as poor:
        poor.diffusion("a boat").wait(30)
        with pytest.raises(lw.InsufficientCreditsError, match="20 points left"):
            poor.diffusion("a second boat")
        room.gateway.store.members.set_blocked("poor", blocked=True, now=0)
        with pytest.raises(lw.PermissionDeniedError):
            poor.diffusion("a third boat")


def test_steps_continue_own_jobs_under_the_gateways_ids(room: Classroom) -> None:
    with client(room) as ada:
        picture = ada.diffusion("a boat").wait(30)
        video = picture.animate(1, prompt="it sails").wait(30)
        longer = video.extend(0).wait(30)
        assert [each.status for each in (picture, video, longer)] == ["completed"] * 3
        assert longer.videos[0].read()[4:8] == b"ftyp"


def test_the_services_refusal_is_the_students_failure_and_costs_nothing(room: Classroom) -> None:
    with client(room) as ada, pytest.raises(lw.JobFailedError, match="Sensitive content"):
        ada.diffusion("gore").wait(30)
    assert room.gateway.store.members.of_name("ada", 0).held == 0


def test_a_busy_service_makes_the_line_wait_and_nothing_is_lost(room: Classroom) -> None:
    room.service.faults.switch_on("rate_limit", method="POST", times=1, retry_after=1)
    with client(room) as ada:
        assert ada.diffusion("a boat").wait(60).status == "completed"


@pytest.mark.parametrize("kind", ["cut_after", "server_error", "proxy_html", "truncated_json"])
def test_a_lost_answer_of_the_service_is_never_sent_again(room: Classroom, kind: str) -> None:
    room.service.faults.switch_on(kind, method="POST", times=1)
    queries = room.gateway.store.queries
    with room.http(room.token()) as http:
        job = http.post("/api/v1/diffusion", json={"text": "a boat"}).json()["job_id"]
        wait_for(lambda: (found := queries.get(job)) and found.state not in ("queued", "sending"))
        found = queries.get(job)
        points = http.get("/gateway/me").json()["points"]
    assert found is not None
    assert found.state in ("uncertain", "running", "completed")
    assert len(room.posts()) == 1
    assert points["held"] + points["spent"] == 80


def test_thirty_students_one_of_whom_sends_a_batch_all_get_their_turn(tmp_path: Path) -> None:
    with Classroom(sqlite_url(tmp_path), speed=4000) as room:
        room.start(student_points=10**6, pace=every(400.0))
        run_class(room, students=30, batch=40)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_three_hundred_students_at_once(database_url: str) -> None:
    with Classroom(database_url, speed=4000) as room:
        room.start(student_points=10**6, pace=every(400.0))
        run_class(room, students=300, batch=200)


def test_single_jobs_start_next_while_a_batch_of_200_runs(tmp_path: Path) -> None:
    url, points = sqlite_url(tmp_path), 10**6
    store = Store(url, member_points=points)
    many = store.members.of_name("many", time.time())
    for n in range(200):
        order = read_order("diffusion", b'{"text": "%d"}' % n)
        store.reservations.reserve(many, str(n), order, time.time())
    store.close()

    with Classroom(url, speed=400) as room:
        room.start(student_points=points, pace=every(40.0))
        store = room.gateway.store
        wait_for(lambda: store.queue.load(time.time())[0] == 6)

        overtaken = []
        for n in range(29):
            with room.http(room.token(f"student {n}")) as http:
                job = http.post("/api/v1/diffusion", json={"text": "one"}).json()["job_id"]
            stored_by = time.time()
            one = wait_for(lambda job=job: (it := store.queries.get(job)) and it.sent_at and it)
            overtaken += [
                each
                for each in store.queries.newest()
                if each.name == "many" and stored_by < (each.sent_at or 0) < one.sent_at
            ]
        assert store.queue.load(time.time())[1], "the batch ended before the single jobs"
    assert not overtaken


def run_class(room: Classroom, *, students: int, batch: int) -> None:
    """Let one student send a batch, and then each of the others one job."""
    store = room.gateway.store

    async def post(http: httpx.AsyncClient, token: str, text: str) -> str:
        headers = {"x-api-key": token}
        answer = await http.post("/api/v1/diffusion", json={"text": text}, headers=headers)
        assert answer.status_code == 200, answer.text
        job_id: str = answer.json()["job_id"]
        return job_id

    async def run() -> list[str]:
        # Each request has a connection of its own, as paid requests of the client have.
        limits = httpx.Limits(max_connections=60, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=room.url, timeout=120, limits=limits) as http:
            many = room.token("many")
            for n in range(batch):
                await post(http, many, f"many {n}")
            tokens = [room.token(f"student {n}") for n in range(students - 1)]
            return list(await asyncio.gather(*(post(http, each, "one") for each in tokens)))

    store.members.set_stopped(stopped=True, now=time.time())
    singles = asyncio.run(run())
    store.members.set_stopped(stopped=False, now=time.time())
    jobs = batch + students - 1
    wait_for(lambda: store.queries.counts().get("completed") == jobs, 600, pause=0.2)

    started = sorted(store.queries.newest(), key=lambda each: each.sent_at or 0)
    order = [each.id for each in started]
    assert max(order.index(one) for one in singles) < students + 6
    assert len(room.posts()) == jobs
    whole = store.members.whole_class()
    assert (whole.held, whole.spent) == (0, 80 * jobs)

"""The fault matrix: a paid request is charged at most once, whatever happens to it."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

import legnext_widgets as lw
from tests.support.raw_service import RESET, RawService, Reply, closed_port, full_backlog
from tests.support.report import note_fault
from tests.support.task_factory import body, task

from .both_clients import AsyncDriver, quick
from .conftest import KEY
from .recording_store import RecordingStore

REQUEST = lw.VideoDiffusion("Waves roll in", image_url="https://example.com/sea.jpg")
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"


def error(code: int, message: str = "no") -> dict[str, Any]:
    return {"code": code, "message": message, "raw_message": "", "detail": None}


@dataclass(frozen=True)
class Fault:
    """One thing that can happen to a POST, and the outcome it must have.

    Attributes:
        outcome: The error; None when there must be a job.
        posts: POSTs that may arrive, retries included.
        says: Words of the message.
        notes: What must be stored, with the POSTs between.
    """

    name: str
    replies: tuple[Reply, ...]
    outcome: type[lw.LegnextError] | None
    says: str = ""
    posts: int = 1
    before_reading: str = ""
    where: Callable[[str], contextlib.AbstractContextManager[str]] = contextlib.nullcontext
    timeout: float = 5.0
    notes: tuple[str, ...] = field(default=())

    @property
    def expected_notes(self) -> list[str]:
        if self.notes:
            return list(self.notes)
        last = "accept" if self.outcome is None else "refuse"
        if self.outcome is lw.SubmissionUncertainError:
            last = "mark_uncertain"
        return ["intend", *["POST"] * self.posts, last]


def in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


@contextlib.contextmanager
def _nobody_listens(_: str) -> Iterator[str]:
    yield closed_port()


@contextlib.contextmanager
def _no_such_name(_: str) -> Iterator[str]:
    yield "http://service.invalid"


@contextlib.contextmanager
def _never_taken_up(_: str) -> Iterator[str]:
    with full_backlog() as address:
        yield address


@contextlib.contextmanager
def _as_https(address: str) -> Iterator[str]:
    yield address.replace("http://", "https://")


UNREACHED: dict[str, Any] = {"outcome": lw.TransportError, "posts": 0, "says": "Nothing was sent"}
UNKNOWN: dict[str, Any] = {"outcome": lw.SubmissionUncertainError, "says": "it was not sent again"}
TRUNCATED = Reply(body=f'{{"job_id": "{JOB}", "status": "pen', promised=900)
WRONG_TYPES = {"job_id": JOB, "status": 7, "task_type": None, "output": [1], "meta": "x"}

FAULTS = [
    Fault("connection refused", (), **UNREACHED, where=_nobody_listens),
    Fault("no such host (DNS)", (), **UNREACHED, where=_no_such_name),
    Fault("TLS handshake fails", (), **UNREACHED, where=_as_https, before_reading="garbage"),
    Fault("connect timeout", (), **UNREACHED, where=_never_taken_up, timeout=0.1),
    Fault("reset before the request was read", (), **UNKNOWN, posts=0, before_reading="reset"),
    Fault("reset after the request was read", (RESET,), **UNKNOWN),
    Fault("closed without an answer", (Reply(raw=b""),), **UNKNOWN),
    Fault("no answer in time", (), **UNKNOWN, timeout=0.9),
    Fault("not HTTP", (Reply(raw=b"hello there\r\n\r\n"),), **UNKNOWN),
    Fault("303 see other", (Reply(303, headers={"Location": "/x"}),), **UNKNOWN),
    Fault(
        "307 to another host",
        (Reply(307, headers={"Location": "http://example.invalid/"}),),
        lw.APIError,
        "307",
    ),
    Fault("400", (Reply(400, error(400)),), lw.BadRequestError, "400: no"),
    Fault("401", (Reply(401, body("error-401")),), lw.AuthenticationError, "verify api key"),
    Fault("402", (Reply(402, error(402)),), lw.InsufficientCreditsError, "Nothing was started"),
    Fault(
        "403 in the shape of a task",
        (Reply(403, body("error-403-task-shaped")),),
        lw.PermissionDeniedError,
        "whitelisted",
    ),
    Fault("404 {error: {...}}", (Reply(404, {"error": error(404)}),), lw.NotFoundError, "404: no"),
    Fault("408", (Reply(408, error(408)),), **UNKNOWN),
    Fault("409", (Reply(409, error(409)),), lw.APIError, "409"),
    Fault("413", (Reply(413),), lw.PayloadTooLargeError, "413"),
    Fault("422", (Reply(422, error(422)),), lw.UnprocessableError, "422"),
    Fault("429, then accepted", (Reply(429, error(429)),), None, posts=2),
    Fault(
        "429, Retry-After 0 s, then accepted",
        (Reply(429, headers={"Retry-After": "0"}),) * 2,
        None,
        posts=3,
    ),
    Fault(
        "429, Retry-After a date, then accepted",
        (Reply(429, headers={"Retry-After": "Mon, 01 Jan 2024 00:00:00 GMT"}),),
        None,
        posts=2,
    ),
    Fault("429 again and again", (Reply(429),) * 9, lw.RateLimitError, "429", posts=4),
    Fault(
        "429, Retry-After an hour (capped)",
        (Reply(429, headers={"Retry-After": "3600"}),),
        lw.RateLimitError,
        "429",
    ),
    Fault(
        "429, Retry-After a date in an hour (capped)",
        (Reply(429, headers={"Retry-After": in_an_hour()}),),
        lw.RateLimitError,
        "429",
    ),
    Fault("429 that names the job", (Reply(429, task(JOB)),) * 3, None),
    Fault("403 that names the job", (Reply(403, task(JOB, "staged")),), None),
    Fault("500", (Reply(500, error(500)),), **UNKNOWN),
    Fault("500 that names the job", (Reply(500, task(JOB)),), None),
    Fault("502 with HTML", (Reply(502, HTML, {"Content-Type": "text/html"}),), **UNKNOWN),
    Fault("503", (Reply(503, headers={"Retry-After": "1"}),), **UNKNOWN),
    Fault("504", (Reply(504, HTML),), **UNKNOWN),
    Fault("200, empty", (Reply(200),), **UNKNOWN),
    Fault("200, HTML", (Reply(200, HTML),), **UNKNOWN),
    Fault("200, cut before the job id", (Reply(body='{"mod', promised=900),), **UNKNOWN),
    Fault("200, cut after the job id", (TRUNCATED,), None),
    Fault("200, cut and ended in order", (Reply(body='{"job_id": "5f0c8'),), **UNKNOWN),
    Fault(
        "200, broken gzip",
        (Reply(body=gzip.compress(b"{}")[:-9] + b"x" * 9, headers={"Content-Encoding": "gzip"}),),
        **UNKNOWN,
    ),
    Fault("200, JSON that is not an object", (Reply(body=["job"]),), **UNKNOWN),
    Fault("200, no job id", (Reply(body={"status": "pending"}),), **UNKNOWN),
    Fault("200, job id of a wrong type", (Reply(body={"job_id": 7}),), **UNKNOWN),
    Fault("200, other fields of wrong types", (Reply(body=WRONG_TYPES),), None),
    Fault("200, wrapped in data", (Reply(body={"code": 200, "data": task(JOB)}),), None),
    Fault("200 with code 500 inside", (Reply(body=error(500)),), **UNKNOWN),
    Fault(
        "200 with code 402 inside", (Reply(body=error(402)),), lw.InsufficientCreditsError, "402"
    ),
    Fault("200, nested without end", (Reply(body=b'{"job_id":' + b"[" * 99999),), **UNKNOWN),
]


def _submit(client: Any) -> Any:
    return client.submit(REQUEST)


def _submit_many(client: Any) -> Any:
    (job,) = client.submit_many([REQUEST])
    if job.error is not None and not job.id:
        raise job.error
    return job


def _animate(client: Any) -> Any:
    return client.job("bb40cae1-edd9-4cb0-9f66-e029b4439100").animate(2, "Waves roll in")


def _press_generate(client: lw.Client) -> Any:
    studio = lw.VideoStudio(client, prompt=REQUEST.prompt, image_url=REQUEST.image_url)
    try:
        return studio.submit()
    finally:
        studio.close()


BLOCKING = {
    "Client.submit": _submit,
    "Client.submit_many": _submit_many,
    "Job.animate": _animate,
    "VideoStudio": _press_generate,
}
AWAITING = {
    "AsyncClient.submit": _submit,
    "AsyncClient.submit_many": _submit_many,
    "AsyncJob.animate": _animate,
}


@contextlib.contextmanager
def faulty(fault: Fault) -> Iterator[tuple[RawService, str]]:
    stub = RawService(before_reading=fault.before_reading)
    stub.becomes = "completed"
    stub.jobs[JOB] = task(JOB, "completed")
    stub.posts = list(fault.replies)
    if fault.timeout < 1 and fault.posts:  # the answer never comes
        stub.posts = [Reply(hold=stub.closed)]
    try:
        with fault.where(stub.url) as address:
            yield stub, address
    finally:
        stub.close()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_request_is_charged_at_most_once_and_its_outcome_is_clear(fault: Fault):
    callers = [*BLOCKING, *AWAITING]
    with ThreadPoolExecutor(len(callers)) as pool:  # each with a server of its own
        for _ in pool.map(_suffer, [fault] * len(callers), callers):
            pass


def _suffer(fault: Fault, caller: str) -> None:
    with faulty(fault) as (stub, address):
        journal = RecordingStore(stub.diary)
        options: dict[str, Any] = {
            "base_url": address,
            "library": journal,
            "timeout": fault.timeout,
        }
        outcome: Any
        if caller in BLOCKING:
            with quick(lw.Client(KEY, **options)) as client:
                outcome = _outcome(BLOCKING[caller], client)
        else:
            driver = AsyncDriver()
            outcome = _outcome(AWAITING[caller], driver.client(KEY, **options))
            driver.close()
        posts = len(stub.posted)

    assert posts == fault.posts
    assert journal.words == fault.expected_notes
    said = "a job" if fault.outcome is None else f"{type(outcome).__name__}: {fault.says}"
    note_fault(fault.name, caller, str(posts), said)
    if fault.outcome is None:
        assert outcome.id
        assert journal.diary[-1][0] in ("accept", "observe")
    else:
        assert type(outcome) is fault.outcome
        assert fault.says in str(outcome)
        assert KEY not in str(outcome)
    if isinstance(outcome, lw.SubmissionUncertainError):
        assert "not sent again" in str(outcome)
        assert str(outcome.request.payload()["prompt"]).endswith("Waves roll in")
        assert outcome.sent_at.tzinfo is not None


def _outcome(call: Callable[[Any], Any], client: Any) -> Any:
    try:
        return call(client)
    except lw.LegnextError as raised:
        return raised


def test_a_429_says_how_long_to_wait_when_that_is_too_long_to_wait_unseen(client, stub):
    stub.posts = [Reply(429, headers={"Retry-After": "3600"})]

    with pytest.raises(lw.RateLimitError) as caught:
        client.submit(REQUEST)

    assert caught.value.retry_after == 3600
    assert len(stub.posted) == 1


def test_an_unknown_outcome_names_the_running_jobs_that_could_be_it(client, stub):
    def running(number: int, kind: str = "video_diffusion", ago: float = 0) -> dict[str, Any]:
        created = datetime.now(UTC) - timedelta(seconds=ago)
        return {
            "job_id": f"00000000-0000-4000-8000-00000000000{number}",
            "task_type": kind,
            "status": "processing",
            "created_at": created.isoformat(),
        }

    known = client.submit(REQUEST)
    mine, of_this_client = running(1), running(5) | {"job_id": known.id}
    stub.active = [mine, running(2, ago=3600), running(3, "diffusion"), of_this_client]
    stub.posts = [RESET]
    with pytest.raises(lw.SubmissionUncertainError) as caught:
        client.submit(REQUEST)

    assert [found.job_id for found in caught.value.candidates] == [mine["job_id"]]
    assert mine["job_id"] in str(caught.value)
    stub.jobs[mine["job_id"]] = task(mine["job_id"], "completed")
    taken_over = client.job(mine["job_id"])
    assert taken_over.wait(10).status == "completed"
    assert len(stub.posted) == 2


def test_an_unknown_outcome_says_so_when_the_running_jobs_cannot_be_asked_for(client, stub):
    stub.posts = [RESET]
    stub.others["/api/account/active_tasks"] = lambda request: Reply(500)

    with pytest.raises(lw.SubmissionUncertainError, match="could not be fetched"):
        client.submit(REQUEST)


def test_the_job_id_is_remembered_before_the_answer_is_looked_at(client, stub, journal):
    stub.posts = [Reply(body=WRONG_TYPES)]

    job = client.submit(REQUEST)

    assert journal.diary[:3] == [
        ("intend", journal.attempts[0].id),
        ("POST", "/api/v1/video-diffusion"),
        ("accept", journal.attempts[0].id, JOB),
    ]
    assert journal.answers[0].startswith(b'{"job_id"')
    assert journal.attempts[0].payload == stub.posted[0].json
    assert job.id == JOB


def test_a_memory_that_fails_does_not_take_an_accepted_job_away(client, stub, journal, monkeypatch):
    async def full(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(journal, "accept", full)

    assert client.submit(REQUEST).id in stub.jobs


def test_the_id_of_the_job_it_begins_from_is_not_taken_for_the_new_one(client, stub):
    cut = Reply(body=f'{{"input": {{"job_id": "{JOB.upper()}"}}, "job_i', promised=900)
    stub.posts = [cut]

    with pytest.raises(lw.SubmissionUncertainError):
        client.job(JOB).extend(0)


def test_nothing_is_sent_when_the_intent_cannot_be_remembered(client, stub, journal, monkeypatch):
    async def full(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(journal, "intend", full)

    with pytest.raises(lw.LegnextError, match="disk full") as raised:
        client.submit(REQUEST)
    assert not isinstance(raised.value, lw.SubmissionUncertainError)
    assert stub.posted == []

"""Many requests, a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from threading import Thread
from typing import Any

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.client.session.retry import RetryPolicy
from tests.support.raw_service import RESET, Reply
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .both_clients import quick
from .conftest import KEY


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

    jobs = client.submit_many(sent)

    kinds = [type(job.error) for job in jobs]
    nothing = type(None)
    assert kinds == [
        nothing,
        lw.PermissionDeniedError,
        nothing,
        lw.SubmissionUncertainError,
        nothing,
        nothing,
    ]
    assert [job.status for job in jobs] == [
        "completed", "failed", "completed", "uncertain", "completed", "completed",
    ]  # fmt: skip
    assert len(stub.posted) == 6


def test_a_job_of_unknown_outcome_is_not_called_not_started(client, stub):
    stub.posts = [RESET]
    (job,) = client.submit_many([lw.Diffusion("q")])

    assert repr(job).endswith('Job "q" uncertain, no id yet>')
    assert "<code>no id yet</code>" in job._repr_html_()
    for ask in (job.refresh, job.wait):
        with pytest.raises(lw.SubmissionUncertainError):
            ask()
    assert stub.polled == []


def test_a_job_that_was_not_started_raises_why(client, stub):
    stub.posts = [Reply(403, {"code": 403, "message": "no such pictures"})]
    (job,) = client.submit_many([lw.Diffusion("q")])

    assert repr(job).endswith('Job "q" failed, not started>')
    for ask in (job.refresh, job.wait):
        with pytest.raises(lw.PermissionDeniedError, match="no such pictures"):
            ask()
    assert stub.polled == []


@pytest.mark.parametrize(
    ("requests", "item"),
    [
        (lambda: ["x"], "item 0 is str"),
        (lambda: (made for made in (lw.Diffusion("a"), None)), "item 1 is NoneType"),
    ],
)
def test_only_request_objects_make_a_batch(client, stub, requests, item):
    with pytest.raises(TypeError, match=f"must be request objects; {item}. Nothing was sent."):
        client.submit_many(requests())

    assert stub.posted == []
    assert client.resume_many() == []


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


class Outage(httpx.AsyncHTTPTransport):
    """A network that is down for some requests."""

    def __init__(self) -> None:
        super().__init__()
        self.down: Callable[[bytes], bool] = lambda _: False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down(request.content if request.method == "POST" else b""):
            raise httpx.ConnectError("network is unreachable")
        return await super().handle_async_request(request)


@pytest.fixture
def outage() -> Outage:
    return Outage()


@pytest.fixture
def of_outage(driver: Any, stub: Any, outage: Outage) -> Any:
    """Make a client whose network may be down."""
    http = httpx.AsyncClient(transport=outage)
    client = driver.client(
        KEY, base_url=stub.url, library=False, max_concurrent=2, http_client=http
    )
    yield client
    driver.close_http(http, client)


def test_a_batch_stops_in_an_outage_and_is_taken_up_after_it(of_outage, outage, stub):
    stub.becomes = "completed"
    outage.down = lambda _: True

    jobs = of_outage.submit_many([lw.Diffusion(f"picture {number}") for number in range(20)])

    unreached = [job for job in jobs if isinstance(job.error, lw.TransportError)]
    assert 3 <= len(unreached) <= 6
    assert all("resume_many()" in str(job.error) for job in jobs if job not in unreached)
    assert {job.status for job in jobs} == {"failed"}

    outage.down = lambda _: False
    again = of_outage.resume_many()

    assert [job.status for job in again] == ["completed"] * 20
    assert len(stub.posted) == len({job.id for job in again}) == 20


def test_a_request_that_was_not_accepted_is_taken_up_by_a_batch_that_did_not_stop(
    of_outage, outage, stub
):
    stub.becomes = "completed"
    outage.down = lambda body: b"picture 3" in body
    requests = [lw.Diffusion(f"picture {number}") for number in range(6)]
    jobs = of_outage.submit_many(requests)
    assert [job.status for job in jobs].count("failed") == 1

    outage.down = lambda _: False
    again = of_outage.resume_many()

    assert [job.status for job in again] == ["completed"] * 6
    assert [job.id for job in again if job.id in {job.id for job in jobs}] == [
        job.id for job in jobs if job.id
    ]
    assert len(stub.posted) == 6


def test_what_may_have_been_accepted_is_not_taken_up(client, stub):
    stub.posts = [RESET, Reply(500, {"code": 500, "message": "Internal error"})]
    jobs = client.submit_many([lw.Diffusion("a"), lw.Diffusion("b")])
    assert [job.status for job in jobs] == ["uncertain"] * 2

    assert [job.status for job in client.resume_many()] == ["uncertain"] * 2
    assert len(stub.posted) == 2


TOO_MANY = Reply(429, {"code": 429, "message": "Too many requests"})


def test_a_batch_waits_when_the_service_asks_it_to_and_loses_no_request(driver, stub, caplog):
    client = driver.client(KEY, base_url=stub.url, library=False, max_concurrent=3)
    stub.becomes = "completed"
    # Three requests are tried four times each; then the batch waits, and they come once more.
    stub.posts = [TOO_MANY] * 14

    jobs = client.submit_many([lw.Diffusion(f"picture {number}") for number in range(12)])

    assert [job.status for job in jobs] == ["completed"] * 12
    assert len(stub.posted) == 14 + 12
    assert "The batch continues in about" in caplog.text


def test_a_batch_waits_as_long_as_the_service_asks(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, max_concurrent=2)
    client.session.tune(retry=RetryPolicy(max_retries=0))
    stub.becomes = "completed"
    stub.posts = [Reply(429, TOO_MANY.body, {"Retry-After": "1"})]

    jobs = client.submit_many([lw.Diffusion(f"picture {number}") for number in range(8)])

    assert [job.status for job in jobs] == ["completed"] * 8
    times = sorted(request.at for request in stub.posted)
    assert max(after - before for before, after in pairwise(times)) > 0.9
    assert len(times) == 9


def test_a_rate_limit_that_does_not_end_stops_a_batch(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, max_concurrent=3)
    client.session.tune(retry=RetryPolicy(max_retries=0, first=0.01))
    stub.becomes = "completed"
    limits = refusing(stub, 429, good=0)

    jobs = client.submit_many([lw.Diffusion(f"picture {number}") for number in range(12)])

    assert {job.status for job in jobs} == {"failed"}
    assert 3 <= sum(isinstance(job.error, lw.RateLimitError) for job in jobs) <= 9
    limits.clear()
    assert [job.status for job in client.resume_many()] == ["completed"] * 12
    assert len(stub.jobs) == 12


def test_batches_of_one_client_share_its_places(stub):
    with lw.Client(KEY, base_url=stub.url, library=False, max_concurrent=4) as client:
        running: set[str] = set()
        most = 0

        def poll(request: Any) -> Reply:
            nonlocal most
            job_id = request.path.rpartition("/")[2]
            most = max(most, sum(job["status"] == "pending" for job in stub.jobs.values()))
            if job_id in running:
                stub.jobs[job_id] = task(job_id, "completed", "diffusion")
            running.add(job_id)
            return Reply(body=stub.jobs[job_id])

        stub.others["/api/v1/job/"] = poll
        quick(client)
        found: list[list[lw.Job]] = []
        threads = [
            Thread(
                target=lambda name=name: found.append(
                    client.submit_many([lw.Diffusion(f"{name} {n}") for n in range(10)])
                )
            )
            for name in "ab"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        assert [job.status for jobs in found for job in jobs] == ["completed"] * 20
        assert 1 < most <= 4


def test_a_progress_callback_that_raises_loses_no_job(client, stub):
    stub.becomes = "completed"

    def broken(done: int, total: int) -> None:
        raise RuntimeError("mine")

    jobs = client.submit_many([lw.Diffusion("x")] * 3, progress=broken)

    assert [job.status for job in jobs] == ["completed"] * 3


def test_an_empty_batch_is_an_empty_list(client, stub):
    assert client.submit_many([]) == []
    assert client.resume_many() == []

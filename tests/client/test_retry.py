"""The retry policy: what is tried again, how often, and after which waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import legnext_widgets as lw
from legnext_widgets.client.session.retry import (
    RETRY_AFTER_CAP,
    RetryPolicy,
    backoff,
    is_transient,
)
from tests.support.raw_service import Reply
from tests.support.task_factory import body, task

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_double_up_to_a_limit(failures, chance):
    wait = backoff(failures, first=0.5, longest=8, chance=chance)

    assert 0.25 <= wait <= 8
    assert failures < 5 or wait >= 4


def test_the_jitter_can_be_chosen():
    policy = RetryPolicy(first=1.0, chance=lambda: 1.0)

    assert [policy.wait(failures) for failures in (1, 2, 3, 9)] == [1, 2, 4, 8]


def test_the_service_says_how_long_to_wait():
    error = lw.RateLimitError("slow down", retry_after=7.0, status_code=429)

    assert 7.0 <= RetryPolicy().wait(1, error) <= 7.25


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (lw.TransportError("no connection"), True),
        (lw.InvalidResponseError("not JSON"), True),
        (lw.ServerError("x", status_code=503), True),
        (lw.RateLimitError("x", retry_after=RETRY_AFTER_CAP, status_code=429), True),
        (lw.RateLimitError("x", retry_after=RETRY_AFTER_CAP + 1, status_code=429), False),
        (lw.NotFoundError("x", status_code=404), False),
        (lw.DownloadError("x"), False),
        (ValueError("x"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error, again):
    assert is_transient(error) == again


async def test_the_last_error_is_raised_as_it_is():
    tries = []

    async def fail() -> None:
        tries.append(1)
        raise lw.TransportError(f"number {len(tries)}")

    with pytest.raises(lw.TransportError, match="number 3"):
        await RetryPolicy(max_retries=2, first=0).run(fail)


@pytest.mark.parametrize("max_retries", [0, 1, 3])
def test_max_retries_counts_for_reads_submissions_and_downloads(connect, stub, max_retries):
    client = connect(max_retries=max_retries)
    client.session.tune(retry=RetryPolicy(max_retries=max_retries, first=0.01, longest=0.01))
    stub.others["/api/account/balance"] = lambda _: Reply(503)
    stub.posts = [Reply(429)] * 9
    stub.others["/clip"] = lambda _: Reply(503)
    links = {"output": {"video_urls": [f"{stub.url}/clip.mp4"]}}
    stub.jobs[JOB] = task(JOB, "completed") | links

    with pytest.raises(lw.ServerError):
        client.balance()
    with pytest.raises(lw.RateLimitError):
        client.diffusion("a sea")
    with pytest.raises(lw.DownloadError):
        client.job(JOB).refresh().videos[0].read()

    paths = [request.path for request in stub.requests]
    assert paths.count("/api/account/balance") == max_retries + 1
    assert len(stub.posted) == max_retries + 1
    assert paths.count("/clip.mp4") == max_retries + 2  # it goes on where it ended


@pytest.mark.parametrize("kind", [lw.Client, lw.AsyncClient])
def test_max_retries_is_an_option_of_the_client(kind):
    session = kind("key", library=False, max_retries=7).session

    for part in (session.poller, session.submitter, session.downloads):
        assert part.retry.max_retries == 7


def test_requests_say_which_program_sends_them(client, stub):
    client.balance()
    client.diffusion("a sea")

    for request in stub.requests[:2]:
        assert request.headers["user-agent"].startswith("legnext-widgets/")
        assert "python/3." in request.headers["user-agent"]
        assert "httpx/" in request.headers["user-agent"]


def test_the_name_in_a_users_own_http_client_stays(connect):
    import httpx

    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["user-agent"])
        return httpx.Response(200, json=body("balance"))

    transport = httpx.MockTransport(answer)
    named = httpx.AsyncClient(transport=transport, headers={"User-Agent": "our-institute"})
    connect(http_client=named).balance()
    connect(http_client=httpx.AsyncClient(transport=transport)).balance()

    assert seen[0] == "our-institute"
    assert seen[1].startswith("legnext-widgets/")

"""Faults happen for real: over sockets, and as httpx's errors without them."""

from __future__ import annotations

import httpx
import pytest

from legnext_widgets.sandbox import FAULT_KINDS, Sandbox

from .caller import FROM_JOB, SEEDED_JOB, TEXT, Caller

BALANCE = "/api/account/balance"


async def received(
    client: httpx.AsyncClient, link: str
) -> tuple[bytes, str, httpx.TransportError | None]:
    """What arrives of a file, the length that was promised, and how it ended."""
    got, length = b"", ""
    try:
        async with client.stream("GET", link) as answer:
            length = answer.headers["content-length"]
            async for part in answer.aiter_bytes():
                got += part
    except httpx.TransportError as error:
        return got, length, error
    return got, length, None


@pytest.fixture(params=["in process", "on a socket"])
def anywhere(request: pytest.FixtureRequest) -> tuple[Sandbox, Caller]:
    """A sandbox and a caller of it, without sockets and with them."""
    names = ("sandbox", "caller") if request.param == "in process" else ("served", "remote")
    return request.getfixturevalue(names[0]), request.getfixturevalue(names[1])


Anywhere = tuple[Sandbox, Caller]


async def test_rate_limit_says_when_to_come_back(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    sandbox.faults.switch_on("rate_limit", times=1, retry_after=7)
    answer = await caller.client.get(BALANCE)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"
    assert answer.json()["code"] == 429
    assert (await caller.client.get(BALANCE)).status_code == 200


async def test_rate_limit_may_give_a_date_or_nothing(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    date = "Wed, 21 Oct 2065 07:28:00 GMT"
    with sandbox.faults.switch_on("rate_limit", retry_after=date):
        assert (await caller.client.get(BALANCE)).headers["retry-after"] == date
    with sandbox.faults.switch_on("rate_limit", retry_after=None):
        assert "retry-after" not in (await caller.client.get(BALANCE)).headers


async def test_server_error_and_proxy_page(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    with sandbox.faults.switch_on("server_error", status=503):
        answer = await caller.client.get(BALANCE)
        assert (answer.status_code, answer.json()["code"]) == (503, 503)
    with sandbox.faults.switch_on("proxy_html"):
        answer = await caller.client.get(BALANCE)
        assert answer.status_code == 502
        assert answer.headers["content-type"].startswith("text/html")
        assert "<html>" in answer.text
        assert answer.headers["x-legnext-sandbox"]


async def test_connection_cut_before_leaves_no_job(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    sandbox.faults.switch_on("cut_before", times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await caller.post("diffusion", TEXT)
    assert sandbox.scheduler.count() == 0
    assert await caller.points() == 100_000


async def test_connection_cut_after_leaves_a_job_that_is_charged(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    sandbox.faults.switch_on("cut_after", times=1, path="/api/v1/diffusion")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await caller.post("diffusion", TEXT)
    assert sandbox.scheduler.count() == 1
    assert await caller.points() == 100_000 - 80


async def test_truncated_json_is_a_whole_answer_with_half_a_body(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    sandbox.faults.switch_on("truncated_json", times=1)
    answer = await caller.post("diffusion", TEXT)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        answer.json()
    assert sandbox.scheduler.count() == 1


async def test_truncated_media_breaks_off_in_the_middle(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    link = (await caller.made("video-diffusion", FROM_JOB))["output"]["video_urls"][0]
    whole = (await caller.client.get(link)).content
    sandbox.faults.switch_on("truncated_media", times=1, fraction=0.25)
    got, length, error = await received(caller.client, link)
    assert isinstance(error, httpx.RemoteProtocolError | httpx.ReadError)
    assert length == str(len(whole))
    assert len(got) < len(whole)
    assert (await caller.client.get(link)).content == whole


async def test_latency_delays_and_a_client_may_give_up(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    with sandbox.faults.switch_on("latency", seconds=0.01) as short:
        assert (await caller.client.get(BALANCE)).status_code == 200
    assert short.happened == 1
    with sandbox.faults.switch_on("latency", seconds=600), pytest.raises(httpx.ReadTimeout):
        await caller.client.post("/api/v1/diffusion", json=TEXT, timeout=0.3)
    assert sandbox.scheduler.count() == 0
    sandbox.faults.switch_on("latency", seconds=600, when="after")
    with pytest.raises(httpx.ReadTimeout):
        await caller.client.post("/api/v1/diffusion", json=TEXT, timeout=0.3)
    assert sandbox.scheduler.count() == 1


async def test_expired_links_are_refused_and_the_next_answer_has_good_ones(
    anywhere: Anywhere,
) -> None:
    sandbox, caller = anywhere
    sandbox.faults.switch_on("expired_links", times=1)
    old = (await caller.job(SEEDED_JOB))["output"]["image_urls"][0]
    new = (await caller.job(SEEDED_JOB))["output"]["image_urls"][0]
    assert (await caller.client.get(old)).status_code == 403
    assert (await caller.client.get(new)).status_code == 200


async def test_faults_are_switched_over_http_without_a_key(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    async with httpx.AsyncClient(
        transport=None if sandbox.base_url.startswith("http://127") else sandbox.transport(),
        base_url=sandbox.base_url,
    ) as other:
        made = await other.post("/sandbox/faults", json={"kind": "server_error", "times": 1})
        assert made.status_code == 201
        assert (await caller.client.get(BALANCE)).status_code == 500
        number = made.json()["id"]
        assert (await other.get(f"/sandbox/faults/{number}")).json()["happened"] == 1
        assert (await other.delete(f"/sandbox/faults/{number}")).status_code == 200
        assert (await other.get(f"/sandbox/faults/{number}")).status_code == 404
        listed = (await other.get("/sandbox/faults")).json()
        assert listed["faults"] == []
        assert set(listed["kinds"]) == set(FAULT_KINDS)
        bad = await other.post("/sandbox/faults", json={"kind": "nonsense"})
        assert bad.status_code == 422
        about = (await other.get("/sandbox")).json()
        assert about["speed"] == sandbox.speed


async def test_several_faults_at_once_happen_one_after_the_other(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    latency = sandbox.faults.switch_on("latency", seconds=0.01)
    sandbox.faults.switch_on("server_error")
    assert (await caller.client.get(BALANCE)).status_code == 500
    assert latency.happened == 1
    latency.seconds = 600
    with pytest.raises(httpx.ReadTimeout):
        await caller.client.get(BALANCE, timeout=0.3)


async def test_calls_that_arrived_are_remembered(anywhere: Anywhere) -> None:
    sandbox, caller = anywhere
    await caller.submit("diffusion", TEXT)
    await caller.client.get(BALANCE)
    assert [(call.method, call.path) for call in sandbox.calls] == [
        ("POST", "/api/v1/diffusion"),
        ("GET", BALANCE),
    ]

"""A test that must not wait moves the sandbox's clock by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from legnext_widgets.sandbox import Call, ManualClock, Sandbox, Stage

from .caller import FROM_JOB, TEXT, Caller


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slow(clock: ManualClock) -> AsyncIterator[Caller]:
    """A caller of a sandbox at the speed of the real service."""
    with Sandbox(clock=clock, packaged=True, seed=1) as sandbox:
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
        ) as client:
            yield Caller(client)


async def test_jobs_advance_only_with_the_clock(slow: Caller, clock: ManualClock) -> None:
    job_id = await slow.submit("video-diffusion", FROM_JOB)
    assert (await slow.job(job_id))["status"] == "pending"
    clock.advance(100)
    assert (await slow.job(job_id))["status"] == "processing"
    clock.advance(200)
    task = await slow.job(job_id)
    assert task["status"] == "completed"
    assert task["meta"]["started_at"] > task["meta"]["created_at"]


async def test_links_expire_with_the_clock(slow: Caller, clock: ManualClock) -> None:
    job_id = await slow.submit("diffusion", TEXT)
    clock.advance(100)
    link = (await slow.job(job_id))["output"]["image_url"]
    assert (await slow.client.get(link)).status_code == 200
    clock.advance(3700)
    assert (await slow.client.get(link)).status_code == 403


async def test_waiting_jobs_begin_when_others_are_done(slow: Caller, clock: ManualClock) -> None:
    ids = [await slow.submit("diffusion", TEXT) for _ in range(8)]
    clock.advance(100)
    assert [(await slow.job(i))["status"] for i in ids] == ["completed"] * 6 + ["pending"] * 2
    clock.advance(100)
    assert [(await slow.job(i))["status"] for i in ids] == ["completed"] * 8


def test_clock_does_not_go_back(clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)


async def test_hooks_see_each_stage_of_a_request(sandbox: Sandbox, caller: Caller) -> None:
    seen: list[tuple[Stage, str, int]] = []

    def note(stage: Stage, call: Call) -> None:
        seen.append((stage, call.path, sandbox.scheduler.count()))

    sandbox.add_hook(note)
    await caller.submit("diffusion", TEXT)
    path = "/api/v1/diffusion"
    assert seen == [
        ("arrived", path, 0),
        ("acted", path, 1),
        ("half_sent", path, 1),
        ("sent", path, 1),
    ]
    assert sandbox.calls[-1].json() == TEXT


async def test_async_hook_holds_a_request(served: Sandbox, remote: Caller) -> None:
    held: list[Call] = []

    async def hold(stage: Stage, call: Call) -> None:
        if stage == "half_sent" and call.path.startswith("/stills/"):
            held.append(call)

    served.add_hook(hold)
    whole = await remote.client.get("/stills/ocean.jpg")
    assert whole.content.endswith(b"\xff\xd9")
    assert len(whole.content) == int(whole.headers["content-length"])
    part = await remote.client.get("/stills/ocean.jpg", headers={"Range": "bytes=10-29"})
    assert part.content == whole.content[10:30]
    assert len(held) == 2

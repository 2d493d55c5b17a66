"""Callbacks are delivered, signed, to where they may go."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time

import pytest

from legnext_widgets.sandbox import Sandbox, callbacks

from .calling import FROM_JOB, Caller
from .receiving import Site, site


async def until_received(found: Site, count: int) -> None:
    end = time.monotonic() + 20
    while len(found.received) < count:
        assert time.monotonic() < end, "no callback arrived"
        await asyncio.sleep(0.01)


async def test_finished_task_is_posted_with_a_signature(caller: Caller) -> None:
    with site() as found:
        task = await caller.made("video-diffusion", {**FROM_JOB, "callback": f"{found.url}/done"})
        await until_received(found, 1)
    delivery = found.received[0]
    posted = json.loads(delivery.body)
    assert posted["job_id"] == task["job_id"]
    assert posted["status"] == "completed"
    assert len(posted["output"]["video_urls"]) == 4
    hook = task["config"]["webhook_config"]
    assert hook["endpoint"] == f"{found.url}/done"
    stamp = delivery.headers["x-legnext-timestamp"]
    signed = stamp.encode() + b"." + delivery.body
    assert abs(int(stamp) - time.time()) < 60
    assert (
        delivery.headers["x-legnext-signature"]
        == hmac.new(hook["secret"].encode(), signed, hashlib.sha256).hexdigest()
    )


async def test_failed_job_is_posted_too(sandbox: Sandbox, caller: Caller) -> None:
    with site() as found:
        sandbox.faults.switch_on("failed_job", times=1)
        await caller.submit("video-diffusion", {**FROM_JOB, "callback": found.url})
        await until_received(found, 1)
    assert json.loads(found.received[0].body)["status"] == "failed"


async def test_receiver_that_fails_is_tried_again(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "_PAUSE", 0.01)
    with site() as found:
        found.statuses += [500, 503]
        await caller.submit("video-diffusion", {**FROM_JOB, "callback": found.url})
        await until_received(found, 3)
    assert len({delivery.body for delivery in found.received}) == 1


async def test_receiver_that_is_not_there_harms_nothing(caller: Caller) -> None:
    body = {**FROM_JOB, "callback": "http://127.0.0.1:9/nobody"}
    assert (await caller.made("video-diffusion", body))["status"] == "completed"


def test_offline_sandbox_posts_nothing_beyond_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import threading

    def never(*_args: object, **_options: object) -> None:
        raise AssertionError("went to the network")

    monkeypatch.setattr("httpx.Client.post", never)
    stop = threading.Event()
    taken = callbacks.deliver("https://hook.test/x", b"{}", "", 1.0, offline=True, stop=stop)
    assert not taken

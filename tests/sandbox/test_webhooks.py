"""Webhooks are delivered, signed, to where they may go."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import threading
import time
from typing import Any

import pytest

from legnext_widgets.sandbox import Sandbox
from legnext_widgets.sandbox.simulation import webhooks

from .caller import FROM_JOB, Caller
from .picture_site import Site, site


def deliver(url: str, *, stop: threading.Event | None = None, **options: Any) -> bool:
    found = stop or threading.Event()
    return webhooks.deliver(url, b"{}", "", 1.0, **{"offline": False, "stop": found, **options})


async def until_received(found: Site, count: int) -> None:
    async with asyncio.timeout(20):
        while len(found.received) < count:
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


def test_receiver_that_fails_is_tried_again() -> None:
    with site() as found:
        found.statuses += [500, 503]
        assert deliver(found.url, pause=0.01)
        assert len(found.received) == 3
    assert len({delivery.body for delivery in found.received}) == 1


async def test_receiver_that_is_not_there_harms_nothing(caller: Caller) -> None:
    body = {**FROM_JOB, "callback": "http://127.0.0.1:9/nobody"}
    assert (await caller.made("video-diffusion", body))["status"] == "completed"


def test_offline_sandbox_posts_nothing_beyond_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_args: object, **_options: object) -> None:
        raise AssertionError("went to the network")

    monkeypatch.setattr("httpx.AsyncClient.post", never)
    assert not deliver("https://hook.test/x", offline=True)


def test_closing_does_not_wait_for_a_receiver_that_never_responds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhooks, "_TIMEOUT", 600.0)  # longer than a test may take
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        timer = threading.Timer(0.2, stop.set)
        timer.start()
        assert not deliver(url, stop=stop)
        timer.join()

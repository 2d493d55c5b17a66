"""Rendering leaves the event loop free."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx
import pytest

from legnext_widgets.sandbox import Sandbox

from .caller import Caller


async def test_event_loop_serves_requests_while_clips_are_rendered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("av")
    from legnext_widgets.sandbox.media import encoding

    encode = encoding.encode
    reached, may_go_on = threading.Event(), threading.Event()

    def encode_when_allowed(*args: Any, **options: Any) -> None:
        reached.set()
        assert may_go_on.wait(60), "the event loop waits for the renderer"
        encode(*args, **options)

    monkeypatch.setattr(encoding, "encode", encode_when_allowed)
    with Sandbox(60, seed=3) as sandbox:
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
        ) as client:
            caller = Caller(client)
            body = {"prompt": f"{sandbox.base_url}/stills/dunes.jpg go --bs 1"}
            job_id = await caller.submit("video-diffusion", body)
            async with asyncio.timeout(60):
                while not reached.is_set():
                    await asyncio.sleep(0.01)
            for _ in range(3):
                assert (await caller.job(job_id))["status"] != "completed"
            may_go_on.set()
            task = await caller.ended(job_id)
    assert len(task["output"]["video_urls"]) == 1

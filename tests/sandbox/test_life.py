"""A sandbox begins, ends and leaves nothing behind."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from legnext_widgets.sandbox.carried_production import FOLDER

from legnext_widgets.sandbox import Sandbox

from .calling import FROM_JOB, TEXT, Caller


def threads() -> list[str]:
    return sorted(t.name for t in threading.enumerate() if t.name.startswith("legnext-sandbox"))


def call(sandbox: Sandbox) -> httpx.Client:
    return httpx.Client(base_url=sandbox.base_url, headers={"x-api-key": "k"}, timeout=60)


def test_nothing_runs_before_there_is_something_to_do() -> None:
    before = threads()
    with Sandbox():
        assert threads() == before


def test_closing_ends_threads_and_removes_files() -> None:
    pytest.importorskip("av")
    before = threads()
    with Sandbox(60).start() as sandbox:
        with call(sandbox) as client:
            for _ in range(3):
                assert client.post("/api/v1/diffusion", json=TEXT).status_code == 200
            assert client.get("/stills/dunes.jpg").status_code == 200
        root = sandbox.media.root
        assert list(root.iterdir())
        assert threads() != before
    assert threads() == before
    assert not root.exists()
    sandbox.close()
    with pytest.raises(RuntimeError, match="closed"):
        sandbox.start()


def test_port_is_free_again_after_closing() -> None:
    with Sandbox(carried=True).start() as first:
        port = int(first.base_url.rpartition(":")[2])
    with Sandbox(carried=True).start(port=port) as second:
        assert second.base_url == first_url(port)


def first_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def test_taken_port_is_an_error() -> None:
    with Sandbox(carried=True).start() as first, Sandbox(carried=True) as second:
        port = int(first.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match=r"."):
            second.start(port=port)


def test_two_sandboxes_know_nothing_of_each_other() -> None:
    with Sandbox(carried=True).start() as one, Sandbox(carried=True).start() as two:
        with call(one) as client:
            job_id = client.post("/api/v1/diffusion", json=TEXT).json()["job_id"]
        with call(two) as client:
            assert client.get(f"/api/v1/job/{job_id}").status_code == 404


def test_starting_works_inside_a_running_loop() -> None:
    async def use() -> int:
        with Sandbox(carried=True).start() as sandbox:
            async with httpx.AsyncClient(base_url=sandbox.base_url) as client:
                return (await client.get("/sandbox")).status_code

    assert asyncio.run(use()) == 200


def test_job_outlives_the_loop_in_which_it_was_submitted(sandbox: Sandbox) -> None:
    async def with_caller(action: Any) -> Any:
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
        ) as client:
            return await action(Caller(client))

    job_id = asyncio.run(with_caller(lambda caller: caller.submit("diffusion", TEXT)))
    task = asyncio.run(with_caller(lambda caller: caller.ended(job_id)))
    assert task["status"] == "completed"


async def test_jobs_move_on_where_no_thread_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cannot(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("legnext_widgets.browser_python.runs_here", lambda: True)
    monkeypatch.setattr(threading.Thread, "start", cannot)
    with Sandbox(20_000, carried=True) as sandbox:
        assert not sandbox.can_serve
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
        ) as client:
            task = await Caller(client).made("video-diffusion", FROM_JOB)
            clip = await client.get(task["output"]["video_urls"][0])
            assert clip.content[4:8] == b"ftyp"
            assert (await client.get("/stills/ocean.jpg")).status_code == 200


@pytest.mark.parametrize("missing", ["av", "PIL", "numpy"])
async def test_without_its_libraries_it_shows_carried_clips_and_says_so(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == missing else find(name, *rest),
    )
    with Sandbox(20_000) as sandbox:
        assert sandbox.note
        assert "legnext-widgets[sandbox]" in sandbox.note
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
        ) as client:
            caller = Caller(client)
            images = await caller.made("diffusion", TEXT)
            body = {"jobId": images["job_id"], "imageNo": 2}
            task = await caller.made("video-diffusion", body)
            clips = [(await client.get(link)).content for link in task["output"]["video_urls"]]
            assert len(set(clips)) == 4
            assert task["logs"] == [sandbox.note]


def test_carried_files_are_small() -> None:
    sizes = [file.stat().st_size for file in Path(FOLDER).iterdir()]
    assert len(sizes) >= 10
    assert sum(sizes) < 600_000


@pytest.mark.parametrize(
    "options", [{"speed": 0}, {"speed": -1}, {"points": -1}, {"link_seconds": 0}, {"faults": ["x"]}]
)
def test_impossible_arguments_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Sandbox(**options)

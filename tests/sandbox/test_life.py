"""A sandbox begins, ends and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import socket
import subprocess
import sys
import threading
import weakref
from typing import Any

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.sandbox import Sandbox
from legnext_widgets.sandbox.media import fetch
from legnext_widgets.sandbox.media.scenes import ASSETS
from tests.support.waiting import wait_until

from .caller import FROM_JOB, TEXT, Caller


def threads() -> list[str]:
    return sorted(t.name for t in threading.enumerate() if t.name.startswith("legnext-sandbox"))


def call(sandbox: Sandbox) -> httpx.Client:
    return httpx.Client(base_url=sandbox.base_url, headers={"x-api-key": "k"}, timeout=60)


def test_requests_wait_for_a_server_that_is_still_starting() -> None:
    with Sandbox() as sandbox:
        sandbox.start(wait=False)
        with call(sandbox) as client:
            assert client.get("/api/account/balance").status_code == 200


def test_a_server_that_is_still_starting_can_be_closed() -> None:
    before = threads()
    with Sandbox() as sandbox:
        sandbox.start(wait=False)
    wait_until(lambda: threads() == before, "no thread is left")


def test_nothing_runs_before_there_is_something_to_do() -> None:
    before = threads()
    with Sandbox():
        assert threads() == before


def test_a_sandbox_without_jobs_loads_no_renderer() -> None:
    code = (
        "import sys, asyncio, httpx\n"
        "from legnext_widgets.sandbox import Sandbox\n"
        "async def main():\n"
        "    with Sandbox() as sandbox:\n"
        "        base = sandbox.base_url\n"
        "        async with httpx.AsyncClient(transport=sandbox.transport()) as client:\n"
        "            for _, link in sandbox.examples:\n"
        "                assert (await client.get(link)).status_code == 200\n"
        "asyncio.run(main())\n"
        "print([name for name in ('av', 'numpy', 'PIL', 'uvicorn') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_closing_ends_threads_and_removes_files() -> None:
    pytest.importorskip("av")
    before = threads()
    with Sandbox(60).start() as sandbox:
        with call(sandbox) as client:
            for _ in range(3):
                assert client.post("/api/v1/diffusion", json=TEXT).status_code == 200
        root = sandbox.media.root
        wait_until(lambda: bool(list(root.iterdir())), "a file is written")
        assert threads() != before
    wait_until(lambda: threads() == before, "all threads have ended")
    assert not root.exists()
    sandbox.close()
    with pytest.raises(RuntimeError, match="closed"):
        sandbox.start()


def test_closing_stops_a_rendering_thread() -> None:
    pytest.importorskip("av")
    before = threads()
    with Sandbox(60).start() as sandbox, call(sandbox) as client:
        body = {"prompt": f"{sandbox.base_url}/stills/ocean.jpg go", "videoType": 1}
        assert client.post("/api/v1/video-diffusion", json=body).status_code == 200
        root = sandbox.media.root
        wait_until(lambda: bool(list(root.glob("*.part"))), "a clip is rendered", timeout=60)
    wait_until(lambda: threads() == before, "all threads have ended")
    assert not root.exists()


def test_closing_stops_a_thread_that_fetches_from_a_silent_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("av")
    monkeypatch.setattr(fetch, "SECONDS", 600.0)  # longer than a test may take
    before = threads()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with Sandbox(60).start() as sandbox, call(sandbox) as client:
            link = f"http://127.0.0.1:{silent.getsockname()[1]}/a.png"
            client.post("/api/v1/video-diffusion", json={"prompt": f"{link} go"})
            connection, _ = silent.accept()
        wait_until(lambda: threads() == before, "all threads have ended")
        connection.close()


def test_a_forgotten_sandbox_is_closed_by_the_collector() -> None:
    before = threads()
    sandbox = Sandbox(packaged=True)
    root = sandbox.media.root
    sandbox.scheduler.on_change()
    assert threads() != before
    gone = weakref.ref(sandbox)
    del sandbox
    gc.collect()
    assert gone() is None
    wait_until(lambda: threads() == before and not root.exists(), "its thread and files are gone")


def test_port_is_free_again_after_closing() -> None:
    with Sandbox(packaged=True).start() as first:
        port = int(first.base_url.rpartition(":")[2])
    second = Sandbox(packaged=True)

    def started() -> bool:
        try:
            second.start(port=port)
        except OSError:
            return False
        return True

    with second:
        wait_until(started, "the port is free")
        assert second.base_url == f"http://127.0.0.1:{port}"


def test_taken_port_is_an_error() -> None:
    with Sandbox(packaged=True).start() as first, Sandbox(packaged=True) as second:
        port = int(first.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match=r"."):
            second.start(port=port)


def test_two_sandboxes_know_nothing_of_each_other() -> None:
    with Sandbox(packaged=True).start() as one, Sandbox(packaged=True).start() as two:
        with call(one) as client:
            job_id = client.post("/api/v1/diffusion", json=TEXT).json()["job_id"]
        with call(two) as client:
            assert client.get(f"/api/v1/job/{job_id}").status_code == 404


def test_starting_works_inside_a_running_loop() -> None:
    async def use() -> int:
        with Sandbox(packaged=True).start() as sandbox:
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


async def test_jobs_advance_where_no_thread_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cannot(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("legnext_widgets.environment.in_pyodide", lambda: True)
    monkeypatch.setattr(threading.Thread, "start", cannot)
    with Sandbox(20_000, packaged=True) as sandbox:
        assert not sandbox.can_serve
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
        ) as client:
            body = {**FROM_JOB, "callback": "http://127.0.0.1:9/"}
            task = await Caller(client).made("video-diffusion", body)
            clip = await client.get(task["output"]["video_urls"][0])
            assert clip.content[4:8] == b"ftyp"
            assert (await client.get("/stills/ocean.jpg")).status_code == 200


@pytest.mark.parametrize("missing", ["av", "PIL"])
async def test_without_its_libraries_it_shows_packaged_clips_and_a_note(
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


def test_packaged_files_are_small() -> None:
    sizes = [file.stat().st_size for file in ASSETS.iterdir()]
    assert len(sizes) >= 10
    assert sum(sizes) < 600_000


@pytest.mark.parametrize(
    "options", [{"speed": 0}, {"speed": -1}, {"points": -1}, {"link_seconds": 0}, {"faults": ["x"]}]
)
def test_impossible_arguments_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Sandbox(**options)


def test_old_name_of_packaged_works_and_warns_where_it_was_written() -> None:
    with pytest.warns(DeprecationWarning, match="packaged") as caught, Sandbox(carried=True) as old:
        assert old.note is not None
    with pytest.warns(DeprecationWarning, match="packaged") as through_client:
        lw.Client.sandbox(carried=True).close()
    assert {warning.filename for warning in [*caught, *through_client]} == {__file__}

"""The package where Python runs in a browser: one event loop, no threads, no sockets."""

from __future__ import annotations

import asyncio
import base64
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets import environment
from tests.pictures.picture_factory import phone_jpeg
from tests.widgets.browser import Browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("browser")

LAKE = "https://example.com/lake.jpg"


@pytest.fixture
async def studio() -> AsyncIterator[lw.VideoStudio]:
    studio = lw.VideoStudio(lw.Client.sandbox(speed=600))
    yield studio
    client = studio.client
    studio.close()
    await closed(client)


async def test_a_client_with_await_makes_clips_from_start_to_file(tmp_path: Path) -> None:
    async with lw.AsyncClient.sandbox(speed=600) as client:
        job = await client.video_diffusion("the lake lies still", image_url=LAKE)
        await job
        files = await job.download(tmp_path)

    assert [file.read_bytes()[4:8] for file in files] == [b"ftyp"] * 4


async def test_a_job_of_the_studio_can_be_awaited_and_its_clips_requested(
    studio: lw.VideoStudio,
) -> None:
    page = Browser(studio)
    studio.prompt, studio.image_url = "the lake lies still", LAKE
    submit(page)
    await until(lambda: len(studio.jobs) == 1)
    job = studio.jobs[0]

    assert await job is job
    await until(lambda: len(studio.videos) == 4)
    assert studio._live["jobs"][0]["status"] == "completed"
    page.say(type="media", pull="p", media="video", job_id=job.id, index=3, chunk=0)
    await until(lambda: page.heard("media"))
    content, buffers = next(sent for sent in page.received if sent[0]["type"] == "media")
    assert content["mime"] == "video/mp4"
    assert len(buffers[0]) == content["bytes"] > 10_000


async def test_a_picture_of_ones_own_is_taken_and_the_page_knows_that_clips_are_samples(
    studio: lw.VideoStudio,
) -> None:
    page = Browser(studio)
    data = base64.b64encode(phone_jpeg()).decode()
    page.say(type="picture", ask="a", upload="u", part=0, parts=1, data=data, name="sea.jpg")
    await until(lambda: page.heard("picture"))
    page.set(image_url=page.heard("picture")[0]["picture"]["link"], prompt="waves")
    submit(page)
    await until(lambda: len(studio.jobs) == 1)

    job = await studio.jobs[0]

    assert len(job.videos) == 4
    assert isinstance(job.request, lw.VideoDiffusion)
    assert "/sandbox/pictures/" in (job.request.image_url or "")
    assert "come with the package" in studio._service["note"]
    assert studio._service["uploads"]["stays"]


async def test_a_studio_without_a_key_opens_on_the_sandbox_and_keeps_its_clips() -> None:
    studio = lw.VideoStudio(prompt="the lake lies still", image_url=LAKE)
    try:
        assert studio._service["sandbox"]
        assert "page" in studio._service["note"]
        submit(Browser(studio))
        await until(lambda: len(studio.jobs) == 1)
        await until(lambda: len(studio.jobs[0].state.kept) == 4)
    finally:
        studio.close()
    await until(lambda: studio.client.embedded.sandbox._closed)  # type: ignore[union-attr]
    with lw.Library() as library:
        assert [record.state for record in library.records()] == ["accepted"]


async def test_media_that_no_browser_can_reach_come_through_the_kernel(
    studio: lw.VideoStudio,
) -> None:
    page = Browser(studio)
    assert all(sample["pull"] for sample in studio._service["examples"])
    studio.prompt, studio.image_url = "the lake lies still", studio._service["examples"][1]["url"]
    submit(page)
    await until(lambda: len(studio.videos) == 4)

    assert [media["url"] for media in studio._live["jobs"][0]["media"]] == [None] * 4
    assert "<video" not in studio.jobs[0]._repr_html_()
    page.say(type="media", pull="p", media="sample", job_id="", index=1, chunk=0)
    await until(lambda: page.heard("media"))
    content, buffers = next(sent for sent in page.received if sent[0]["type"] == "media")
    assert content["mime"] == "image/jpeg"
    assert buffers[0][:3] == b"\xff\xd8\xff"


async def test_running_the_cell_again_keeps_the_running_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """JupyterLite's shell does not know what it was asked; its kernel does."""
    asked = {"header": {"msg_id": "1"}, "metadata": {"cellId": "a"}, "content": {"code": "x"}}
    kernel = SimpleNamespace(get_parent=lambda: dict(asked))
    shell = SimpleNamespace(kernel=kernel, transform_cell=lambda source: source, user_ns={})
    monkeypatch.setattr("legnext_widgets.environment.ipython_shell", lambda: shell)
    first = lw.VideoStudio(prompt="the lake lies still", image_url=LAKE)
    submit(Browser(first))
    await until(lambda: len(first.jobs) == 1)

    asked["header"] = {"msg_id": "2"}
    second = lw.VideoStudio(prompt="the lake lies still", image_url=LAKE)

    assert second.client is first.client
    assert [job.id for job in second.jobs] == [job.id for job in first.jobs]
    assert (await second.jobs[0]).status == "completed"
    second.close()
    await closed(second.client)


async def test_a_nested_loop_is_refused_with_what_to_do_instead() -> None:
    with pytest.raises(RuntimeError, match="Use `await`"):
        lw.allow_nested_asyncio()


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.balance(),
        lambda client: client.video_diffusion("the lake lies still", image_url=LAKE),
        lambda client: client.job("6c1f0a3e-0000-4000-8000-000000000001").refresh(),
        lambda client: client.job("6c1f0a3e-0000-4000-8000-000000000001").wait(),
        lambda client: client.submit_many([lw.Diffusion("a lake")]),
    ],
)
async def test_a_plain_call_that_cannot_wait_names_what_to_await(call: Any) -> None:
    client = lw.Client.sandbox(speed=600)

    with pytest.raises(lw.LegnextError, match=r"await job.*AsyncClient"):
        call(client)
    assert not client.embedded.sandbox.calls  # type: ignore[union-attr]
    await closed(client)


async def test_submitting_from_the_studio_by_a_plain_call_sends_nothing_where_it_cannot_wait(
    studio: lw.VideoStudio,
) -> None:
    studio.prompt, studio.image_url = "the lake lies still", LAKE

    with pytest.raises(lw.LegnextError, match="Nothing was done"):
        studio.submit()
    assert not studio.busy
    assert not studio.jobs


async def test_the_same_request_is_sent_once(tmp_path: Path) -> None:
    library = lw.Library(tmp_path / "library")
    async with lw.AsyncClient.sandbox(speed=600, library=library, reuse=True) as client:
        requests = [lw.VideoDiffusion("the lake lies still", image_url=LAKE)] * 2
        jobs = await client.submit_many(requests)
        again = await asyncio.gather(*(client.submit(request) for request in requests))
        assert len({job.id for job in jobs}) == len(client.jobs) == 2
        assert [job.id for job in again] == [jobs[0].id] * 2
        assert all(job.reused for job in again)
    library.close()


@pytest.mark.parametrize("make", [lw.Client, lw.AsyncClient])
async def test_the_real_service_is_refused_at_once_with_the_reason(make: Any) -> None:
    with pytest.raises(lw.TransportError, match=r"cannot call https://api\.legnext\.ai.*sandbox"):
        make(api_key="sk-anything")


async def test_a_key_typed_into_the_studio_is_answered_with_the_reason(
    studio: lw.VideoStudio,
) -> None:
    page = Browser(studio)
    page.say(type="save_key", ask="a", key="sk-anything")

    await until(lambda: page.heard("key_saved"))
    (answer,) = page.heard("key_saved")
    assert "a web page may call another site only where" in answer["error"]["text"]


async def test_callbacks_of_people_are_called_one_after_the_other_and_may_fail() -> None:
    client = lw.Client.sandbox(speed=600)
    job = client.job("6c1f0a3e-0000-4000-8000-000000000001")
    called: list[str] = []

    def fail() -> None:
        called.append("failed")
        raise ValueError("mine")

    client.runtime.call_soon(fail)
    client.runtime.call_soon(lambda: called.append("second"))
    await until(lambda: called == ["failed", "second"])
    assert job.status == "unknown"
    await closed(client)


async def test_closing_ends_what_runs_and_then_the_sandbox() -> None:
    client = lw.Client.sandbox(speed=0.001)
    sending = client.runtime.start(
        client.session.submit(lw.VideoDiffusion("the lake lies still", image_url=LAKE))
    )
    await asyncio.wrap_future(sending)
    waiting = asyncio.ensure_future(_awaited(client.jobs[0]))
    await asyncio.sleep(0)

    client.close()
    with pytest.raises(lw.LegnextError, match="closed"):
        await waiting
    await until(lambda: client.embedded.sandbox._closed)  # type: ignore[union-attr]
    with pytest.raises(lw.LegnextError, match="closed"):
        client.runtime.start(client.session.balance())


async def test_where_the_browser_lets_calls_wait_they_just_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The stack switch itself is the browser's; what is waited for has happened here already."""
    waited: list[object] = []
    client = lw.Client.sandbox(speed=600)
    asked = client.runtime.start(client.session.balance())
    await asyncio.wrap_future(asked)
    monkeypatch.setattr(environment, "can_block", lambda: True)
    monkeypatch.setattr(environment, "block_on", waited.append)

    assert client.runtime.result(asked).available_points
    assert not waited
    client.runtime.require_waiting()
    await closed(client)


async def _awaited(job: lw.Job) -> lw.Job:
    return await job


async def closed(client: lw.Client) -> None:
    client.close()
    await until(lambda: client.embedded.sandbox._closed)  # type: ignore[union-attr]


def submit(page: Browser) -> None:
    page.say(type="submit", click="first", inputs={})


async def until(condition: Any, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)

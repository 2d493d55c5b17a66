"""Media: signed links, ranges, and what a page of another origin may do."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from legnext_widgets.sandbox import ManualClock, Sandbox
from legnext_widgets.sandbox.media.media_store import MediaStore
from legnext_widgets.sandbox.simulation.jobs import MediaFile

from .caller import FROM_JOB, SEEDED_JOB, Caller


async def a_clip(caller: Caller) -> str:
    task = await caller.made("video-diffusion", FROM_JOB)
    link = task["output"]["video_urls"][0]
    assert isinstance(link, str)
    return link


async def test_clip_needs_no_key_and_is_an_mp4(remote: Caller) -> None:
    link = await a_clip(remote)
    async with httpx.AsyncClient() as anyone:
        answer = await anyone.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.content[4:8] == b"ftyp"


async def test_link_without_its_signature_is_refused(remote: Caller) -> None:
    link = await a_clip(remote)
    bare = link.partition("?")[0]
    assert (await remote.client.get(bare)).status_code == 403
    assert (await remote.client.get(link.replace("Expires=1", "Expires=2"))).status_code == 403
    assert (await remote.client.get(f"{link}x")).status_code == 403


async def test_parts_of_a_clip_can_be_asked_for(remote: Caller) -> None:
    link = await a_clip(remote)
    whole = (await remote.client.get(link)).content
    part = await remote.client.get(link, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    tail = await remote.client.get(link, headers={"Range": "bytes=-50"})
    assert tail.content == whole[-50:]
    beyond = await remote.client.get(link, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"


async def test_head_gives_the_length_without_the_body(remote: Caller) -> None:
    link = await a_clip(remote)
    whole = await remote.client.get(link)
    head = await remote.client.head(link)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]


async def test_clip_that_the_caller_has_is_not_sent_again(remote: Caller) -> None:
    link = await a_clip(remote)
    tag = (await remote.client.head(link)).headers["etag"]
    known = await remote.client.get(link, headers={"If-None-Match": tag})
    assert known.status_code == 304
    resumed = await remote.client.get(link, headers={"Range": "bytes=5-", "If-Range": tag})
    assert resumed.status_code == 206
    changed = await remote.client.get(link, headers={"Range": "bytes=5-", "If-Range": '"old"'})
    assert changed.status_code == 200


async def test_page_of_another_origin_may_load_media(remote: Caller) -> None:
    link = await a_clip(remote)
    asked = await remote.client.options(link, headers={"Origin": "https://lab.example"})
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "Range" in asked.headers["access-control-allow-headers"]
    api = await remote.client.get("/api/account/balance", headers={"Origin": "https://lab.example"})
    assert "access-control-allow-origin" not in api.headers


async def test_link_stops_working_and_asking_again_gives_a_good_one() -> None:
    clock = ManualClock()
    with Sandbox(clock=clock, packaged=True, link_seconds=60) as sandbox:
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
        ) as client:
            caller = Caller(client)
            link = (await caller.job(SEEDED_JOB))["output"]["image_urls"][0]
            assert (await client.get(link)).status_code == 200
            left = int(parse_qs(urlsplit(link).query)["Expires"][0]) - clock()
            assert 60 <= left <= 61
            clock.advance(left - 1)
            assert (await client.get(link)).status_code == 200
            clock.advance(1.01)
            assert (await client.get(link)).status_code == 403
            fresh = (await caller.job(SEEDED_JOB))["output"]["image_urls"][0]
            assert fresh != link
            assert (await client.get(fresh)).status_code == 200


async def test_examples_can_be_fetched_and_animated(served: Sandbox, remote: Caller) -> None:
    assert len(served.examples) >= 6
    for title, link in served.examples:
        answer = await remote.client.get(link)
        assert title
        assert answer.headers["content-type"] == "image/jpeg"
    task = await remote.made("video-diffusion", {"prompt": f"{served.examples[0][1]} go"})
    assert len(task["output"]["video_urls"]) == 4
    assert (await remote.client.get("/stills/no-such.jpg")).status_code == 404


async def test_links_lead_back_the_way_the_caller_came(served: Sandbox) -> None:
    port = urlsplit(served.base_url).port
    async with httpx.AsyncClient(headers={"x-api-key": "k"}) as client:
        task = (await client.get(f"http://localhost:{port}/api/v1/job/{SEEDED_JOB}")).json()
        link = task["output"]["image_urls"][0]
        assert link.startswith(f"http://localhost:{port}/media/")


def test_a_full_store_makes_room_also_where_a_file_cannot_be_removed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on Windows, where a file that is being sent cannot be removed."""
    folder = MediaStore(limit=10)
    busy, free, last = (folder.root / name for name in ("busy.mp4", "free.mp4", "last.mp4"))
    unlink = Path.unlink

    def refuse_the_busy_one(path: Path, *, missing_ok: bool = False) -> None:
        if path == busy:
            raise PermissionError(13, "used by another process", str(path))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse_the_busy_one)
    for file in (busy, free, last):
        file.write_bytes(b"12345678")
        folder.publish(MediaFile(file.name, file))

    assert [folder.find(file.name) is not None for file in (busy, free, last)] == [
        False,
        False,
        True,
    ]
    assert not free.exists()
    folder.close()

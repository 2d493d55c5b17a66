"""Clips are real, different from each other, and do what the prompt's options say."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("av")

from PIL import Image

from legnext_widgets.sandbox import Sandbox
from legnext_widgets.sandbox.media.pan_zoom import open_picture
from legnext_widgets.sandbox.media.scenes import SCENES, picture_of
from legnext_widgets.sandbox.media.watermark import Watermark

from .caller import SEEDED_JOB, Caller
from .conftest import QUICK
from .picture_site import site
from .probe import Clip, difference, probe


async def clips_of(caller: Caller, task: dict[str, Any]) -> list[Clip]:
    return [probe((await caller.client.get(link)).content) for link in task["output"]["video_urls"]]


def picture(width: int, height: int, form: str = "PNG", *, turned: bool = False) -> bytes:
    """A picture with much to see, so that motion shows."""
    rows, columns = np.mgrid[0:height, 0:width]
    checks = (columns // 40 + rows // 40) % 2 * 200
    values = np.stack([columns * 255 // width, rows * 255 // height, checks], -1)
    made = Image.fromarray((255 - values if turned else values).astype(np.uint8))
    data = io.BytesIO()
    made.save(data, form)
    return data.getvalue()


def grey(data: bytes) -> NDArray[np.float32]:
    """A picture as small as the frames of a probed clip."""
    with Image.open(io.BytesIO(data)) as source:
        return np.asarray(source.convert("L").resize((96, 64)), np.float32)


@pytest.fixture(scope="module")
def square() -> Iterator[str]:
    """Link of a square picture: its clips are the smallest, so the tests are quick."""
    with site() as found:
        found.pages["/square.png"] = (200, {"Content-Type": "image/png"}, picture(480, 480))
        yield f"{found.url}/square.png"


async def animated(caller: Caller, link: str, options: str, video_type: int = 0) -> Clip:
    body = {"prompt": f"{link} go --bs 1 {options}", "videoType": video_type}
    (clip,) = await clips_of(caller, await caller.made("video-diffusion", body))
    return clip


async def test_four_clips_are_playable_and_visibly_different(producer: Caller, square: str) -> None:
    body = {"prompt": f"{square} go"}
    clips = await clips_of(producer, await producer.made("video-diffusion", body))
    assert len(clips) == 4
    for clip in clips:
        assert (clip.codec, clip.pixels, clip.rate) == ("h264", "yuv420p", 24)
        assert (clip.width, clip.height) == (480, 480)
        assert 4 <= clip.seconds <= 5
        assert clip.count == round(clip.seconds * 24)
        assert clip.faststart
        assert clip.liveliness > 1, "it moves"
    for first, second in combinations(clips, 2):
        assert difference(first.frames, second.frames) > 4


async def test_clip_is_made_from_the_fetched_picture_in_its_shape(producer: Caller) -> None:
    with site() as found:
        found.pages["/tall.png"] = (200, {"Content-Type": "image/png"}, picture(400, 600))
        found.pages["/moved"] = (302, {"Location": "/tall.png"}, b"")
        body = {"prompt": f"{found.url}/moved go --bs 1 --raw"}
        (clip,) = await clips_of(producer, await producer.made("video-diffusion", body))
    assert (clip.width, clip.height) == (480, 720)
    assert difference(clip.frames[0], grey(picture(400, 600))) < 12


@pytest.fixture(scope="module")
def high() -> list[Clip]:
    """Holds a clip with much motion once a test has had it made, for the next one."""
    return []


async def test_options_of_the_prompt_are_seen_in_the_clip(
    producer: Caller, square: str, high: list[Clip]
) -> None:
    high[:] = [await animated(producer, square, "--motion high")]
    low = await animated(producer, square, "")
    raw = await animated(producer, square, "--raw")
    loop = await animated(producer, square, "--loop")
    assert high[0].liveliness > 1.3 * low.liveliness
    assert difference(raw.frames, low.frames) > 2
    assert low.change(0, -1) > 4
    assert loop.change(0, -1) < 1
    assert loop.change(0, loop.count // 2) > 4


async def test_end_image_is_where_the_clip_ends_in_high_quality_too(
    producer: Caller, square: str
) -> None:
    with site() as found:
        found.pages["/end.jpg"] = (200, {}, picture(600, 600, "JPEG", turned=True))
        clip = await animated(producer, square, f"--end {found.url}/end.jpg", video_type=1)
    assert (clip.width, clip.height) == (720, 720)
    assert difference(clip.frames[-1], grey(picture(600, 600, turned=True))) < 6
    assert difference(clip.frames[0], grey(picture(600, 600, turned=True))) > 20


async def test_extension_goes_on_from_the_last_frame_and_upscale_is_larger(
    producer: Caller, square: str
) -> None:
    first = await producer.made("video-diffusion", {"prompt": f"{square} go --bs 2"})
    _, before = await clips_of(producer, first)
    more = {"jobId": first["job_id"], "videoNo": 1, "prompt": "on --bs 2"}
    second = await producer.made("extend-video", more)
    one, other = await clips_of(producer, second)
    assert before.sounds == [], "clips are silent unless sound is asked for"
    for clip in (one, other):
        assert clip.sounds == []
        assert 3.5 <= clip.seconds - before.seconds <= 4.5
        assert clip.count == round(clip.seconds * 24)
        assert difference(clip.frames[: before.count], before.frames) < 0.5
        jump = clip.change(before.count - 1, before.count)
        assert jump < 2.5, "no cut where the extension begins"
    assert one.change(-1, before.count) > 3
    assert difference(one.frames[-48:], other.frames[-48:]) > 2

    larger = await producer.made("video-upscale", {"jobId": first["job_id"], "videoNo": 1})
    (clip,) = await clips_of(producer, larger)
    assert (clip.width, clip.height) == (720, 720)
    assert clip.count == before.count
    assert difference(clip.frames[-1], before.frames[-1]) < 4


async def test_clips_have_sound_where_it_is_asked_for_also_when_they_are_extended(
    square: str,
) -> None:
    with Sandbox(QUICK, sound=True).start() as sandbox:
        key = {"x-api-key": "one"}
        async with httpx.AsyncClient(base_url=sandbox.base_url, headers=key) as client:
            caller = Caller(client)
            task = await caller.made("video-diffusion", {"prompt": f"{square} go --bs 1"})
            more = {"jobId": task["job_id"], "videoNo": 0, "prompt": "on --bs 1"}
            longer = await caller.made("extend-video", more)
            (clip,), (extended,) = await clips_of(caller, task), await clips_of(caller, longer)

    ((codec, seconds),), ((longer_codec, longer_seconds),) = clip.sounds, extended.sounds
    assert codec == longer_codec == "aac"
    assert [round(seconds), round(longer_seconds)] == [5, 9]


async def test_an_image_of_an_earlier_job_is_animated(producer: Caller) -> None:
    body = {"jobId": SEEDED_JOB, "imageNo": 2, "prompt": "go --bs 1"}
    (clip,) = await clips_of(producer, await producer.made("video-diffusion", body))
    assert (clip.width, clip.height) == (854, 480)


async def test_motion_is_smooth(producer: Caller, square: str, high: list[Clip]) -> None:
    clip = high[0] if high else await animated(producer, square, "--motion high")
    steps = np.abs(np.diff(clip.frames, axis=0)).mean(axis=(1, 2))
    jitter = np.abs(steps[1:-1] - (steps[:-2] + steps[2:]) / 2) / steps.mean()
    assert np.median(jitter) < 0.1
    assert steps.min() > 0.25 * steps.mean(), "no frame stands still"


async def test_pictures_of_a_text_are_packaged_ones_and_the_logs_name_them(
    producer: Caller,
) -> None:
    task = await producer.made("diffusion", {"text": "a lighthouse in a storm"})
    assert len(task["logs"]) == 1
    assert "lighthouse, " in task["logs"][0]
    body = {"prompt": "https://example.com/sunny-beach.jpg go --bs 1"}
    task = await producer.made("video-diffusion", body)
    assert "ocean" in task["logs"][0]
    assert "https://example.com/sunny-beach.jpg" in task["logs"][0]


def test_watermark_of_a_packaged_picture_does_not_get_into_its_clips() -> None:
    """It would move with the picture, below the clip's own."""
    for scene in SCENES:
        served = Image.open(picture_of(scene))
        clean = open_picture(picture_of(scene))
        box = Watermark(*served.size).box
        change = np.abs(np.asarray(served, np.float32) - np.asarray(clean, np.float32))
        left, top, right, bottom = box
        assert change[top:bottom, left:right].max() > 60, "the letters are gone"
        change[top:bottom, left:right] = 0
        assert change.max() == 0, "and nothing else has changed"


async def test_four_images_of_a_text_differ_and_can_be_animated(producer: Caller) -> None:
    task = await producer.made("diffusion", {"text": "dunes --ar 3:2"})
    small = []
    for link in task["output"]["image_urls"]:
        answer = await producer.client.get(link)
        assert answer.headers["content-type"] == "image/png"
        with Image.open(io.BytesIO(answer.content)) as image:
            assert image.width / image.height == pytest.approx(1.5, abs=0.01)
            small.append(np.asarray(image.convert("RGB").resize((48, 32)), np.float32))
    assert all(difference(a, b) > 8 for a, b in combinations(small, 2))

    by_link = {"prompt": f"{task['output']['image_urls'][3]} go --bs 1"}
    (clip,) = await clips_of(producer, await producer.made("video-diffusion", by_link))
    assert (clip.width, clip.height) == (720, 480)
    assert (
        difference(
            clip.frames[0],
            np.asarray(
                Image.fromarray(small[3].astype(np.uint8)).convert("L").resize((96, 64)), np.float32
            ),
        )
        < 25
    )


@pytest.mark.parametrize(
    ("status", "headers", "body", "reason"),
    [
        (404, {}, b"", "HTTP 404"),
        (200, {}, b"<html>no picture</html>", "cannot be read"),
        (302, {"Location": "ftp://127.0.0.1/x"}, b"", "not http or https"),
        (302, {"Location": "/it"}, b"", "redirected"),
        (200, {}, b"x" * (20 << 20 | 1), "larger than 20 MB"),
    ],
    ids=["missing", "no picture", "to ftp", "endless", "huge"],
)
async def test_picture_that_cannot_be_had_fails_the_job(
    producer: Caller, status: int, headers: dict[str, str], body: bytes, reason: str
) -> None:
    before = await producer.points()
    with site() as found:
        found.pages["/it"] = (status, headers, body)
        job_id = await producer.submit("video-diffusion", {"prompt": f"{found.url}/it go"})
        task = await producer.ended(job_id)
    assert task["status"] == "failed"
    assert reason in task["error"]["message"]
    assert await producer.points() == before

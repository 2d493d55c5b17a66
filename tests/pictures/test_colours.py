"""Colours of frames, compared with those that Chromium shows."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import legnext_widgets as lw
from legnext_widgets.client.frames.decoding import frame_at
from tests.support.chromium import SHADERS, start_chromium

from .clips import PATCHES, Tags, patches, write_clip
from .picture_factory import photo

SIZES = {"SD": (832, 480), "HD": (1280, 720)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("colours")


@pytest.fixture(scope="module")
def page(folder: Path) -> Iterator[Any]:
    """A page in Chromium, of the same origin as the files of `folder`."""
    (folder / "index.html").write_text("<!doctype html><title>colours</title>")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with start_chromium(SHADERS) as browser:
        opened = browser.new_page()
        opened.goto(f"http://127.0.0.1:{server.server_port}/index.html")
        yield opened
    server.shutdown()
    server.server_close()


DRAW = """async ([name, points]) => {
    const video = document.createElement("video");
    video.muted = true;
    video.src = URL.createObjectURL(await (await fetch(name)).blob());
    document.body.append(video);
    const painted = new Promise((done) => video.requestVideoFrameCallback(done));
    await new Promise((done, failed) => { video.onseeked = done; video.onerror = failed;
        video.onloadeddata = () => { video.currentTime = 0.001; }; });
    await painted;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    video.remove();
    return points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
}"""


@pytest.mark.browser
@pytest.mark.parametrize("tags", ["all", "matrix alone", "none"])
@pytest.mark.parametrize("matrix", ["601", "709"])
@pytest.mark.parametrize("size", SIZES)
def test_colours_are_those_of_the_browser(
    page: Any, folder: Path, size: str, matrix: str, tags: Tags
) -> None:
    width, height = SIZES[size]
    name = f"{size}-{matrix}-{tags.replace(' ', '-')}.mp4"
    write_clip(folder / name, [patches(width, height)] * 3, matrix=matrix, tags=tags)
    points = [(int((n + 0.5) * width / len(PATCHES)), height // 2) for n in range(len(PATCHES))]

    shown = np.array(page.evaluate(DRAW, [name, points])).astype(int)
    image = frame_at(folder / name, 0)
    ours = np.array([image.getpixel(point) for point in points]).astype(int)

    assert np.abs(shown - ours).max() <= 2, json.dumps([shown.tolist(), ours.tolist()])


@pytest.mark.browser
@pytest.mark.parametrize("video_type", [0, 1])
def test_the_colours_of_the_sandbox_are_those_of_the_browser(
    page: Any, folder: Path, video_type: Any
) -> None:
    image = photo(832, 480)
    with lw.Client.sandbox(speed=2000) as client:
        job = client.video_diffusion("x", image=image, batch_size=1, video_type=video_type)
        job.wait(240)
        job.videos[0].save(folder / "sandbox.mp4")
    image = frame_at(folder / "sandbox.mp4", 0)
    points = [(x, y) for x in range(16, image.width, 64) for y in range(16, image.height, 64)]

    shown = np.array(page.evaluate(DRAW, ["sandbox.mp4", points])).astype(int)
    ours = np.array([image.getpixel(point) for point in points]).astype(int)

    assert np.abs(shown - ours).max() <= 2

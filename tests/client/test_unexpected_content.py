"""What a media host sends is believed only when it is a whole clip; the person reads what came."""

from __future__ import annotations

from typing import Any

import pytest

import legnext_widgets as lw
from tests.support import mp4
from tests.support.raw_service import Reply
from tests.support.report import note_situation
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .conftest import KEY

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
CLIP = mp4.clip(bytes(range(256)) * 11_700)  # 3 MB
CLOSED = "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nConnection: close\r\n\r\n"


def without_length(content: bytes) -> Reply:
    """The body ends with the connection."""
    return Reply(raw=CLOSED.encode() + content)


HTML = Reply(body=b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "video/mp4"})
JSON = Reply(body={"code": 500, "message": "quota exceeded"}, headers={"Content-Type": "video/mp4"})
XML = Reply(body=b"<Error><Code>Busy</Code><Message>Slow down</Message></Error>")
WRONG = {
    "200 with a web page": (HTML, "the server sent a web page: Sign in"),
    "200 with an error in JSON": (JSON, "the server sent an error in JSON: quota exceeded"),
    "200 with an error in XML": (XML, "the server sent an error in XML: Slow down"),
    "200, ends early without a length": (without_length(CLIP[:1_200_000]), "1.2 of about 3 MB"),
    "200, no tables": (Reply(body=mp4.FTYP + mp4.box(b"mdat", b"x" * 99)), "without its tables"),
    "200, garbage at the end": (Reply(body=CLIP + b"<html>"), "of other data"),
    "204 instead of a clip": (Reply(204), "HTTP 204"),
}


@pytest.fixture
def video(client, stub) -> Any:
    links = {"output": {"video_urls": [f"{stub.url}/clip.mp4"]}}
    stub.jobs[JOB] = task(JOB, "completed") | links
    return client.job(JOB).refresh().videos[0]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_clip_is_tried_again_and_never_saved(name, video, stub, tmp_path):
    reply, sees = WRONG[name]
    answers = [reply] * 2
    stub.others["/clip"] = lambda request: answers.pop() if answers else Reply(body=CLIP)
    assert video.save(tmp_path / "a.mp4").read_bytes() == CLIP

    stub.requests.clear()
    answers = [reply] * 99
    with pytest.raises(lw.DownloadError, match="could not be fetched") as caught:
        video.save(tmp_path / "b.mp4")

    assert sees in str(caught.value)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.mp4"]
    media = [request for request in stub.requests if "/clip" in request.path]
    assert 1 < len(media) <= 8
    assert stub.posted == []
    note_situation(name, sees=sees, requests=len(media), at_risk=0, whole=True)


def test_a_body_that_ends_early_without_a_length_goes_on_where_it_ended(video, stub):
    def answer(request: Any) -> Reply:
        if "range" not in request.headers:
            return without_length(CLIP[:1_200_000])
        start = int(request.headers["range"][6:-1])
        head = {"Content-Range": f"bytes {start}-{len(CLIP) - 1}/{len(CLIP)}"}
        return Reply(206, CLIP[start:], head)

    stub.others["/clip"] = answer

    assert video.read() == CLIP
    assert len([request for request in stub.requests if "/clip" in request.path]) == 2


def test_what_is_no_clip_is_not_kept_in_the_library(driver, stub, tmp_path, caplog):
    with lw.Library(tmp_path / "library") as library:
        client = driver.client(KEY, base_url=stub.url, library=library)
        client.session.clip_keeper.pauses = (0.01,) * 200
        broken = [True]
        stub.others["/clip"] = lambda request: JSON if broken else Reply(body=CLIP)
        stub.jobs[JOB] = task(JOB, "completed") | {
            "output": {"video_urls": [f"{stub.url}/clip.mp4"]}
        }
        client.job(JOB).refresh()
        wait_until(lambda: "an error in JSON: quota exceeded" in caplog.text, "it is refused")
        assert library.kept_path(JOB, 0) is None
        assert list((tmp_path / "library").rglob("*.mp4")) == []

        broken.clear()

        wait_until(lambda: library.kept_path(JOB, 0) is not None, "the clip is kept")
        assert (library.kept_path(JOB, 0) or tmp_path).read_bytes() == CLIP


@pytest.mark.parametrize(
    "status", [201, 204, 206, 300, 302, 304, 400, 402, 409, 418, 423, 451, 507]
)
@pytest.mark.parametrize("step", ["first", "rest"])
def test_no_status_at_any_step_of_a_download_gives_half_a_clip(status, step, video, stub, tmp_path):
    first = Reply(status, b"what?")
    answers = [first] * 3
    if step == "rest":
        answers.append(Reply(body=CLIP[:5000], promised=len(CLIP)))
    stub.others["/clip"] = lambda request: answers.pop() if answers else Reply(body=CLIP)

    try:
        saved = video.save(tmp_path / "a.mp4")
    except lw.DownloadError:
        assert list(tmp_path.glob("*.mp4")) == []
    else:
        assert saved.read_bytes() == CLIP

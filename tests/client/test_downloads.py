"""A clip is downloaded whole or not at all, whatever the network does."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.handles.saving import file_name, suffix_of
from tests.support import mp4
from tests.support.raw_service import RESET, RawService, Reply, Request, closed_port
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .conftest import KEY

CLIP = mp4.clip(bytes(range(256)) * 200)
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
VIDEO = {"Content-Type": "video/mp4"}


class Media:
    """A media host that does what each test wants; `asked` are the requests it got."""

    def __init__(self) -> None:
        self.stub = RawService()
        self.script: list[Callable[[Request], Reply]] = []
        self.stub.others["/"] = self._serve
        self.link = f"{self.stub.url}/clip.mp4?Expires=4000000000&Signature=s1gn"

    @property
    def asked(self) -> list[Request]:
        return self.stub.requests

    def _serve(self, request: Request) -> Reply:
        return (self.script.pop(0) if self.script else ranged)(request)


def ranged(request: Request) -> Reply:
    """Serves the clip, or the part that is asked for."""
    wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    if not wanted:
        return Reply(body=CLIP, headers=VIDEO | {"ETag": '"v1"'})
    start = int(wanted[1])
    return Reply(206, CLIP[start:], VIDEO | _range(start))


def cut_at(length: int) -> Callable[[Request], Reply]:
    return lambda request: Reply(
        body=CLIP[:length], promised=len(CLIP), headers=VIDEO | {"ETag": '"v1"'}
    )


def _range(start: int) -> dict[str, str]:
    return {"Content-Range": f"bytes {start}-{len(CLIP) - 1}/{len(CLIP)}"}


def always(reply: Reply) -> Callable[[Request], Reply]:
    return lambda request: reply


@pytest.fixture
def media():
    host = Media()
    yield host
    host.stub.close()


@pytest.fixture
def video(client, stub, media) -> Any:
    return video_at(client, stub, media.link)


def video_at(client: Any, stub: RawService, link: str) -> Any:
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": [link]}}
    return client.job(JOB).refresh().videos[0]


def test_a_clip_is_saved_under_its_name(video, media, tmp_path):
    saved = video.save(tmp_path / "new" / "a.mp4")

    assert saved.read_bytes() == CLIP
    assert list(saved.parent.iterdir()) == [saved]
    assert saved.stat().st_mode & 0o777 == 0o644


def test_a_clip_is_read(video):
    assert video.read() == CLIP


def test_a_folder_gets_a_file_named_after_job_and_number(video, tmp_path):
    assert video.save(tmp_path) == tmp_path / f"{JOB}_0.mp4"


def test_all_videos_of_a_job_are_downloaded(client, stub, media, tmp_path):
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": [media.link] * 4}}

    paths = client.job(JOB).refresh().download(tmp_path / "clips")

    assert [path.name for path in paths] == [f"{JOB}_{number}.mp4" for number in range(4)]
    assert {path.read_bytes() for path in paths} == {CLIP}


def test_a_cut_download_goes_on_where_it_ended(video, media, tmp_path):
    media.script = [cut_at(20_000), always(RESET), ranged]

    assert video.save(tmp_path / "a.mp4").read_bytes() == CLIP
    assert media.asked[1].headers["range"] == media.asked[2].headers["range"] == "bytes=20000-"
    assert media.asked[2].headers["if-range"] == '"v1"'


def test_a_server_that_answers_200_to_a_range_is_read_from_the_start(video, media):
    media.script = [cut_at(20_000), always(Reply(body=CLIP, headers=VIDEO))]

    assert video.read() == CLIP


def test_a_part_that_was_not_asked_for_is_not_glued_on(video, media):
    wrong = Reply(206, CLIP[100:], VIDEO | _range(100))
    media.script = [cut_at(20_000), always(wrong)]

    assert video.read() == CLIP


def test_a_file_that_changed_meanwhile_is_read_from_the_start(video, media):
    other = mp4.clip(b"y" * 5000)
    media.script = [cut_at(20_000), always(Reply(body=other, headers=VIDEO | {"ETag": '"v2"'}))]

    assert video.read() == other


def test_a_range_beyond_the_end_starts_over(video, media):
    media.script = [cut_at(20_000), always(Reply(416))]

    assert video.read() == CLIP


def test_a_download_that_moves_on_is_not_given_up(video, media):
    def a_little_more(request: Request) -> Reply:
        start = int(request.headers["range"][6:-1])
        return Reply(206, CLIP[start : start + 4000], VIDEO | _range(start), len(CLIP) - start)

    media.script = [cut_at(4000), *[a_little_more] * 11]

    assert video.read() == CLIP


@pytest.mark.parametrize(
    "reply",
    [
        RESET,
        Reply(503),
        Reply(429),
        Reply(200, b"<html>", {"Content-Type": "text/html"}),
        Reply(200, b"", VIDEO),
    ],
    ids=["reset", "503", "429", "a web page", "nothing"],
)
def test_passing_errors_are_tried_again_and_lasting_ones_leave_no_file(
    video, media, tmp_path, reply
):
    media.script = [always(reply)] * 2
    assert video.save(tmp_path / "a.mp4").read_bytes() == CLIP

    media.script = [always(reply)] * 99
    with pytest.raises(lw.DownloadError, match="could not be fetched"):
        video.save(tmp_path / "b.mp4")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.mp4"]
    assert len(media.asked) <= 10


def test_a_file_that_is_there_stays_when_its_successor_cannot_be_fetched(video, media, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"old")
    media.script = [cut_at(100)] * 99

    with pytest.raises(lw.DownloadError):
        video.save(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == b"old"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refused_link_is_renewed_once_by_asking_for_the_job(video, stub, media, status):
    fresh = f"{media.stub.url}/clip.mp4?Expires=4000000001&Signature=fresh"
    stub.jobs[JOB]["output"]["video_urls"] = [fresh]
    media.script = [always(Reply(status))]

    assert video.read() == CLIP
    assert media.asked[-1].path.endswith("Signature=fresh")
    assert len(stub.polled) == 2
    assert stub.posted == []


def test_a_link_that_is_refused_twice_is_an_error_without_its_signature(video, stub, media):
    media.script = [always(Reply(403))] * 9

    with pytest.raises(lw.DownloadError, match="so was a fresh link") as caught:
        video.read()

    assert "Signature" not in str(caught.value)
    assert len(media.asked) == 2


def test_an_unreachable_host_is_a_download_error(client, stub, tmp_path):
    video = video_at(client, stub, f"{closed_port()}/clip.mp4")

    with pytest.raises(lw.DownloadError, match="could not be fetched"):
        video.save(tmp_path / "a.mp4")


def test_the_key_goes_neither_to_a_media_host_nor_along_a_redirect(video, media, tmp_path):
    elsewhere = RawService()
    elsewhere.others["/"] = ranged
    media.script = [always(Reply(302, headers={"Location": f"{elsewhere.url}/moved.mp4"}))]

    assert video.read() == CLIP
    elsewhere.close()
    for request in (*media.asked, *elsewhere.requests):
        assert KEY not in str(request)
        assert "x-api-key" not in request.headers
    assert len(elsewhere.requests) == 1


def test_the_key_does_not_follow_a_redirect_of_the_service(client, stub):
    elsewhere = RawService()
    for path in ("/api/v1/job/", "/api/account/", "/api/v1/diffusion"):
        stub.others[path] = always(Reply(307, headers={"Location": f"{elsewhere.url}/x"}))

    for call in (client.balance, client.job(JOB).refresh, lambda: client.diffusion("x")):
        with pytest.raises(lw.APIError):
            call()
    elsewhere.close()
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.com/x.mp4", "http://[::1", "http://\u2026.."]
)
def test_only_web_links_are_followed(video, media, target):
    media.script = [always(Reply(302, headers={"Location": target.encode().decode("latin-1")}))] * 9

    with pytest.raises(lw.DownloadError):
        video.read()


def test_too_many_redirects_end(video, media):
    media.script = [always(Reply(302, headers={"Location": "/clip.mp4"}))] * 20

    with pytest.raises(lw.DownloadError, match="redirects too many times"):
        video.read()


@pytest.mark.parametrize(
    "link",
    [
        "https://h/..%2f..%2fetc%2fpasswd",
        "https://h/a/../../../x.mp4",
        "https://h/x.mp4/../../y.sh",
        "https://h/\\..\\x.mp4",
        "https://h/x.mp4?name=../../y",
        "https://h/nul.mp4",
    ],
)
def test_no_link_leads_out_of_the_folder(link):
    for job_id in (JOB, "../../x", "a/b", "", "..", "c:\\x"):
        name = file_name(job_id, 0, suffix_of(link, ".mp4"))
        assert re.fullmatch(r"[0-9A-Za-z_-]+_0\.mp4", name)


def test_a_folder_that_cannot_be_written_is_a_download_error(video, tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(lw.DownloadError, match="Cannot write"):
        video.save(tmp_path / "file" / "a.mp4")


def test_an_existing_folder_gets_the_file_inside(video, tmp_path):
    target = tmp_path / "a.mp4"
    client_path = str(target)
    target.mkdir()

    saved: Path = video.save(client_path)  # a folder that exists gets the file inside

    assert saved.parent == target


def test_progress_is_reported_and_its_callback_may_raise(video, tmp_path):
    seen: list[tuple[int, int | None]] = []

    def told(have: int, total: int | None) -> None:
        seen.append((have, total))
        raise RuntimeError("mine")

    video.save(tmp_path / "a.mp4", progress=told)

    wait_until(lambda: seen and seen[-1] == (len(CLIP), len(CLIP)), "the whole clip was told")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_device_or_a_pipe_is_not_replaced_by_a_clip(video, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(lw.DownloadError, match="it is a device or a pipe"):
        video.save(pipe)
    assert pipe.is_fifo()


def test_a_link_whose_host_is_gone_is_renewed(client, stub, media, tmp_path):
    video = video_at(client, stub, f"{closed_port()}/old/clip.mp4")
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": [media.link]}}

    assert video.save(tmp_path / "a.mp4").read_bytes() == CLIP
    assert video.url == media.link


def test_an_expired_link_that_leads_to_a_page_is_renewed(client, stub, media, tmp_path):
    page = always(Reply(body=b"<html>Sign in</html>" * 9))
    media.stub.others = {"/old.mp4": page} | media.stub.others
    video = video_at(client, stub, f"{media.stub.url}/old.mp4?Expires=1&Signature=s1gn")
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": [media.link]}}

    assert video.save(tmp_path / "a.mp4").read_bytes() == CLIP


def test_a_host_that_is_gone_and_a_service_that_is_away_name_the_host(client, stub, tmp_path):
    video = video_at(client, stub, f"{closed_port()}/old/clip.mp4")
    stub.others["/api/v1/job/"] = always(RESET)

    with pytest.raises(lw.DownloadError, match=r"/old/clip\.mp4 could not be fetched"):
        video.save(tmp_path / "a.mp4")

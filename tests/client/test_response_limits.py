"""Answers that trickle, swell or never end block nothing and fill nothing."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

import legnext_widgets as lw
from tests.support import mp4
from tests.support.raw_service import Reply, Request, full_backlog
from tests.support.task_factory import task

from .both_clients import quick
from .conftest import KEY

REQUEST = lw.Diffusion("a sea")
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
CLIP = mp4.clip(bytes(range(256)) * 200)
ENDLESS = Reply(body=b'{"mod', drip=True)


# With one of the clients only: all of this is in what both of them share.
@pytest.fixture
def client(stub) -> Iterator[lw.Client]:
    with quick(lw.Client(KEY, base_url=stub.url, library=False, timeout=5)) as made:
        yield made


@pytest.fixture
def impatient(client: lw.Client) -> lw.Client:
    """A client whose calls may take 1.5 s, though each piece of an answer may take 5 s."""
    client.session.transport.deadline = 1.5
    return client


def test_a_submission_whose_answer_trickles_in_is_unknown_and_not_sent_again(impatient, stub):
    stub.posts = [ENDLESS]

    with pytest.raises(lw.SubmissionUncertainError, match="no complete response in time"):
        impatient.submit(REQUEST)

    assert len(stub.posted) == 1


def test_a_call_that_ends_while_it_connects_has_sent_nothing():
    with (
        full_backlog() as address,
        quick(lw.Client(KEY, base_url=address, library=False, timeout=5)) as client,
    ):
        client.session.transport.deadline = 0.1
        with pytest.raises(lw.TransportError, match=r"in time.*Nothing was sent"):
            client.submit(REQUEST)


def test_a_job_id_in_an_answer_that_trickles_in_counts(impatient, stub):
    stub.posts = [Reply(body=f'{{"job_id": "{JOB}", '.encode(), drip=True)]

    assert impatient.submit(REQUEST).id == JOB


def test_a_poll_whose_answer_trickles_in_is_one_that_failed(impatient, stub):
    stub.polls = [ENDLESS]
    stub.becomes = "completed"

    job = impatient.submit(REQUEST)

    assert job.wait(20).done
    assert len(stub.polled) >= 2


def test_an_answer_that_unpacks_to_far_more_than_it_is_ends_early(client, stub):
    bomb = gzip.compress(b" " * (20 * 2**20))
    swelling = Reply(body=bomb, headers={"Content-Encoding": "gzip"})
    stub.others["/api/account/balance"] = lambda request: swelling

    with pytest.raises(lw.TransportError, match="response is too large"):
        client.balance()


def test_an_endless_error_message_is_raised_at_once_and_cut(client, stub):
    endless = (
        "deadbeef" * 250_000
    )  # no blank in it: a slow search for links would run into pytest's timeout
    stub.others["/api/account/balance"] = lambda request: Reply(
        400, {"code": 400, "message": endless}
    )

    with pytest.raises(lw.BadRequestError) as caught:
        client.balance()

    assert len(str(caught.value)) < 2100


@pytest.fixture
def video(client, stub) -> Any:
    client.session.downloads.stall_seconds = 0.2
    link = f"{stub.url}/clip.mp4"
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": [link]}}
    return client.job(JOB).refresh().videos[0]


def rest(request: Request) -> Reply:
    start = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
    head = {"Content-Range": f"bytes {start}-{len(CLIP) - 1}/{len(CLIP)}"}
    return Reply(206, CLIP[start:], head)


def test_a_stalled_download_goes_on_over_another_connection(video, stub, tmp_path):
    answers = [lambda request: Reply(body=CLIP[:1000], promised=len(CLIP) - 10**6, drip=True)]
    stub.others["/clip.mp4"] = lambda request: answers.pop()(request) if answers else rest(request)

    saved = video.save(tmp_path / "a.mp4").read_bytes()

    assert saved[:1000] + saved[-1000:] == CLIP[:1000] + CLIP[-1000:]
    assert len(saved) == len(CLIP)


def test_a_download_that_never_moves_is_given_up(video, stub, tmp_path):
    stub.others["/clip.mp4"] = lambda request: Reply(body=CLIP[:1000], drip=True)

    with pytest.raises(lw.DownloadError, match="stalled: under 64 KiB in"):
        video.save(tmp_path / "a.mp4")

    assert list(tmp_path.glob("*.mp4")) == []


def test_a_file_too_large_for_a_clip_does_not_fill_the_disk(client, video, stub, tmp_path):
    client.session.downloads.largest = 1000
    stub.others["/clip.mp4"] = lambda request: Reply(body=CLIP)

    with pytest.raises(lw.DownloadError, match="too large"):
        video.save(tmp_path / "a.mp4")

    assert list(tmp_path.glob("*.mp4")) == []


def test_files_get_the_permissions_of_the_users_other_files(video, stub, tmp_path, monkeypatch):
    stub.others["/clip.mp4"] = lambda request: Reply(body=CLIP)
    other = tmp_path / "other"
    other.touch()
    # The setting belongs to the whole process: a thread that changes it, changes it for all.
    monkeypatch.setattr("os.umask", lambda mask: pytest.fail("it was touched"))

    assert video.save(tmp_path / "a.mp4").stat().st_mode == other.stat().st_mode


def test_the_sandbox_is_reached_whatever_proxy_the_environment_names(monkeypatch):
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.invalid:3128")
    monkeypatch.setenv("NO_PROXY", "")

    with lw.Client.sandbox(speed=600, packaged=True) as client:
        assert client.balance().available_points == 100_000

"""Pictures of earlier sessions: the library keeps them, and requests are made of them again."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from tests.client.both_clients import quick
from tests.support.raw_service import RESET, RawService, Reply
from tests.support.waiting import wait_until

from .conftest import KEY
from .picture_factory import phone_jpeg, photo

SIGNED = "X-Amz-Date=20990101T000000Z&X-Amz-Expires=86400&X-Amz-Signature="
ENDED = "X-Amz-Date=20200101T000000Z&X-Amz-Expires=86400&X-Amz-Signature="


class Session:
    """One session after another on one library, each with an uploader that signs anew."""

    def __init__(self, stub: RawService, folder: Path) -> None:
        self.stub, self.folder = stub, folder
        self.uploaded: list[str] = []
        self.query = SIGNED

    def upload(self, data: bytes, name: str) -> str:
        assert data
        self.uploaded.append(name)
        return f"https://pictures.example.com/{name}?{self.query}{len(self.uploaded)}"

    def run(self, work: Callable[[lw.Client, lw.Library], Any], *, reuse: bool = False) -> Any:
        library = lw.Library(self.folder)
        made = lw.Client(
            KEY, base_url=self.stub.url, library=library, uploader=self.upload, reuse=reuse
        )
        with quick(made) as client:
            result = work(client, library)
        library.close()
        return result


@pytest.fixture
def session(stub: RawService, tmp_path: Path) -> Session:
    stub.becomes = "processing"
    return Session(stub, tmp_path / "library")


def pictures_in(session: Session) -> list[str]:
    return sorted(path.name for path in session.folder.glob("pictures/*"))


def request_of(library: lw.Library, job_id: str) -> lw.VideoDiffusion:
    job = library.get(job_id)
    assert job is not None
    assert isinstance(job.request, lw.VideoDiffusion)
    return job.request


def test_a_request_of_an_earlier_session_is_sent_again_with_new_links(session: Session) -> None:
    def first(client: lw.Client, _: lw.Library) -> str:
        return client.video_diffusion("waves", image=phone_jpeg(), end_image=photo()).id

    def later(client: lw.Client, library: lw.Library) -> str:
        return client.submit(request_of(library, job_id)).id

    job_id = session.run(first)
    other = session.run(later)

    assert other != job_id
    assert len(session.uploaded) == 4
    sent = [post.json["prompt"] for post in session.stub.posted]
    assert all(SIGNED in prompt for prompt in sent), "the links work"
    assert f"{SIGNED}3" in sent[1]
    assert f"{SIGNED}4" in sent[1]


def test_a_request_of_an_earlier_session_is_recognised_by_its_pictures(session: Session) -> None:
    picture = phone_jpeg()

    def made(client: lw.Client, _: lw.Library) -> tuple[str, bool]:
        job = client.video_diffusion("waves", image=picture)
        return job.id, job.reused

    def made_again(client: lw.Client, library: lw.Library) -> tuple[str, bool]:
        job = client.submit(request_of(library, first))
        return job.id, job.reused

    first, _ = session.run(made)

    assert session.run(made, reuse=True) == (first, True)
    assert session.run(made_again, reuse=True) == (first, True)
    assert len(session.stub.posted) == len(session.uploaded) == 1


def test_a_take_that_failed_is_made_again_in_a_later_session(session: Session) -> None:
    picture = photo()

    def made(client: lw.Client, _: lw.Library) -> str:
        job = client.video_diffusion("waves", image=picture)
        wait_until(lambda: job.done or job.refresh().done, "it failed")
        assert job.status == "failed"
        return job.id

    def made_again(client: lw.Client, library: lw.Library) -> tuple[str, bool]:
        job = client.submit(request_of(library, failed))
        return job.id, job.reused

    session.stub.becomes = "failed"
    failed = session.run(made, reuse=True)
    session.stub.becomes = "processing"
    job_id, reused = session.run(made_again, reuse=True)

    assert (job_id != failed, reused) == (True, False)
    assert f"{SIGNED}2" in session.stub.posted[1].json["prompt"]


def test_links_that_ended_meanwhile_are_made_anew_in_the_same_session(session: Session) -> None:
    session.query = ENDED

    def twice(client: lw.Client, _: lw.Library) -> None:
        job = client.video_diffusion("waves", image=photo())
        session.query = SIGNED
        assert job.request is not None
        client.submit(job.request)

    session.run(twice)

    first, second = (post.json["prompt"] for post in session.stub.posted)
    assert ENDED in first
    assert SIGNED in second


def test_a_link_of_the_callers_own_is_left_alone(session: Session) -> None:
    own = "https://example.com/mine.jpg"

    def later(client: lw.Client, library: lw.Library) -> None:
        client.submit(request_of(library, job_id).linked(image_url=own))

    job_id = session.run(lambda client, _: client.video_diffusion("waves", image=photo()).id)
    session.run(later)

    assert len(session.uploaded) == 1
    assert session.stub.posted[1].json["prompt"].startswith(own)


def test_pictures_are_kept_as_long_as_a_job_was_made_from_them(session: Session) -> None:
    picture = phone_jpeg()

    def made(client: lw.Client, _: lw.Library) -> list[str]:
        both = client.video_diffusion("waves", image=picture, end_image=photo())
        return [both.id, client.video_diffusion("wind", image=picture).id]

    both, one = session.run(made)
    shared, other = session.uploaded
    assert pictures_in(session) == sorted([shared, other])
    library = lw.Library(session.folder)
    library.forget(both)
    assert pictures_in(session) == [shared]
    library.forget(one)
    assert pictures_in(session) == []
    library.close()


def test_the_size_of_a_library_counts_its_pictures(session: Session) -> None:
    session.run(lambda client, _: client.video_diffusion("waves", image=phone_jpeg()))

    (path,) = session.folder.glob("pictures/*")
    with lw.Library(session.folder) as library:
        assert library.size == path.stat().st_size > 0


def test_prune_removes_the_pictures_that_no_job_uses(session: Session) -> None:
    def made(client: lw.Client, _: lw.Library) -> str:
        return client.video_diffusion("waves", image=phone_jpeg()).id

    job_id = session.run(made)
    (used,) = session.folder.glob("pictures/*")
    orphan = used.with_name(f"{'0' * 40}.png")
    orphan.write_bytes(b"x" * 1000)
    left_behind = used.with_name(f".{used.name}.0.part")
    left_behind.write_bytes(b"x" * 100)
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(left_behind, (long_ago, long_ago))
    being_written = used.with_name(f".{used.name}.1.part")
    being_written.write_bytes(b"x")
    foreign = used.with_name("holiday.jpg")
    foreign.write_bytes(b"not ours")

    with lw.Library(session.folder) as library:
        size = library.size
        assert library.prune(max_bytes=0) == 1100
        assert library.size == size - 1100
        assert request_of(library, job_id).pictures["image_url"].data == used.read_bytes()

    assert pictures_in(session) == sorted([used.name, being_written.name, foreign.name])


def test_a_refused_request_leaves_a_picture_to_be_pruned(session: Session) -> None:
    def refused(client: lw.Client, library: lw.Library) -> None:
        with pytest.raises(lw.InsufficientCreditsError):
            client.video_diffusion("waves", image=photo())
        assert len(pictures_in(session)) == 1
        assert library.prune() > 0

    session.stub.posts = [Reply(402, {"code": 402, "message": "too few points"})]
    session.run(refused)

    assert pictures_in(session) == []


def test_pictures_of_requests_of_unknown_outcome_stay(session: Session) -> None:
    def uncertain(client: lw.Client, library: lw.Library) -> None:
        with pytest.raises(lw.SubmissionUncertainError):
            client.video_diffusion("waves", image=photo())
        assert library.prune() == 0

    session.stub.posts = [RESET]
    session.run(uncertain)

    assert len(pictures_in(session)) == 1


def test_a_library_that_keeps_no_clips_keeps_no_pictures(session: Session) -> None:
    def made(client: lw.Client, library: lw.Library) -> None:
        library.keep_clips = False
        client.video_diffusion("waves", image=photo())

    session.run(made)

    assert pictures_in(session) == []


def test_a_picture_that_is_gone_is_named_and_its_link_is_left(session: Session) -> None:
    job_id = session.run(lambda client, _: client.video_diffusion("waves", image=photo()).id)
    for path in session.folder.glob("pictures/*"):
        path.unlink()

    def look(client: lw.Client, library: lw.Library) -> None:
        request = request_of(library, job_id)
        assert request.image_url is not None
        picture = request.pictures["image_url"]
        assert "640 x 480" in repr(picture)
        with pytest.raises(lw.UploadError, match="no longer in the library"):
            client.upload(picture)

    session.run(look)


def test_a_damaged_description_of_a_picture_does_no_harm(session: Session) -> None:
    job_id = session.run(lambda client, _: client.video_diffusion("waves", image=photo()).id)
    with sqlite3.connect(session.folder / "journal.sqlite3") as connection:
        for text in ('{"image_url": {"name": "../../x.jpg"}}', "[]", "{", '{"image_url": 1}'):
            connection.execute("UPDATE entries SET pictures = ?", (text,))
            connection.commit()
            library = lw.Library(session.folder)
            assert request_of(library, job_id).pictures == {}
            library.close()


def test_the_sandbox_of_a_later_session_gets_the_picture_again(tmp_path: Path) -> None:
    library = lw.Library(tmp_path)
    with lw.Client.sandbox(speed=2000, packaged=True, library=library) as client:
        first = client.video_diffusion("waves", image=photo()).wait(240)
    with lw.Client.sandbox(speed=2000, packaged=True, library=library) as client:
        request = request_of(library, first.id)
        again = client.submit(request).wait(240)
        assert again.request is not None
        assert client.config.base_url in str(again.request.payload()["prompt"])
    library.close()


class Watched(io.BytesIO):
    """A file that notes in which thread it is read."""

    thread = 0

    def read(self, size: int | None = -1) -> bytes:
        self.thread = threading.get_ident()
        return super().read(size)


async def test_the_awaiting_client_prepares_pictures_beside_its_loop(stub: RawService) -> None:
    stub.becomes = "completed"
    files = [Watched(phone_jpeg()) for _ in range(3)]

    async def upload(data: bytes, name: str) -> str:
        await asyncio.sleep(0)
        return f"https://pictures.example.com/{name}"

    async with lw.AsyncClient(KEY, base_url=stub.url, library=False, uploader=upload) as client:
        job = await client.video_diffusion("waves", image=files[0], end_image=files[1])
        await job.animate(files[2], "wind")
        with pytest.raises(ValueError, match="image is empty"):
            await client.video_diffusion("waves", image=b"")

    assert {file.thread for file in files} & {0, threading.get_ident()} == set()
    assert len(stub.posted) == 2

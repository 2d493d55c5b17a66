"""What lies on the disk is checked before it is used, and damaged clips are set aside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import legnext_widgets as lw
from legnext_widgets.library import Library
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from tests.client.both_clients import quick
from tests.library import job_factory
from tests.library.test_clips import Download
from tests.support import mp4
from tests.support.raw_service import RawService, Reply
from tests.support.report import note_situation
from tests.support.task_factory import task
from tests.support.waiting import wait_until

CLIP = mp4.clip(bytes(range(256)) * 40)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4000])


def overwrite_head(path: Path) -> None:
    path.write_bytes(b"<html>" + path.read_bytes()[6:])


def change_inside(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-20] ^= 255
    path.write_bytes(content)


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + mp4.box(b"free", b"more"))


AT_ONCE: list[Callable[[Path], None]] = [cut, overwrite_head, grow]


async def kept(library: Library) -> tuple[str, Path]:
    job_id = await job_factory.job(library)
    path = await library.keep(job_id, 0, Download(CLIP))
    assert path is not None
    return job_id, path


@pytest.mark.parametrize("damage", AT_ONCE)
async def test_a_damaged_clip_is_set_aside_and_kept_again(library: Library, damage) -> None:
    job_id, path = await kept(library)
    damage(path)
    assert library.videos()[0].kept is None

    assert library.kept_path(job_id, 0) is None

    (aside,) = (library.path / "damaged").iterdir()
    assert aside.suffix == ".mp4"
    assert not path.exists()
    assert "was damaged on this disk" in (library.problem or "")
    assert [record.job_id for record in library.unkept_records()] == [job_id]
    download = Download(CLIP)
    assert await library.keep(job_id, 0, download) == path
    assert download.calls == 1
    assert library.problem is None


async def test_a_damaged_clip_is_not_exported(library: Library, tmp_path: Path) -> None:
    _, path = await kept(library)
    cut(path)

    library.export(tmp_path / "out")

    assert list((tmp_path / "out").glob("*.mp4")) == []


@pytest.mark.parametrize("damage", [*AT_ONCE, change_inside, Path.unlink])
async def test_verify_finds_every_damage(library: Library, damage) -> None:
    _, whole = await kept(library)
    job_id, path = await kept(library)
    damage(path)

    found = library.verify()

    assert (found.checked, found.ok) == (2, False)
    (clip,) = found.damaged
    assert (clip.job_id, clip.index) == (job_id, 0)
    assert (clip.set_aside is None) == (damage is Path.unlink)
    assert whole.exists()
    assert library.verify().ok


async def test_a_clip_without_a_hash_gets_one_when_it_is_verified(
    library: Library, journal: Journal
) -> None:
    _, path = await kept(library)
    journal.change(lambda connection: connection.execute("DELETE FROM settings"))
    assert library.verify().ok

    change_inside(path)

    assert not library.verify().ok


async def test_a_forgotten_or_pruned_clip_leaves_no_hash(library: Library, folder: Path) -> None:
    for remove in (library.forget, lambda _: library.prune(max_bytes=0)):
        job_id, _ = await kept(library)
        remove(job_id)
        rows = Database(folder).read(lambda c: c.execute("SELECT name FROM settings").fetchall())
        assert [row["name"] for row in rows if row["name"].startswith("sha256/")] == []


async def test_verify_of_a_library_that_cannot_be_written_only_reports(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = await kept(library)
    cut(path)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(Path, "replace", refuse)

    assert not library.verify().ok
    assert path.exists()
    assert library.videos()[0].kept is None


def test_a_damaged_clip_is_fetched_anew_where_a_link_lives_and_said_where_not(
    tmp_path: Path,
) -> None:
    stub = RawService()
    job_id = job_factory.new_id()
    links = {"output": {"video_urls": [f"{stub.url}/clip.mp4"]}}
    stub.jobs[job_id] = task(job_id, "completed") | links
    stub.others["/clip"] = lambda request: Reply(body=CLIP)
    with (
        Library(tmp_path / "library") as library,
        quick(lw.Client("lk-0123456789", base_url=stub.url, library=library)) as client,
    ):
        video = client.job(job_id).refresh().videos[0]
        wait_until(lambda: video.kept, "it is kept")
        assert video.kept is not None
        cut(video.kept)
        assert video.save(tmp_path / "a.mp4").read_bytes() == CLIP
        wait_until(lambda: video.kept, "it is kept again")
        requests = len(stub.requests)

        assert video.kept is not None
        cut(video.kept)
        stub.others["/clip"] = lambda request: Reply(404)
        with pytest.raises(lw.DownloadError, match=r"The kept file of this clip is damaged"):
            video.read()
    stub.close()
    note_situation(
        "a kept clip was cut, its link lives",
        sees="(the clip)",
        requests=requests,
        at_risk=0,
        whole=True,
    )
    note_situation(
        "a kept clip was cut, its link is dead",
        sees="The kept file of this clip is damaged",
        requests=2,
        at_risk=0,
        whole=False,
    )


async def test_the_next_session_sets_damaged_clips_aside_and_keeps_them_again(
    tmp_path: Path,
) -> None:
    stub = RawService()
    job_id = job_factory.new_id()
    links = {"output": {"video_urls": [f"{stub.url}/clip.mp4"]}}
    stub.jobs[job_id] = task(job_id, "completed") | links
    stub.others["/clip"] = lambda request: Reply(body=CLIP)
    with Library(tmp_path / "library") as library:
        async with lw.AsyncClient("lk-0123456789", base_url=stub.url, library=library) as client:
            await (await client.job(job_id)).refresh()
            while library.kept_path(job_id, 0) is None:
                await (await client.job(job_id)).refresh()
        path = library.kept_path(job_id, 0)
        assert path is not None
        cut(path)
        async with lw.AsyncClient("lk-0123456789", base_url=stub.url, library=library) as client:
            await client.session.restore(10)
            while library.kept_path(job_id, 0) is None:
                await (await client.job(job_id)).refresh()
        assert path.read_bytes() == CLIP
        assert len(list((library.path / "damaged").iterdir())) == 1
    stub.close()

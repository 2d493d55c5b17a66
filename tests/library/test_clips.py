"""Kept clips: whole or not there, counted, pruned, with posters."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from legnext_widgets.client.errors import DownloadError
from legnext_widgets.library import Library
from legnext_widgets.library.clips.clip_paths import clip_file, path_of
from legnext_widgets.library.clips.posters import MAX_BYTES
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from legnext_widgets.library.db.statements.clip_writes import GONE_SECONDS
from legnext_widgets.library.records import realm_columns
from tests.library import job_factory
from tests.library.job_factory import OTHER_ACCOUNT, REAL
from tests.support import mp4
from tests.support.task_factory import task

T = TypeVar("T")


class Download:
    """Stands for the client's downloader of whole clips and counts its calls."""

    def __init__(self, content: bytes = mp4.clip(), error: Exception | None = None) -> None:
        self.content = content
        self.error = error
        self.calls = 0

    async def __call__(self, target: Path) -> None:
        self.calls += 1
        half = len(self.content) // 2
        target.write_bytes(self.content[:half])
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        target.write_bytes(self.content)


def files_in(folder: Path, name: str) -> list[Path]:
    return [path for path in (folder / name).rglob("*") if path.is_file()]


async def test_a_clip_that_is_gone_at_its_host_for_days_is_not_tried_any_more(
    library: Library, journal: Journal
) -> None:
    job_id = await job_factory.job(library)
    gone = Download(error=DownloadError("A fresh link was refused, too.", gone=True))
    broken = Download(error=DownloadError("The network is down."))

    async def fail(download: Download) -> None:
        with pytest.raises(DownloadError):
            await library.keep(job_id, 0, download)

    def three_days_later(connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE settings SET value = value - ? WHERE name LIKE 'gone/%'", (GONE_SECONDS,)
        )

    await fail(gone)
    await fail(gone)
    journal.change(three_days_later)
    await fail(broken)
    assert [record.job_id for record in library.unkept_records()] == [job_id]

    await fail(gone)

    assert library.unkept_records() == []
    assert await library.keep(job_id, 0, Download()) is not None  # for who asks for it


async def test_a_clip_is_fetched_once_and_found_again(library: Library, folder: Path) -> None:
    job_id = await job_factory.job(library)
    download = Download()
    path = await library.keep(job_id, 2, download)
    assert path is not None
    assert path.read_bytes() == mp4.clip()
    assert await library.keep(job_id, 2, download) == path
    assert download.calls == 1
    assert library.kept_path(job_id, 2) == path
    assert library.kept_path(job_id, 1) is None
    assert library.size == len(mp4.clip())
    assert files_in(folder, "partial") == []
    with Library(folder) as second:
        record = second.record(job_id)
        assert record is not None
        assert dict(record.kept) == {2: path}


async def test_only_the_owner_may_read_what_is_kept(library: Library, folder: Path) -> None:
    job_id = await job_factory.job(library)
    await library.keep(job_id, 0, Download())
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


async def test_a_broken_download_leaves_nothing_behind(library: Library, folder: Path) -> None:
    job_id = await job_factory.job(library)
    with pytest.raises(ConnectionResetError):
        await library.keep(job_id, 0, Download(error=ConnectionResetError(errno.ECONNRESET, "x")))
    assert files_in(folder, "clips") == files_in(folder, "partial") == []
    assert library.kept_path(job_id, 0) is None
    assert await library.keep(job_id, 0, Download()) is not None


async def test_a_full_disk_while_downloading_is_reported_and_costs_only_the_clip(
    library: Library,
) -> None:
    job_id = await job_factory.job(library)
    full = Download(error=OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert await library.keep(job_id, 0, full) is None
    assert "could not be kept" in (library.problem or "")
    assert await library.keep(job_id, 0, Download()) is not None
    assert library.problem is None


async def test_an_empty_download_is_no_clip(library: Library) -> None:
    job_id = await job_factory.job(library)
    with pytest.raises(ValueError, match="Nothing was fetched"):
        await library.keep(job_id, 0, Download(content=b""))
    assert library.kept_path(job_id, 0) is None


async def test_two_sessions_fetch_one_clip_once(library: Library, folder: Path) -> None:
    job_id = await job_factory.job(library)
    download = Download()
    with Library(folder) as second:
        paths = await asyncio.gather(
            *(each.keep(job_id, 0, download) for each in (library, second, library, second))
        )
    assert len(set(paths)) == 1
    assert download.calls == 1


async def test_a_clip_renamed_just_before_a_crash_is_taken_over(
    library: Library, folder: Path
) -> None:
    job_id = await job_factory.job(library)
    target = folder / clip_file(realm_columns(REAL), job_id, 0)
    target.parent.mkdir(parents=True)
    target.write_bytes(mp4.clip(b"whole, since only whole files are renamed"))
    download = Download()
    assert await library.keep(job_id, 0, download) == target
    assert download.calls == 0
    assert library.size == target.stat().st_size


async def test_a_clip_deleted_by_hand_is_fetched_again(library: Library) -> None:
    job_id = await job_factory.job(library)
    download = Download()
    path = await library.keep(job_id, 0, download)
    assert path is not None
    path.unlink()
    assert library.kept_path(job_id, 0) is None
    assert await library.keep(job_id, 0, download) == path
    assert download.calls == 2


async def test_accounts_never_share_a_file(library: Library) -> None:
    shared = job_factory.new_id()
    for identity in (REAL, OTHER_ACCOUNT):
        await library.observe(identity, task(shared, "completed"))
        clip = mp4.clip(identity.account.encode())
        await library.keep(shared, 0, Download(clip), identity=identity)
    path = library.kept_path(shared, 0, identity=OTHER_ACCOUNT)
    assert path is not None
    assert path.read_bytes() == mp4.clip(OTHER_ACCOUNT.account.encode())


async def test_the_switch_and_the_limit_are_stored_and_obeyed(
    library: Library, folder: Path
) -> None:
    job_id = await job_factory.job(library)
    library.keep_clips = False
    with Library(folder) as second:
        assert second.keep_clips is False
        assert await second.keep(job_id, 0, Download()) is None
        second.keep_clips = True
        second.max_bytes = 1000
    assert library.max_bytes == 1000
    assert await library.keep(job_id, 0, Download(mp4.clip_of_size(1000))) is not None
    assert await library.keep(job_id, 1, Download()) is None
    assert "raise its max_bytes" in (library.problem or "")
    library.max_bytes = None
    assert library.max_bytes is None
    assert await library.keep(job_id, 1, Download()) is not None
    assert library.problem is None


async def test_prune_frees_the_oldest_and_spares_favourites(library: Library) -> None:
    jobs = [await job_factory.job(library) for _ in range(4)]
    for job_id in jobs:
        await library.keep(job_id, 0, Download(mp4.clip_of_size(1000)))
    library.favourite(jobs[0])
    assert library.prune(max_bytes=2500) == 2000
    assert [library.kept_path(job_id, 0) is not None for job_id in jobs] == [
        True,
        False,
        False,
        True,
    ]
    assert library.size == 2000
    assert library.prune(older_than=timedelta(days=1)) == 0
    assert library.prune(older_than=timedelta(0)) == 1000
    assert library.prune() == 0
    assert library.count() == 4
    assert library.size == 1000


async def test_clips_still_to_be_kept_are_listed_until_they_are(
    library: Library, folder: Path
) -> None:
    job_id = await job_factory.job(library)
    await job_factory.job(library, status="failed")
    for number in range(4):
        with Library(folder) as second:
            (record,) = second.unkept_records()
        assert (record.job_id, sorted(record.kept)) == (job_id, list(range(number)))
        await library.keep(job_id, number, Download())
    assert library.unkept_records() == []
    library.prune(max_bytes=0)
    assert library.unkept_records() == []
    library.keep_clips = False
    await job_factory.job(library)
    assert library.unkept_records() == []


async def test_forget_removes_the_job_and_its_files(library: Library, folder: Path) -> None:
    job_id = await job_factory.job(library, "a secret whale")
    await library.keep(job_id, 0, Download())
    library.forget(job_id)
    assert library.record(job_id) is None
    assert library.records(search="whale") == []
    assert files_in(folder, "clips") == []
    assert library.size == 0
    with pytest.raises(KeyError):
        library.forget(job_id)
    await library.observe(REAL, task(job_id, "completed"))
    assert library.record(job_id) is None


async def test_a_forgotten_job_is_not_brought_back_by_another_session(
    library: Library, folder: Path
) -> None:
    job_id = await job_factory.job(library, status="processing")
    with Library(folder) as other:
        other.forget(job_id)
    await library.observe(REAL, task(job_id, "completed"))
    assert library.record(job_id) is None
    with Library(folder) as later:
        await later.observe(REAL, task(job_id, "completed"))
        assert later.record(job_id) is None


async def test_an_uncertain_attempt_can_be_forgotten(library: Library) -> None:
    begun = job_factory.attempt()
    await library.intend(begun)
    await library.mark_uncertain(begun.id, "the connection broke")
    library.forget(begun.id)
    assert library.uncertain_records() == []


@pytest.mark.parametrize(
    "hostile",
    ["../../etc/passwd", "/etc/passwd", "a/b", "..", "", "x" * 300, "nul\0", "é", "\ud800"],
)
async def test_no_job_id_leads_out_of_the_folder(
    library: Library, folder: Path, hostile: str
) -> None:
    file = clip_file(realm_columns(REAL), hostile, 0)
    path = path_of(folder, file)
    assert path is not None
    assert path.resolve().is_relative_to(folder.resolve() / "clips")


@pytest.mark.parametrize(
    "hostile", ["../../etc/passwd", "/etc/passwd", "journal.sqlite3", "clips/../journal.sqlite3"]
)
async def test_a_journal_of_another_person_cannot_point_out_of_the_folder(
    library: Library, journal: Journal, hostile: str
) -> None:
    job_id = await job_factory.job(library)
    path = await library.keep(job_id, 0, Download())
    journal.change(lambda connection: connection.execute("UPDATE clips SET file = ?", (hostile,)))
    record = library.record(job_id)
    assert record is not None
    assert not record.kept
    library.forget(job_id)
    assert path is not None
    assert path.exists()
    assert (library.path / "journal.sqlite3").exists()


async def test_old_locks_of_dead_sessions_are_removed_and_those_of_living_ones_are_not(
    library: Library, folder: Path
) -> None:
    await library.intend(job_factory.attempt())
    (living,) = (folder / "sessions").iterdir()
    dead = [living.with_name(name) for name in ("lock-dead", "clip-dead")]
    young = living.with_name("lock-young")
    for path in (*dead, young):
        path.touch()
    for path in (*dead, living):
        os.utime(path, (1, 1))

    with Library(folder) as other:
        await other.intend(job_factory.attempt())
        assert not any(path.exists() for path in dead)
        assert living.exists()
        assert young.exists()
        assert library.uncertain() == []


async def test_unfinished_files_of_dead_sessions_are_removed_and_those_of_living_ones_are_not(
    library: Library, folder: Path
) -> None:
    job_id = await job_factory.job(library)
    other_journal = Journal(Database(folder))
    with Library.of(other_journal) as other:
        await job_factory.job(other)
        partial = folder / "partial"
        partial.mkdir()
        dead = partial / "lock-00000000000000000000000000000000.abc.mp4"
        living = partial / f"{other_journal.process.name}.abc.mp4"
        hidden = partial / f".{living.name[:40]}.x1y2.part"
        hidden.write_bytes(b"half")
        dead.write_bytes(b"half")
        living.write_bytes(b"half")
        await library.keep(job_id, 0, Download())
        assert not dead.exists()
        assert living.exists()
        assert hidden.exists()


async def test_a_real_clip_gets_a_small_poster(library: Library) -> None:
    image = pytest.importorskip("PIL.Image")
    job_id = await job_factory.job(library)
    await library.keep(job_id, 0, Download(real_mp4()))
    poster = library.poster_path(job_id, 0)
    assert poster is not None
    assert 100 < poster.stat().st_size <= MAX_BYTES
    with image.open(poster) as picture:
        assert picture.width <= 320
        assert picture.width / picture.height == pytest.approx(16 / 9, abs=0.02)


async def test_a_poster_made_elsewhere_is_taken(library: Library) -> None:
    job_id = await job_factory.job(library)
    await library.keep(job_id, 0, Download())
    assert library.poster_path(job_id, 0) is None
    path = library.add_poster(job_id, 0, b"\xff\xd8\xff and so on")
    assert path.suffix == ".jpg"
    assert library.poster_path(job_id, 0) == path
    with pytest.raises(ValueError, match="poster must be a"):
        library.add_poster(job_id, 0, b"<svg onload=alert(1)>")
    with pytest.raises(KeyError, match="not kept"):
        library.add_poster(job_id, 3, b"\xff\xd8\xff")


def real_mp4() -> bytes:
    """A short noisy clip, which makes a poster that is hard to shrink."""
    av = pytest.importorskip("av")
    numpy = pytest.importorskip("numpy")
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        noise = numpy.random.default_rng(1).integers(0, 255, (360, 640, 3), dtype="uint8")
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noise, format="rgb24")))
        container.mux(stream.encode())
    return buffer.getvalue()


class WatchedDatabase(Database):
    """A journal that records which threads read it."""

    def __init__(self, folder: Path) -> None:
        self.readers: set[int] = set()
        super().__init__(folder)

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        self.readers.add(threading.get_ident())
        return super().read(query)


async def test_keeping_a_clip_never_reads_the_disk_on_the_callers_event_loop(
    folder: Path,
) -> None:
    database = WatchedDatabase(folder)
    with Library.of(Journal(database)) as library:
        job_id = await job_factory.job(library)
        database.readers.clear()
        for _ in range(2):
            assert await library.keep(job_id, 0, Download()) is not None
        assert database.readers
        assert threading.get_ident() not in database.readers

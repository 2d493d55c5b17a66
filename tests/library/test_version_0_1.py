"""A library that version 0.1 wrote opens, is complete, and goes on in the same format."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from legnext_widgets.client.api.values.request_key import request_key
from legnext_widgets.client.session.store import Identity
from legnext_widgets.library import Library
from legnext_widgets.library.clips.clip_paths import path_of
from legnext_widgets.library.db.schema import SCHEMA_VERSION
from tests.library import job_factory
from tests.library.test_clips import Download
from tests.support.task_factory import task

REAL = Identity("https://api.legnext.ai", "fingerprint-a")
OTHER_ACCOUNT = Identity("https://api.legnext.ai", "fingerprint-b")
EMBEDDED = Identity("sandbox", "", sandbox=True)
SERVED = Identity("http://127.0.0.1:8123", "fingerprint-a", sandbox=True)

HOSTILE = "\"><script>alert(1)</script> '); DROP TABLE entries;-- 🎬 雨"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out the folder as version 0.1 left it."""
    folder = tmp_path / "library"
    folder.mkdir()
    script = Path(__file__).with_name("version_0_1.sql").read_text(encoding="utf-8")
    with closing(connect(folder)) as connection:
        connection.executescript(f"BEGIN; {script} COMMIT;")
        connection.execute("PRAGMA journal_mode = WAL")
        for clip in connection.execute("SELECT file, bytes, poster, poster_bytes FROM clips"):
            for name, size in (clip[:2], clip[2:]):
                path = path_of(folder, name)
                if path is not None:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(b"x" * size)
    return folder


def connect(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "journal.sqlite3", isolation_level=None)


def schema_of(folder: Path) -> list[tuple[object, ...]]:
    with closing(connect(folder)) as connection:
        tables = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name")
        versions = [connection.execute(f"PRAGMA {name}") for name in ("user_version", "page_size")]
        return [*tables.fetchall(), *(found.fetchone() for found in versions)]


def test_nothing_is_missing(library: Library) -> None:
    assert library.problem is None
    by_prompt = {
        record.attempt.payload["prompt"]: record for record in library.records() if record.attempt
    }
    assert len(library.records()) == 10
    cat = by_prompt["https://example.com/a.png?width=640 A cat in the rain --motion high"]
    assert (cat.identity, cat.status, cat.kind) == (REAL, "completed", "video_diffusion")
    assert (cat.favourite, cat.note) == (True, "for Ann's birthday")
    assert sorted(cat.kept) == [0, 1]
    assert {path.suffix for path in cat.posters.values()} == {".png"}
    assert all(path.is_file() for path in (*cat.kept.values(), *cat.posters.values()))
    assert cat.attempt is not None
    assert cat.attempt.payload["videoType"] == 1
    assert by_prompt[HOSTILE].note == HOSTILE
    assert {record.identity for record in library.records(sandbox=True)} == {EMBEDDED, SERVED}
    assert len(library.records(identity=OTHER_ACCOUNT)) == 1
    (running,) = library.unfinished_records()
    assert running == by_prompt["a lighthouse in a storm"]
    assert {record.reason for record in library.uncertain_records()} == {
        "the connection broke",
        "The process that sent it ended before the answer was recorded.",
    }
    assert library.max_bytes == 5 * 2**30
    assert library.size > 0


def test_points_and_durations_are_those_of_the_real_service(library: Library) -> None:
    assert sum(total.points for total in library.points()) == 480 * 6 + 80
    assert sum(total.points for total in library.points(sandbox=True)) == 480 * 2
    assert set(library.durations("video_diffusion", sandbox=False)) == {200}
    assert set(library.durations("video_diffusion", sandbox=True)) == {4}


@pytest.mark.parametrize(
    ("words", "count"),
    [("cat", 4), ("birthd", 1), ("猫", 1), ("雨", 1), ("whale", 1), ("drop table", 1), ("🎬", 1)],
)
def test_it_is_searched(library: Library, words: str, count: int) -> None:
    assert len(library.records(search=words)) == count


def columns_of(folder: Path) -> dict[str, set[str]]:
    with closing(connect(folder)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
            for (name,) in tables.fetchall()
        }


def test_it_gets_what_newer_versions_need_and_loses_nothing(folder: Path) -> None:
    rows = "SELECT * FROM entries ORDER BY entry"
    with closing(connect(folder)) as connection:
        before = connection.execute(rows).fetchall()
        names = [column[0] for column in connection.execute(rows).description]
    Library(folder).close()
    with closing(connect(folder)) as connection:
        after = connection.execute(rows.replace("*", ", ".join(names))).fetchall()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    assert after == before
    assert version == SCHEMA_VERSION


async def test_each_job_is_a_take_of_its_request(folder: Path, library: Library) -> None:
    for record in library.records():
        if record.attempt is None:  # taken over by its id
            continue
        key = request_key(record.attempt.endpoint, record.attempt.payload)
        holders = await library.takes.holders(record.identity, key)
        held = [holder.record.job_id for holder in holders]
        assert (record.job_id in held) == (record.status != "failed")
    with closing(connect(folder)) as connection:
        unkeyed = "SELECT count(*) FROM entries WHERE payload IS NOT NULL AND request IS NULL"
        assert connection.execute(unkeyed).fetchone() == (0,)


async def test_it_goes_on_in_one_format(folder: Path) -> None:
    first = columns_of(folder)
    Library(folder).close()
    before = schema_of(folder)
    assert all(names <= columns_of(folder)[table] for table, names in first.items())
    with Library(folder) as library:
        assert library.problem is None
        new = await job_factory.job(library, "a new zebra", identity=REAL)
        assert await library.keep(new, 0, Download(), identity=REAL) is not None
        (running,) = library.unfinished_records(REAL)
        assert running.job_id is not None
        await library.observe(REAL, task(running.job_id, "completed"))
        library.annotate(running.job_id, "finished at last")
        (open_attempt, _) = library.uncertain_records()
        assert open_attempt.attempt is not None
        await library.accept(open_attempt.attempt.id, job_factory.new_id(), b"")
        assert len(library.records(search="zebra")) == len(library.records(search="at last")) == 1
        assert library.unfinished_records(REAL) != []
    assert schema_of(folder) == before
    with Library(folder) as library:
        assert library.problem is None
        assert library.count() == 12


def test_its_marks_of_jobs_mean_all_their_clips(library: Library) -> None:
    (cat,) = library.jobs(search="birthday")
    assert {(video.favourite, video.note, video.hidden) for video in cat.videos} == {
        (True, "for Ann's birthday", False)
    }
    kept = [video for video in library.videos(favourite=True) if video.job_id == cat.id]
    assert kept == cat.videos
    assert library.prune(max_bytes=0) > 0
    assert sorted(library.get(cat.id).state.kept) == [0, 1]  # type: ignore[union-attr]


async def test_a_kept_clip_is_not_fetched_again(library: Library) -> None:
    (cat,) = library.records(search="birthday")
    download = Download()
    assert cat.job_id is not None
    assert await library.keep(cat.job_id, 0, download) == cat.kept[0]
    assert download.calls == 0

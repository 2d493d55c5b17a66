"""Damaged, full and read-only disks, and other versions: work goes on and nothing is deleted."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from legnext_widgets.library import Library
from legnext_widgets.library.db import schema
from tests.library import job_factory
from tests.library.subprocesses import python


def journal_files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("journal*")}


async def test_a_damaged_journal_is_set_aside_and_a_new_one_begun(folder: Path) -> None:
    with Library(folder) as library:
        await job_factory.job(library)
    (folder / "journal.sqlite3").write_bytes(b"no database at all" * 1000)
    with Library(folder) as library:
        assert "damaged" in (library.problem or "")
        job_id = await job_factory.job(library)
        assert library.record(job_id) is not None
    (aside,) = folder.glob("journal-damaged-*.sqlite3")
    assert aside.read_bytes().startswith(b"no database at all")
    with Library(folder) as library:
        assert library.problem is None
        assert library.count() == 1


async def test_what_can_still_be_read_is_carried_over(folder: Path) -> None:
    with Library(folder) as library:
        jobs = [await job_factory.job(library, f"prompt {number} whale") for number in range(200)]
        library.favourite(jobs[0])
    path = folder / "journal.sqlite3"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8 * 4096] = os.urandom(8 * 4096)
    path.write_bytes(content)
    with Library(folder) as library:
        # Damaged pages are found when they are read, not at opening.
        library.records()
        await job_factory.job(library)
        library.records(search="whale")
        library.records(sandbox=False)
        first, last = library.record(jobs[0]), library.record(jobs[-1])
        assert "damaged" in (library.problem or "")
        assert first is not None
        assert first.favourite
        assert last is not None
        assert 150 < library.count() <= 201
        assert 150 < len(library.records(search="whale")) <= 200
    assert len(list(folder.glob("journal-damaged-*.sqlite3"))) == 1


async def test_damage_while_open_does_not_stop_the_work(folder: Path) -> None:
    with Library(folder) as library:
        await job_factory.job(library)
        library.close()
        (folder / "journal.sqlite3").write_bytes(b"rubbish" * 5000)
        job_id = await job_factory.job(library)
        assert library.record(job_id) is not None
    with Library(folder) as library:
        assert library.record(job_id) is not None


async def test_two_sessions_that_find_one_damage_set_it_aside_once(folder: Path) -> None:
    with Library(folder) as first, Library(folder) as second:
        await job_factory.job(first)
        await job_factory.job(second)
        first.close()
        second.close()
        (folder / "journal.sqlite3").write_bytes(b"rubbish" * 5000)
        jobs = await asyncio.gather(*(job_factory.job(each) for each in (first, second) * 5))
        assert {record.job_id for record in first.records()} == set(jobs)
        assert {record.job_id for record in second.records()} == set(jobs)
    assert len(list(folder.glob("journal-damaged-*.sqlite3"))) == 1


async def test_a_session_that_looks_first_still_writes_into_the_new_journal(folder: Path) -> None:
    with Library(folder) as first, Library(folder) as second:
        await job_factory.job(first)
        await job_factory.job(second)
        with (folder / "journal.sqlite3").open("r+b") as file:
            file.write(b"rubbish" * 600)
        (folder / "journal.sqlite3-wal").write_bytes(b"")
        await job_factory.job(first)
        second.records()
        job_id = await job_factory.job(second)
        assert first.record(job_id) is not None
        assert second.record(job_id) is not None
    assert len(list(folder.glob("journal-damaged-*.sqlite3"))) == 1


async def test_a_folder_deleted_under_an_open_library_is_made_again(
    library: Library, folder: Path
) -> None:
    await job_factory.job(library)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    job_id = await job_factory.job(library)
    with Library(folder) as second:
        assert second.record(job_id) is not None


async def test_a_library_of_a_newer_version_is_left_alone_and_work_goes_on(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Library(folder) as library:
        await job_factory.job(library)
    path = folder / "journal.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    with Library(folder) as library:
        assert "newer version" in (library.problem or "")
        assert library.records() == []
        job_id = await job_factory.job(library)
        assert library.record(job_id) is not None
        assert await library.keep(job_id, 0, lambda _: asyncio.sleep(0)) is None
    assert path.read_bytes() == before
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_database_of_another_program_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    path = folder / "journal.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with Library(folder) as library:
        assert "another program" in (library.problem or "")
    assert path.read_bytes() == before


def test_migrations_lead_from_any_older_version_to_the_newest() -> None:
    steps = [
        "CREATE TABLE a (x);",
        "ALTER TABLE a ADD COLUMN y;\nUPDATE a SET y = x + 1;",
        "CREATE TABLE b (z);",
    ]
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(connection, steps[:1])
    connection.execute("INSERT INTO a VALUES (1)")
    schema.migrate(connection, steps)
    assert connection.execute("SELECT x, y FROM a").fetchall() == [(1, 2)]
    assert connection.execute("PRAGMA user_version").fetchone() == (3,)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(connection, [*steps, "CREATE TABLE c (x);\nCREATE TABLE a (x);"])
    assert connection.execute("PRAGMA user_version").fetchone() == (3,)
    assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'c'").fetchall() == []
    connection.close()


async def test_a_path_that_cannot_be_a_folder_leaves_a_library_in_memory_for_the_session(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("in the way")
    with Library(tmp_path / "file" / "library") as library:
        assert "cannot hold a library" in (library.problem or "")
        job_id = await job_factory.job(library, "a cat")
        library.favourite(job_id)
        assert [record.job_id for record in library.records(search="cat", favourite=True)] == [
            job_id
        ]


LOOK_AT_READ_ONLY = """
    import asyncio, os, sys
    from legnext_widgets.library import Library
    from tests.library import job_factory
    if os.geteuid() == 0:
        # Modes do not hold back root, so it becomes another user.
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    with Library(sys.argv[1]) as library:
        assert "cannot be written" in library.problem, library.problem
        assert library.records(search="seen")[0].job_id == sys.argv[2]
        job_id = asyncio.run(job_factory.job(library, "new"))
        assert library.record(job_id) is not None
        assert asyncio.run(library.keep(job_id, 0, None)) is None
"""


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX's")
async def test_a_read_only_folder_can_be_seen_and_work_goes_on() -> None:
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent) / "library"
        library = Library(folder)
        job_id = await job_factory.job(library, "seen")
        try:
            # Open still: what is in the write-ahead log must be seen as well.
            for path in (folder, *folder.rglob("*")):
                path.chmod(0o555 if path.is_dir() else 0o444)
            before = journal_files(folder)
            python(LOOK_AT_READ_ONLY, folder, job_id)
            assert journal_files(folder) == before
        finally:
            folder.chmod(0o700)
            library.close()


FULL_DISK = """
    import asyncio, logging, resource, sys
    from legnext_widgets.library import Library
    from tests.library import job_factory
    logging.basicConfig(stream=sys.stdout, format="%(levelname)s", level=logging.WARNING)

    async def main():
        library = Library(sys.argv[1])
        first = await job_factory.job(library)
        used = max(path.stat().st_size for path in library.path.iterdir() if path.is_file())
        unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (used, unlimited[1]))
        during = [await job_factory.job(library) for _ in range(3)]
        assert "cannot be written" in library.problem, library.problem
        assert library.record(first) is not None
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        after = await job_factory.job(library)
        assert library.problem is None, library.problem
        assert {record.job_id for record in library.records()} == {first, *during, after}
        library.close()

    asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are POSIX's")
def test_a_full_disk_is_reported_once_and_what_it_refused_is_written_when_there_is_room(
    folder: Path,
) -> None:
    printed = python(FULL_DISK, folder)
    assert printed.splitlines() == ["WARNING"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX's")
async def test_the_folder_and_its_files_are_private(library: Library, folder: Path) -> None:
    await library.intend(job_factory.attempt())
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path

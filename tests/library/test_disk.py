"""Bad disks, other versions, other machines: the work goes on and nothing is deleted."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path, PureWindowsPath

import pytest

from legnext_widgets.library import Library, paths
from legnext_widgets.library.db import opening, schema
from tests.library import made
from tests.library.made import REAL

REPOSITORY = Path(__file__).parents[2]


def python(script: str, *arguments: object, **options: object) -> str:
    """Run a script in a process of its own and return what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def journal_files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("journal*")}


async def test_a_damaged_journal_is_set_aside_and_a_new_one_begun(folder: Path) -> None:
    with Library(folder) as library:
        await made.job(library)
    (folder / "journal.sqlite3").write_bytes(b"no database at all" * 1000)
    with Library(folder) as library:
        assert "damaged" in (library.problem or "")
        job_id = await made.job(library)
        assert library.record(job_id) is not None
    (aside,) = folder.glob("journal-damaged-*.sqlite3")
    assert aside.read_bytes().startswith(b"no database at all")
    with Library(folder) as library:
        assert library.problem is None
        assert library.count() == 1


async def test_what_can_still_be_read_is_carried_over(folder: Path) -> None:
    with Library(folder) as library:
        jobs = [await made.job(library, f"prompt {number} whale") for number in range(200)]
        library.favourite(jobs[0])
    path = folder / "journal.sqlite3"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8 * 4096] = os.urandom(8 * 4096)
    path.write_bytes(content)
    with Library(folder) as library:
        # Whole pages of rubbish are met on the way, not at the door.
        library.records()
        await made.job(library)
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
        await made.job(library)
        library.close()
        (folder / "journal.sqlite3").write_bytes(b"rubbish" * 5000)
        job_id = await made.job(library)
        assert library.record(job_id) is not None
    with Library(folder) as library:
        assert library.record(job_id) is not None


async def test_two_sessions_that_meet_one_damage_set_it_aside_once(folder: Path) -> None:
    with Library(folder) as first, Library(folder) as second:
        await made.job(first)
        await made.job(second)
        first.close()
        second.close()
        (folder / "journal.sqlite3").write_bytes(b"rubbish" * 5000)
        jobs = await asyncio.gather(*(made.job(each) for each in (first, second) * 5))
        assert {record.job_id for record in first.records()} == set(jobs)
        assert {record.job_id for record in second.records()} == set(jobs)
    assert len(list(folder.glob("journal-damaged-*.sqlite3"))) == 1


async def test_a_session_that_looks_first_still_writes_into_the_new_journal(folder: Path) -> None:
    with Library(folder) as first, Library(folder) as second:
        await made.job(first)
        await made.job(second)
        with (folder / "journal.sqlite3").open("r+b") as file:
            file.write(b"rubbish" * 600)
        (folder / "journal.sqlite3-wal").write_bytes(b"")
        await made.job(first)
        second.records()
        job_id = await made.job(second)
        assert first.record(job_id) is not None
        assert second.record(job_id) is not None
    assert len(list(folder.glob("journal-damaged-*.sqlite3"))) == 1


async def test_a_folder_deleted_under_an_open_library_is_made_again(
    library: Library, folder: Path
) -> None:
    await made.job(library)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    job_id = await made.job(library)
    with Library(folder) as second:
        assert second.record(job_id) is not None


async def test_a_library_of_a_newer_version_is_left_alone_and_work_goes_on(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Library(folder) as library:
        await made.job(library)
    path = folder / "journal.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    with Library(folder) as library:
        assert "newer version" in (library.problem or "")
        assert library.records() == []
        job_id = await made.job(library)
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


async def test_a_path_that_cannot_be_a_folder_leaves_a_memory_for_the_session(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("in the way")
    with Library(tmp_path / "file" / "library") as library:
        assert "cannot hold a library" in (library.problem or "")
        job_id = await made.job(library, "a cat")
        library.favourite(job_id)
        assert [record.job_id for record in library.records(search="cat", favourite=True)] == [
            job_id
        ]


LOOK_AT_READ_ONLY = """
    import asyncio, os, sys
    from legnext_widgets.library import Library
    from tests.library import made
    if os.geteuid() == 0:
        # Modes do not hold back root, so it becomes somebody else.
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    with Library(sys.argv[1]) as library:
        assert "cannot be written" in library.problem, library.problem
        assert library.records(search="seen")[0].job_id == sys.argv[2]
        job_id = asyncio.run(made.job(library, "new"))
        assert library.record(job_id) is not None
        assert asyncio.run(library.keep(job_id, 0, None)) is None
"""


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX's")
async def test_a_read_only_folder_can_be_seen_and_work_goes_on() -> None:
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent) / "library"
        library = Library(folder)
        job_id = await made.job(library, "seen")
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
    from tests.library import made
    logging.basicConfig(stream=sys.stdout, format="%(levelname)s", level=logging.WARNING)

    async def main():
        library = Library(sys.argv[1])
        first = await made.job(library)
        used = max(path.stat().st_size for path in library.path.iterdir() if path.is_file())
        unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (used, unlimited[1]))
        during = [await made.job(library) for _ in range(3)]
        assert "cannot be written" in library.problem, library.problem
        assert library.record(first) is not None
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        after = await made.job(library)
        assert library.problem is None, library.problem
        assert {record.job_id for record in library.records()} == {first, *during, after}
        library.close()

    asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are POSIX's")
def test_a_full_disk_is_told_once_and_what_was_missed_is_written_when_there_is_room(
    folder: Path,
) -> None:
    printed = python(FULL_DISK, folder)
    assert printed.splitlines() == ["WARNING"]


async def test_a_network_drive_gets_a_journal_without_shared_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(folder) as library:
        before = await made.job(library)
    monkeypatch.setattr(paths, "is_network_drive", lambda _: True)
    with Library(folder) as library, Library(folder) as second:
        jobs = await asyncio.gather(*(made.job(each) for each in (library, second) * 10))
        assert {record.job_id for record in second.records()} == {before, *jobs}
        assert {path.name for path in folder.iterdir() if "-wal" in path.name} == set()
        mode = library._database.read(
            lambda connection: connection.execute("PRAGMA journal_mode").fetchone()[0]
        )
        assert mode == "delete"
        path = await library.keep(before, 0, write_clip)
        assert path is not None
        # No lock can be trusted there: only age tells that an attempt was left alone.
        await library.intend(made.attempt())
        await library.intend(made.attempt(sent_at=made.FIRST_DAY))
        assert len(second.uncertain_records()) == 1
        assert library.problem is None


async def test_a_drive_without_any_locks_still_works(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "is_network_drive", lambda _: True)
    monkeypatch.setattr(opening, "locks_work", lambda _: False)
    with Library(folder) as library:
        jobs = await asyncio.gather(*(made.job(library) for _ in range(10)))
        assert {record.job_id for record in library.records()} == set(jobs)
    with Library(folder) as library:
        assert library.count() == 10


async def write_clip(target: Path) -> None:
    target.write_bytes(b"clip")


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
tmpfs /home/ann/scratch tmpfs rw 0 0
drive /content/drive fuse.drive rw 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
overlay /var fuse.fuse-overlayfs rw 0 0
gcs /bucket fuse.gcsfuse rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("/var/library", False),
        ("/home/ann/library", True),
        ("/home/ann/scratch/x", False),
        ("/homely", False),
        ("/content/drive/MyDrive", True),
        ("/mnt/my share/a", True),
        ("/bucket", True),
    ],
)
def test_network_drives_are_told_by_their_mount(folder: str, network: bool) -> None:
    found = paths.type_of_mount(folder, MOUNTS)
    assert paths.is_network_type(found) is network


MOUNTED_ON_MACOS = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
//ann@nas._smb._tcp.local/share on /Volumes/my share (v2) (smbfs, nodev, nosuid, mounted by ann)
nas:/export on /Volumes/nfs (nfs)
"""


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("/Users/ann/Library", False),
        ("/Volumes/my share (v2)/library", True),
        ("/Volumes/nfs/library", True),
        ("/Volumes/other", False),
    ],
)
def test_network_drives_of_macos_are_told_by_its_mount_command(folder: str, network: bool) -> None:
    mounts = paths.from_mount_command(MOUNTED_ON_MACOS)
    assert paths.is_network_type(paths.type_of_mount(folder, mounts)) is network


def test_sqlite_is_given_network_paths_of_windows_as_paths(tmp_path: Path) -> None:
    share = PureWindowsPath(r"\\nas\videos\my library\journal.sqlite3")
    assert opening.uri_of(share) == "file:////nas/videos/my%20library/journal.sqlite3"
    assert opening.uri_of(PureWindowsPath(r"C:\a#b")) == "file:///C:/a%23b"

    # SQLite itself takes such a form: here of a path that begins with two slashes.
    found = sqlite3.connect(f"file:///{tmp_path.as_posix()}/a.sqlite3?mode=rwc", uri=True)
    found.execute("CREATE TABLE t (x)")
    found.close()
    assert (tmp_path / "a.sqlite3").exists()


def test_the_folder_is_named_by_the_environment_or_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEGNEXT_LIBRARY", str(tmp_path / "mine"))
    with Library() as library:
        assert library.path == tmp_path / "mine"
    monkeypatch.delenv("LEGNEXT_LIBRARY")
    assert paths.default_folder().parts[-2:] == ("legnext-widgets", "library")


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX's")
async def test_the_folder_and_its_files_are_private(library: Library, folder: Path) -> None:
    await library.intend(made.attempt())
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


async def test_without_threads_notes_are_written_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("legnext_widgets.environment.in_pyodide", lambda: True)
    with Library(folder) as library:
        job_id = await made.job(library)
        assert await library.keep(job_id, 0, write_clip) is not None
        assert library._writer._thread is None
        assert library.kept_path(job_id, 0) is not None


MANY_PROCESSES = """
    import asyncio, sys
    from legnext_widgets.library import Library
    from tests.library import made

    async def main():
        with Library(sys.argv[1]) as library:
            for _ in range(25):
                job_id = await made.job(library)
                assert library.record(job_id) is not None
            assert library.problem is None, library.problem

    asyncio.run(main())
"""


def test_several_processes_begin_and_fill_one_folder_at_the_same_time(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(MANY_PROCESSES), str(folder)],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with Library(folder) as library:
        assert library.count() == 100
        assert len(library.records(search="cat")) == 100


FORK = """
    import asyncio, os, sys
    from legnext_widgets.library import Library
    from tests.library import made

    library = Library(sys.argv[1])
    asyncio.run(library.intend(made.attempt()))
    child = os.fork()
    if child == 0:
        job_id = asyncio.run(made.job(library))
        assert library.record(job_id) is not None
        assert library.uncertain_records() == []
        library.close()
        sys.exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    asyncio.run(made.job(library))
    assert library.uncertain_records() == []
    assert library.count() == 2
    library.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_writes_for_itself_and_leaves_the_parent_alone(folder: Path) -> None:
    python(FORK, folder)
    with Library(folder) as library:
        assert library.count() == 2
        assert len(library.uncertain_records()) == 1


def test_what_was_handed_over_is_written_when_the_interpreter_ends(folder: Path) -> None:
    script = """
        import sys
        from functools import partial
        from legnext_widgets.library import Library
        from legnext_widgets.library.db import writes
        from tests.library import made
        library = Library(sys.argv[1])
        for number in range(300):
            library._writer.submit(
                partial(writes.observe, identity=made.REAL, task=made.task(f"job-{number}"))
            )
    """
    python(script, folder)
    with Library(folder) as library:
        assert library.count(None) == 300
        assert library.record("job-299", identity=REAL) is not None

"""Network drives, drives without locks, and where the folder lies."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from legnext_widgets.library import Library, paths
from legnext_widgets.library.db import machine_locks, mounts
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from legnext_widgets.library.db.journal_file import uri_of
from legnext_widgets.library.db.machine_locks import MachineLocks
from legnext_widgets.library.db.mounts import Drive
from tests.library import job_factory
from tests.support import mp4
from tests.support.task_factory import FIRST_DAY


async def test_a_network_drive_gets_a_journal_without_shared_memory(
    folder: Path,
) -> None:
    with Library(folder) as library:
        before = await job_factory.job(library)
    journal = Journal(Database(folder, drive=Drive(network=True)))
    another = Journal(Database(folder, drive=Drive(network=True)))
    with Library.of(journal) as library, Library.of(another) as second:
        jobs = await asyncio.gather(*(job_factory.job(each) for each in (library, second) * 10))
        assert {record.job_id for record in second.records()} == {before, *jobs}
        assert {path.name for path in folder.iterdir() if "-wal" in path.name} == set()
        mode = journal.database.read(
            lambda connection: connection.execute("PRAGMA journal_mode").fetchone()[0]
        )
        assert mode == "delete"
        path = await library.keep(before, 0, write_clip)
        assert path is not None
        # Both libraries are open, and so only age shows that an attempt was abandoned.
        await library.intend(job_factory.attempt())
        await library.intend(job_factory.attempt(sent_at=FIRST_DAY))
        assert len(second.uncertain_records()) == 1
        assert library.problem is None


DIES_WHILE_SENDING = """
import asyncio, os, sys
from pathlib import Path
from legnext_widgets.library import Library
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from legnext_widgets.library.db.machine_locks import MachineLocks
from legnext_widgets.library.db.mounts import Drive
from tests.library import job_factory

library = Library.of(Journal(Database(Path(sys.argv[1]), drive=Drive(network=True))))
asyncio.run(library.intend(job_factory.attempt()))
print("sent", flush=True)
sys.stdin.readline()
os._exit(9)
"""


def test_on_a_network_drive_a_process_of_this_machine_is_known_to_be_gone(folder: Path) -> None:
    with Library.of(Journal(Database(folder, drive=Drive(network=True)))) as library:
        with subprocess.Popen(
            [sys.executable, "-c", DIES_WHILE_SENDING, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "sent\n"
            assert library.uncertain_records() == []
            other.communicate("die\n")

        assert len(library.uncertain_records()) == 1


async def test_on_a_network_drive_a_process_of_another_machine_counts_by_age(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Drive(network=True)
    away = MachineLocks(folder.parent, "another-machine")
    with Library.of(Journal(Database(folder, drive=network))) as library:
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(machine_locks, "machine_locks", lambda: away)
            there = Library.of(Journal(Database(folder, drive=network)))
            await there.intend(job_factory.attempt())
            await there.intend(job_factory.attempt(sent_at=FIRST_DAY))
            there.close()

        assert len(library.uncertain_records()) == 1


async def test_a_drive_without_any_locks_still_works(folder: Path) -> None:
    bare = Drive(network=True, locks=False)
    with Library.of(Journal(Database(folder, drive=bare))) as library:
        jobs = await asyncio.gather(*(job_factory.job(library) for _ in range(10)))
        assert {record.job_id for record in library.records()} == set(jobs)
    with Library.of(Journal(Database(folder, drive=bare))) as library:
        assert library.count() == 10


async def write_clip(target: Path) -> None:
    target.write_bytes(mp4.clip())


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
tmpfs /home/ann/scratch tmpfs rw 0 0
drive /content/drive fuse.drive rw 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
overlay /var fuse.fuse-overlayfs rw 0 0
gcs /bucket fuse.gcsfuse rw 0 0
cluster /scratch gpfs rw 0 0
host /shared prl_fs rw 0 0
new /next a-file-system-of-tomorrow rw 0 0
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
        ("/scratch/ann", True),
        ("/shared", True),
        ("/next", True),
    ],
)
def test_network_drives_are_recognised_by_their_mount(folder: str, network: bool) -> None:
    found = mounts.type_of_mount(folder, MOUNTS)
    assert mounts.is_local_type(found) is not network


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
        ("/System/Volumes/Data/home/ann", True),
    ],
)
def test_network_drives_of_macos_are_recognised_by_its_mount_command(
    folder: str, network: bool
) -> None:
    converted = mounts.convert_macos_mounts(MOUNTED_ON_MACOS)
    assert mounts.is_local_type(mounts.type_of_mount(folder, converted)) is not network


def test_a_drive_of_which_nothing_is_known_is_not_taken_for_a_local_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mounts, "read_mounts", lambda: "")

    assert mounts.drive_of(tmp_path) == Drive(network=True, locks=True)


def test_sqlite_is_given_network_paths_of_windows_as_paths(tmp_path: Path) -> None:
    share = PureWindowsPath(r"\\nas\videos\my library\journal.sqlite3")
    assert uri_of(share) == "file:////nas/videos/my%20library/journal.sqlite3"
    assert uri_of(PureWindowsPath(r"C:\a#b")) == "file:///C:/a%23b"

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

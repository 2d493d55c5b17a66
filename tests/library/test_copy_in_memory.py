"""A journal on a disk that is read-only is searched in a copy in memory."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from legnext_widgets.library import Library
from legnext_widgets.library.db.recovery import copy_to_memory
from tests.library import job_factory


@pytest.fixture
async def journal_file(folder: Path) -> Path:
    """The file of a library with one job, which is closed."""
    with Library(folder) as library:
        await job_factory.job(library)
    return folder / "journal.sqlite3"


def test_a_copy_holds_what_the_journal_holds(journal_file: Path) -> None:
    copy = copy_to_memory(journal_file)

    assert copy is not None
    with closing(copy):
        assert copy.execute("SELECT count(*) FROM entries").fetchone()[0] == 1


@pytest.mark.parametrize(
    "change", ["PRAGMA user_version = 9999", "PRAGMA application_id = 4711"], ids=["newer", "other"]
)
def test_there_is_no_copy_of_what_another_program_or_version_wrote(
    journal_file: Path, change: str
) -> None:
    with closing(sqlite3.connect(journal_file)) as database:
        database.execute(change)

    assert copy_to_memory(journal_file) is None


def test_there_is_no_copy_of_a_missing_or_damaged_journal(folder: Path) -> None:
    folder.mkdir()
    assert copy_to_memory(folder / "journal.sqlite3") is None
    (folder / "journal.sqlite3").write_bytes(b"no database at all" * 1000)
    assert copy_to_memory(folder / "journal.sqlite3") is None

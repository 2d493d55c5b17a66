"""Set a damaged journal aside and rescue its rows; read a journal that cannot be written."""

# ruff: noqa: S608 - SQL is composed of texts of this package; values are always bound.

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from . import schema
from .journal_file import COMPANIONS, memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .journal_file import JournalFile

_KEYS = {
    "realms": "realm",
    "entries": "entry",
    "clips": "entry",
    "clip_marks": "entry",
    "settings": "name",
}
"""Each table with the column by which it is stored, owners before what they own."""


def set_aside(file: JournalFile) -> tuple[str, int]:
    """Rename the damaged journal by date, and begin a new one with its readable rows.

    Args:
        file: The journal; the caller excludes other processes.

    Returns:
        The new name of the damaged file, and the number of entries that were carried over.

    Raises:
        OSError: The file cannot be renamed.
        sqlite3.Error: No new one can be made.
    """
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = file.folder / f"journal-damaged-{now}.sqlite3"
    # The companions first: a new journal must never find the old one's write-ahead log.
    for suffix in (*COMPANIONS, ""):
        with suppress(FileNotFoundError):
            Path(f"{file.path}{suffix}").replace(f"{aside}{suffix}")
    rescued = 0

    def fill(connection: sqlite3.Connection) -> None:
        nonlocal rescued
        with suppress(sqlite3.Error):
            rescued = rescue(aside, connection)

    file.create(fill)
    return aside.name, rescued


def rescue(damaged: Path, target: sqlite3.Connection) -> int:
    """Copy the rows that can still be read.

    Args:
        damaged: The file that was set aside; it is only read.
        target: A connection to the new journal.

    Returns:
        The number of entries that were copied.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = _connect_to_copy(damaged, Path(folder))
        if source is None:
            return 0
        with closing(source):
            target.execute("PRAGMA foreign_keys = OFF")
            target.execute("BEGIN")
            for table in _KEYS:
                known = [row["name"] for row in target.execute(f"PRAGMA table_info({table})")]
                for row in _readable_rows(source, table):
                    columns = [name for name in row.keys() if name in known]  # noqa: SIM118 - a Row iterates over its values
                    # The full text index is not copied; until a text changes, LIKE finds it.
                    values = [0 if name == "indexed" else row[name] for name in columns]
                    marks = ", ".join("?" * len(columns))
                    target.execute(
                        f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                        values,
                    )
            # Rows whose owners were lost with the damage.
            target.execute("DELETE FROM entries WHERE realm NOT IN (SELECT realm FROM realms)")
            for owned in ("clips", "clip_marks"):
                target.execute(
                    f"DELETE FROM {owned} WHERE entry NOT IN (SELECT entry FROM entries)"
                )
            target.execute("COMMIT")
            target.execute("PRAGMA foreign_keys = ON")
    return int(target.execute("SELECT count(*) FROM entries").fetchone()[0])


def copy_to_memory(path: Path) -> sqlite3.Connection | None:
    """Load a journal that cannot be written, so that it can be searched.

    Args:
        path: The journal, on a disk that is read-only.

    Returns:
        A database in memory of the newest version, or None when there is nothing to load.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = _connect_to_copy(path, Path(folder))
        if source is None:
            return None
        copy = memory()
        try:
            with closing(source):
                schema.version_of(source)
                source.backup(copy)
            schema.migrate(copy)
        except (sqlite3.Error, schema.NewerJournalError, schema.ForeignDatabaseError):
            copy.close()
            return None
        return copy


def _connect_to_copy(path: Path, folder: Path) -> sqlite3.Connection | None:
    """Connect to a copy, since even reading a write-ahead log writes files beside it."""
    try:
        copy = folder / path.name
        shutil.copyfile(path, copy)
        for suffix in ("-wal", "-journal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
        connection = sqlite3.connect(copy, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        return connection
    except (OSError, sqlite3.Error):
        return None


def _readable_rows(source: sqlite3.Connection, table: str) -> Iterator[sqlite3.Row]:
    """Read a table from both ends towards the damage in it; some rows come twice."""
    for direction in ("ASC", "DESC"):
        try:
            yield from source.execute(f"SELECT * FROM {table} ORDER BY {_KEYS[table]} {direction}")
            return
        except sqlite3.Error:
            continue

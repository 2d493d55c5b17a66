"""What is done with a journal that cannot be read, or not be written."""

# ruff: noqa: S608 - the SQL is composed of texts of this package; what people type is bound.

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from . import opening, schema
from .opening import COMPANIONS, Opening

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = {"realms": "realm", "entries": "entry", "clips": "entry", "settings": "name"}
"""Each table with the column by which it is stored, owners before what they own."""


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error says that the file is no sound database."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def set_aside(place: Opening) -> tuple[str, int]:
    """Give the damaged journal a dated name and begin a new one with what can be read of it.

    Args:
        place: The folder, whose lock the caller holds.

    Returns:
        The new name of the damaged file, and how many entries were carried over.

    Raises:
        OSError: When the file cannot be renamed.
        sqlite3.Error: When no new one can be made.
    """
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = place.folder / f"journal-damaged-{now}.sqlite3"
    # The companions first: a new journal must never find the old one's write-ahead log.
    for ending in (*COMPANIONS, ""):
        with suppress(FileNotFoundError):
            Path(f"{place.path}{ending}").replace(f"{aside}{ending}")
    rescued = 0

    def fill(connection: sqlite3.Connection) -> None:
        nonlocal rescued
        with suppress(sqlite3.Error):
            rescued = rescue(aside, connection)

    place.create(fill)
    return aside.name, rescued


def rescue(damaged: Path, target: sqlite3.Connection) -> int:
    """Copy the rows that can still be read.

    Args:
        damaged: The file that was set aside; it is only read.
        target: A connection to the new journal.

    Returns:
        How many entries were copied.
    """
    with tempfile.TemporaryDirectory() as copies:
        source = copied(damaged, Path(copies))
        if source is None:
            return 0
        with closing(source):
            target.execute("PRAGMA foreign_keys = OFF")
            target.execute("BEGIN")
            for table in TABLES:
                known = [row["name"] for row in target.execute(f"PRAGMA table_info({table})")]
                for row in readable_rows(source, table):
                    columns = [name for name in row.keys() if name in known]  # noqa: SIM118
                    # The full text index is not copied: it is made anew as words change.
                    values = [0 if name == "indexed" else row[name] for name in columns]
                    marks = ", ".join("?" * len(columns))
                    target.execute(
                        f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                        values,
                    )
            # Rows whose owners were lost with the damage.
            target.execute("DELETE FROM entries WHERE realm NOT IN (SELECT realm FROM realms)")
            target.execute("DELETE FROM clips WHERE entry NOT IN (SELECT entry FROM entries)")
            target.execute("COMMIT")
            target.execute("PRAGMA foreign_keys = ON")
    return int(target.execute("SELECT count(*) FROM entries").fetchone()[0])


def readable_rows(source: sqlite3.Connection, table: str) -> Iterator[sqlite3.Row]:
    """Read a table from both ends towards the damage in it.

    Args:
        source: A connection to a damaged file.
        table: One of the tables.

    Yields:
        Rows; some of them twice.
    """
    for direction in ("ASC", "DESC"):
        try:
            yield from source.execute(f"SELECT * FROM {table} ORDER BY {TABLES[table]} {direction}")
            return
        except sqlite3.Error:
            continue


def copied_to_memory(path: Path) -> sqlite3.Connection | None:
    """Load a journal that cannot be opened where it lies, for looking only.

    Args:
        path: The journal on a disk that cannot be written.

    Returns:
        A database in memory of the newest form, or None when there is nothing to load.
    """
    with tempfile.TemporaryDirectory() as copies:
        source = copied(path, Path(copies))
        if source is None:
            return None
        memory = opening.configured(sqlite3.connect(":memory:", **opening.CONNECTING))
        try:
            with closing(source):
                schema.version_of(source)
                source.backup(memory)
            schema.migrate(memory)
        except (sqlite3.Error, schema.NewerJournalError, schema.ForeignDatabaseError):
            memory.close()
            return None
        return memory


def copied(path: Path, folder: Path) -> sqlite3.Connection | None:
    """Connect to a copy of a journal, since even reading a write-ahead log writes beside it."""
    try:
        copy = folder / path.name
        shutil.copyfile(path, copy)
        for ending in ("-wal", "-journal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
        connection = sqlite3.connect(copy, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        return connection
    except (OSError, sqlite3.Error):
        return None

"""DELETE statements: remove a job or an attempt, and list the files that it used."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from legnext_widgets.library.clips import pictures
from legnext_widgets.library.db import schema
from legnext_widgets.library.records import HASH

if TYPE_CHECKING:
    import sqlite3


_FORGOTTEN = "forgotten/"
"""What the name of a setting begins with that remembers a forgotten job; its id follows."""

_MOST_FORGOTTEN = 1000
"""So many are remembered; a session that follows an older one has ended long ago."""


class RemovedFiles(NamedTuple):
    """The files that a removed row used.

    Attributes:
        files: Clips and posters that no other row uses, relative to the library's folder.
        pictures: Names of pictures, which other rows may use.
    """

    files: list[str]
    pictures: list[str]


def forget_job(connection: sqlite3.Connection, entry: int) -> RemovedFiles:
    """Remove the row of a job or an attempt for the user, so that no session brings it back.

    Returns:
        The files that it used.
    """
    job_id = connection.execute("SELECT job_id FROM entries WHERE entry = ?", (entry,)).fetchone()[
        "job_id"
    ]
    gone = forget(connection, entry)
    if job_id is not None:
        connection.execute(
            "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
            (f"{_FORGOTTEN}{job_id}", f"{time.time():.6f}"),
        )
        connection.execute(
            "DELETE FROM settings WHERE name IN (SELECT name FROM settings WHERE name LIKE ?"
            " ORDER BY value DESC LIMIT -1 OFFSET ?)",
            (f"{_FORGOTTEN}%", _MOST_FORGOTTEN),
        )
    return gone


def is_forgotten(connection: sqlite3.Connection, job_id: str) -> bool:
    """Whether the user had a job removed."""
    found = connection.execute(
        "SELECT 1 FROM settings WHERE name = ?", (f"{_FORGOTTEN}{job_id}",)
    ).fetchone()
    return found is not None


def forget(connection: sqlite3.Connection, entry: int) -> RemovedFiles:
    """Remove a row.

    Returns:
        The files that it used.
    """
    files = [
        name
        for clip in connection.execute(
            "SELECT file, poster FROM clips WHERE entry = ? AND file NOT IN"
            " (SELECT file FROM clips WHERE entry != ?)",
            (entry, entry),
        ).fetchall()
        for name in clip
        if name
    ]
    names = pictures.names_of(connection, entry)
    connection.executemany(
        "DELETE FROM settings WHERE name = ?", [(f"{HASH}{name}",) for name in files]
    )
    if schema.has_full_text(connection):
        connection.execute("DELETE FROM words WHERE rowid = ?", (entry,))
    connection.execute("DELETE FROM entries WHERE entry = ?", (entry,))
    return RemovedFiles(files, names)

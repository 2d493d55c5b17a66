"""DELETE statements: remove a job or an attempt, and list the files that it used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from legnext_widgets.library.clips import pictures
from legnext_widgets.library.db import schema
from legnext_widgets.library.records import HASH

if TYPE_CHECKING:
    import sqlite3


class Forgotten(NamedTuple):
    """The files that a removed row used.

    Attributes:
        files: Clips and posters that no other row uses, relative to the library's folder.
        pictures: Names of pictures, which other rows may use.
    """

    files: list[str]
    pictures: list[str]


def forget(connection: sqlite3.Connection, entry: int) -> Forgotten:
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
    return Forgotten(files, names)

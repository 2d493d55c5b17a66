"""What the journal notes about kept clips."""

# ruff: noqa: S608 - the SQL is composed of texts of this package; what people type is bound.
from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legnext_widgets.client.session.store import Identity

from . import writes

if TYPE_CHECKING:
    import sqlite3

COLUMNS = "c.entry, c.number, c.file, c.poster, c.bytes + c.poster_bytes AS size, c.kept_at"


@dataclass(frozen=True)
class Clip:
    """A kept clip as the journal knows it.

    Attributes:
        entry: Number of its job's entry.
        number: Its index in the job.
        file: Its place, relative to the library's folder.
        poster: Place of its poster, None without one.
        size: Bytes of both.
        kept_at: Unix seconds.
    """

    entry: int
    number: int
    file: str
    poster: str | None
    size: int
    kept_at: float


def owner_of(
    connection: sqlite3.Connection, job_id: str, realm: Identity | None
) -> tuple[int, Identity]:
    """Find the entry and the realm of a job.

    Args:
        connection: Where to read.
        job_id: The job.
        realm: Whose; by default the newest of that id.

    Returns:
        The number of the entry, and whose job it is.

    Raises:
        KeyError: When the library does not know the job.
    """
    entry = writes.entry_of_job(connection, job_id, realm)
    if entry is None:
        raise KeyError(f"The library does not know the job {job_id}.")
    row = connection.execute(
        "SELECT r.service, r.account, r.sandbox FROM entries e JOIN realms r ON r.realm = e.realm"
        " WHERE e.entry = ?",
        (entry,),
    ).fetchone()
    return entry, Identity(row["service"], row["account"], bool(row["sandbox"]))


def keep(connection: sqlite3.Connection, entry: int, number: int, file: str, size: int) -> Clip:
    """Note that a clip is kept.

    Returns:
        The clip, with its poster when it has one already.
    """
    connection.execute(
        "INSERT INTO clips (entry, number, file, bytes, kept_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (entry, number) DO UPDATE SET file = excluded.file, bytes = excluded.bytes",
        (entry, number, file, size, time.time()),
    )
    connection.execute(
        "UPDATE entries SET clips_due = 0 WHERE entry = ? AND videos <="
        " (SELECT count(*) FROM clips c WHERE c.entry = entries.entry)",
        (entry,),
    )
    return clips(connection, "c.entry = ? AND c.number = ?", (entry, number))[0]


def add_poster(connection: sqlite3.Connection, clip: Clip, poster: str, size: int) -> None:
    """Note the poster of a clip."""
    connection.execute(
        "UPDATE clips SET poster = ?, poster_bytes = ? WHERE entry = ? AND number = ?",
        (poster, size, clip.entry, clip.number),
    )


def remove(connection: sqlite3.Connection, clips: list[Clip]) -> None:
    """Note that clips are no longer kept, and not to be fetched again either."""
    connection.executemany(
        "UPDATE entries SET clips_due = 0 WHERE entry = ?", [(clip.entry,) for clip in clips]
    )
    connection.executemany(
        "DELETE FROM clips WHERE entry = ? AND number = ?",
        [(clip.entry, clip.number) for clip in clips],
    )


def clip_of(connection: sqlite3.Connection, entry: int, number: int) -> Clip | None:
    """Find a kept clip."""
    found = clips(connection, "c.entry = ? AND c.number = ?", (entry, number))
    return found[0] if found else None


def prunable(connection: sqlite3.Connection) -> list[Clip]:
    """List the clips of jobs that are no favourites, those kept longest first."""
    return clips(connection, "e.favourite = 0 ORDER BY c.kept_at, c.entry, c.number", ())


def clips(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Clip]:
    """List kept clips."""
    found = connection.execute(
        f"SELECT {COLUMNS} FROM clips c JOIN entries e ON e.entry = c.entry WHERE {where}", values
    ).fetchall()
    return [Clip(*row) for row in found]


def bytes_kept(connection: sqlite3.Connection) -> int:
    """Add up the sizes of kept clips and posters."""
    found = connection.execute(
        "SELECT coalesce(sum(bytes + poster_bytes), 0) FROM clips"
    ).fetchone()
    return int(found[0])

"""Statements about kept clips: which there are, and changes, each safe to run again."""

# ruff: noqa: S608 - SQL is composed of texts of this package; values are always bound.

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from legnext_widgets.library.records import HASH, KeptClip, RecordedClip

from .writes import set_setting

if TYPE_CHECKING:
    import sqlite3


GONE_SECONDS = 3 * 24 * 3600.0
"""How long a clip must be gone at its host until no session tries to keep it any more."""

_GONE = "gone/"
"""What the name of a setting begins with that holds since when a clip is gone; its file follows."""


def kept_clip(connection: sqlite3.Connection, entry: int, number: int) -> KeptClip | None:
    """Read one kept clip."""
    found = _clips(connection, "c.entry = ? AND c.number = ?", (entry, number))
    return found[0] if found else None


def recorded_clips(connection: sqlite3.Connection, entry: int | None) -> list[RecordedClip]:
    """Read what is recorded of the files of kept clips, of one row or of all."""
    found = connection.execute(
        "SELECT c.entry, coalesce(e.job_id, ''), c.number, c.file, c.bytes, s.value FROM clips c"
        " JOIN entries e ON e.entry = c.entry"
        f" LEFT JOIN settings s ON s.name = '{HASH}' || c.file"
        " WHERE ? IS NULL OR c.entry = ? ORDER BY c.entry, c.number",
        (entry, entry),
    ).fetchall()
    return [RecordedClip(*row) for row in found]


def prunable_clips(connection: sqlite3.Connection) -> list[KeptClip]:
    """Read the kept clips that are not favourites, in the order in which they were kept."""
    star = (
        "coalesce((SELECT m.favourite FROM clip_marks m"
        " WHERE m.entry = c.entry AND m.number = c.number), e.favourite)"
    )
    return _clips(connection, f"{star} = 0 ORDER BY c.kept_at, c.entry, c.number", ())


def kept_bytes(connection: sqlite3.Connection) -> int:
    """Add up the bytes of kept clips and posters."""
    found = connection.execute(
        "SELECT coalesce(sum(bytes + poster_bytes), 0) FROM clips"
    ).fetchone()
    return int(found[0])


def _clips(
    connection: sqlite3.Connection, where: str, values: tuple[object, ...]
) -> list[KeptClip]:
    found = connection.execute(
        "SELECT c.entry, c.number, c.file, c.poster, c.bytes + c.poster_bytes, c.kept_at"
        f" FROM clips c JOIN entries e ON e.entry = c.entry WHERE {where}",
        values,
    ).fetchall()
    return [KeptClip(*row) for row in found]


def keep_clip(
    connection: sqlite3.Connection, entry: int, number: int, *, file: str, size: int, sha256: str
) -> KeptClip | None:
    """Record that a clip is kept, with the hash of its file.

    Returns:
        The clip, with its poster when it already has one.
    """
    connection.execute(
        "INSERT INTO clips (entry, number, file, bytes, kept_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (entry, number) DO UPDATE SET file = excluded.file, bytes = excluded.bytes",
        (entry, number, file, size, time.time()),
    )
    set_setting(connection, hash_name(file), sha256)
    connection.execute("DELETE FROM settings WHERE name = ?", (f"{_GONE}{file}",))
    connection.execute(
        "UPDATE entries SET clips_due = 0 WHERE entry = ? AND videos <="
        " (SELECT count(*) FROM clips WHERE clips.entry = entries.entry)",
        (entry,),
    )
    return kept_clip(connection, entry, number)


def note_gone(connection: sqlite3.Connection, entry: int, file: str) -> None:
    """Record that a clip is gone at its host; its job is not tried again after three days of that.

    Args:
        connection: Inside a transaction.
        entry: The row of its job.
        file: The file that it would have, relative to the library's folder.
    """
    name, now = f"{_GONE}{file}", time.time()
    since = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    if since is None:
        set_setting(connection, name, str(int(now)))
    elif now - float(since["value"]) >= GONE_SECONDS:
        connection.execute("UPDATE entries SET clips_due = 0 WHERE entry = ?", (entry,))
        connection.execute("DELETE FROM settings WHERE name = ?", (name,))


def lose_clip(connection: sqlite3.Connection, clip: RecordedClip) -> None:
    """Record that a clip is kept no longer and is to be kept again; its poster stays on disk."""
    connection.execute(
        "DELETE FROM clips WHERE entry = ? AND number = ?", (clip.entry, clip.number)
    )
    connection.execute("DELETE FROM settings WHERE name = ?", (hash_name(clip.file),))
    connection.execute("UPDATE entries SET clips_due = 1 WHERE entry = ?", (clip.entry,))


def hash_name(file: str) -> str:
    """Name the setting that holds the hash of a clip's file."""
    return f"{HASH}{file}"


def add_poster(connection: sqlite3.Connection, clip: KeptClip, file: str, size: int) -> None:
    """Record the poster of a kept clip."""
    connection.execute(
        "UPDATE clips SET poster = ?, poster_bytes = ? WHERE entry = ? AND number = ?",
        (file, size, clip.entry, clip.number),
    )


def drop_clip(connection: sqlite3.Connection, entry: int, *, number: int) -> list[str]:
    """Record that one clip is no longer kept.

    Returns:
        Its files, relative to the library's folder, that no other row uses.
    """
    clip = kept_clip(connection, entry, number)
    if clip is None:
        return []
    connection.execute("DELETE FROM clips WHERE entry = ? AND number = ?", (entry, number))
    if connection.execute("SELECT 1 FROM clips WHERE file = ?", (clip.file,)).fetchone():
        return []
    connection.execute("DELETE FROM settings WHERE name = ?", (hash_name(clip.file),))
    return [name for name in (clip.file, clip.poster) if name]


def remove_clips(connection: sqlite3.Connection, clips: list[KeptClip]) -> None:
    """Record that clips are no longer kept, and are not to be fetched again."""
    connection.executemany(
        "UPDATE entries SET clips_due = 0 WHERE entry = ?", [(clip.entry,) for clip in clips]
    )
    connection.executemany(
        "DELETE FROM settings WHERE name = ?", [(hash_name(clip.file),) for clip in clips]
    )
    connection.executemany(
        "DELETE FROM clips WHERE entry = ? AND number = ?",
        [(clip.entry, clip.number) for clip in clips],
    )

"""INSERT, UPDATE and DELETE statements for kept clips, each safe to run again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from legnext_widgets.library.records import HASH

from .queries import kept_clip
from .writes import set_setting

if TYPE_CHECKING:
    import sqlite3

    from legnext_widgets.library.records import KeptClip, RecordedClip


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
    connection.execute(
        "UPDATE entries SET clips_due = 0 WHERE entry = ? AND videos <="
        " (SELECT count(*) FROM clips WHERE clips.entry = entries.entry)",
        (entry,),
    )
    return kept_clip(connection, entry, number)


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

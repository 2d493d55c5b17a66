"""What a person decided about the library, remembered in it for every later session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

KEEP_CLIPS = "keep_clips"
MAX_BYTES = "max_bytes"

DEFAULT_MAX_BYTES = 20 * 2**30
"""Bytes that kept clips may fill unless the person says otherwise: some 15,000 clips."""


def read(connection: sqlite3.Connection, name: str) -> str | None:
    """Read a setting, None when it was never set."""
    found = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found[0])


def write(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Remember a setting."""
    connection.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))


def limit_from(text: str | None) -> int | None:
    """Read the limit of bytes; an empty text means that there is none."""
    if text is None:
        return DEFAULT_MAX_BYTES
    return int(text) if text.isdecimal() else None

"""Keep the pictures that requests were made with, so that a later session can use them again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from legnext_widgets import files
from legnext_widgets.client.pictures.kept import KeptPicture, record_of
from legnext_widgets.library.records import json_object, json_text

from .clip_paths import PICTURES

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from legnext_widgets.client.session.store import Attempt

_log = logging.getLogger("legnext_widgets.library")


def described(attempt: Attempt) -> str | None:
    """Write the descriptions of an attempt's pictures as JSON; None where it has none."""
    found = {name: record_of(picture) for name, picture in attempt.sources.items()}
    return json_text(found) if found else None


def keep_files(attempt: Attempt, folder: Path) -> None:
    """Write the files of an attempt's pictures that are not there.

    A disk that refuses must not be in the way of the request: its job is made all the same.

    Args:
        attempt: The attempt.
        folder: The library's folder.
    """
    for picture in attempt.sources.values():
        target = folder / PICTURES / picture.name
        if isinstance(picture, KeptPicture) and not picture.is_there:
            continue
        try:
            if not target.is_file():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                files.write_atomic(target, picture.data)
        except OSError as error:
            _log.warning("A picture could not be kept in %s: %s", folder, error)


def only_of(connection: sqlite3.Connection, entry: int) -> list[str]:
    """List the files of the pictures of a row that no other row uses."""
    row = connection.execute("SELECT pictures FROM entries WHERE entry = ?", (entry,)).fetchone()
    known = json_object(row["pictures"]) if row is not None else None
    names = {str(each.get("name")) for each in (known or {}).values() if isinstance(each, dict)}
    return [
        f"{PICTURES}/{name}"
        for name in sorted(names)
        if connection.execute(
            "SELECT 1 FROM entries WHERE pictures IS NOT NULL AND instr(pictures, ?) AND entry != ?"
            " LIMIT 1",
            (name, entry),
        ).fetchone()
        is None
    ]

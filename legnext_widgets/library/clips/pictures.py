"""Keep the pictures that requests were made with, so that a later session can use them again."""

from __future__ import annotations

import logging
import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from legnext_widgets import files
from legnext_widgets.client.pictures.stored_picture import StoredPicture, record_of
from legnext_widgets.library.records import json_text

from . import clip_paths
from .clip_paths import PICTURES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from pathlib import Path

    from legnext_widgets.client.session.store import Attempt

_log = logging.getLogger("legnext_widgets.library")

_NAME = re.compile(r"\b[0-9a-f]{40}\.(?:jpg|png|webp)\b")


def describe_pictures(attempt: Attempt) -> str | None:
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
        if isinstance(picture, StoredPicture) and not picture.is_there:
            continue
        try:
            if not target.is_file():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                files.write_atomic(target, picture.data)
        except OSError as error:
            _log.warning("A picture could not be kept in %s: %s", folder, error)


def stored_bytes(folder: Path) -> int:
    """Add up the bytes of the stored pictures.

    Args:
        folder: The library's folder.
    """
    return sum(size for _, size in _stored(folder))


def remove_unused(
    connection: sqlite3.Connection, folder: Path, names: Collection[str] | None = None
) -> int:
    """Delete the pictures that no job uses, nor any request that may still become one.

    Args:
        connection: Inside a transaction, so that no attempt which is recorded at the same time
            relies on a file that goes.
        folder: The library's folder.
        names: The names of the only files to look at; by default all, with what a process left
            behind that died while it wrote one.

    Returns:
        The number of bytes freed.
    """
    found = [each for each in _stored(folder) if names is None or each[0].name in names]
    used = _used(connection) if found else set()
    freed = 0
    for path, size in found:
        if path.name in used:
            continue
        # The system may refuse while another program reads the file.
        with suppress(OSError):
            path.unlink()
            freed += size
    return freed


def names_of(connection: sqlite3.Connection, entry: int) -> list[str]:
    """List the names of the files of the pictures of a row."""
    row = connection.execute("SELECT pictures FROM entries WHERE entry = ?", (entry,)).fetchone()
    return [] if row is None else _NAME.findall(row["pictures"] or "")


def _used(connection: sqlite3.Connection) -> set[str]:
    """Collect the names of all files that rows use, also rows of a later version."""
    rows = connection.execute(
        "SELECT pictures FROM entries WHERE pictures IS NOT NULL AND state != 'refused'"
    )
    return {name for (text,) in rows.fetchall() for name in _NAME.findall(text)}


def _stored(folder: Path) -> list[tuple[Path, int]]:
    """List the files of pictures, and old temporary ones, with their bytes."""
    found: list[tuple[Path, int]] = []
    with suppress(OSError), os.scandir(folder / PICTURES) as entries:
        for entry in entries:
            with suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                left = entry.name.endswith(files.PARTIAL_SUFFIX) and (
                    time.time() - status.st_mtime > clip_paths.STALE_SECONDS
                )
                if left or _NAME.fullmatch(entry.name):
                    found.append((folder / PICTURES / entry.name, status.st_size))
    return found

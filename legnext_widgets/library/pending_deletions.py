"""Remember pending deletions, so that later sessions complete those of processes that died."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from .db.statements import queries, writes
from .errors import as_library_errors

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from legnext_widgets.library.db.journal import Journal

MOST_REMEMBERED = 100
"""Deletions, newest first, that a library remembers."""

_SETTING = "deletions"


class PendingDeletion(NamedTuple):
    """A deletion that is neither completed nor undone.

    Attributes:
        id: Its id.
        process: The name of the process in which it can be undone.
        chosen: The ids of jobs, each with the number of a clip; None for the whole job.
    """

    id: str
    process: str
    chosen: tuple[tuple[str, int | None], ...]


class DiskDeletions:
    """The deletions in one journal that can still be undone.

    Args:
        journal: The open journal.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @as_library_errors()
    def begin(self, deletion_id: str, chosen: Sequence[tuple[str, int | None]]) -> None:
        """Record what this process is about to delete.

        Args:
            deletion_id: An id that no other deletion has.
            chosen: The ids of jobs, each with the number of a clip; None for the whole job.

        Raises:
            LibraryError: The disk refuses.
        """
        deletion = PendingDeletion(deletion_id, self._journal.process.acquire(), tuple(chosen))

        def write(connection: sqlite3.Connection) -> None:
            others = [each for each in _read(connection) if each.id != deletion_id]
            _write(connection, [deletion, *others][:MOST_REMEMBERED])

        self._journal.change(write)

    @as_library_errors()
    def end(self, deletion_id: str) -> None:
        """Record that a deletion was completed or undone.

        Raises:
            LibraryError: The disk refuses.
        """

        def write(connection: sqlite3.Connection) -> None:
            _write(connection, [each for each in _read(connection) if each.id != deletion_id])

        self._journal.change(write)

    def abandoned(self) -> list[PendingDeletion]:
        """List the deletions of processes that died, which can be undone no more."""
        nothing: list[PendingDeletion] = []
        pending, process = self._journal.read(_read, nothing), self._journal.process
        return [each for each in pending if not process.is_alive(each.process)]


def _read(connection: sqlite3.Connection) -> list[PendingDeletion]:
    """Read all deletions; what is none is left out."""
    try:
        stored = json.loads(queries.setting(connection, _SETTING) or "[]")
        return [
            PendingDeletion(
                str(each["id"]),
                str(each["process"]),
                tuple((str(job_id), index) for job_id, index in each["chosen"]),
            )
            for each in stored
        ]
    except (KeyError, TypeError, ValueError):
        return []


def _write(connection: sqlite3.Connection, deletions: Sequence[PendingDeletion]) -> None:
    writes.set_setting(connection, _SETTING, json.dumps([each._asdict() for each in deletions]))

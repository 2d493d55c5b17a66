"""Remember which jobs the batches of studios made, so that later sessions show them together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .db.statements import queries, writes
from .errors import as_library_errors

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from legnext_widgets.client.session.store import Identity
    from legnext_widgets.library.db.journal import Journal

MOST_REMEMBERED = 20
"""Batches, newest first, that a library remembers."""

_SETTING = "batches"


@dataclass(frozen=True)
class StoredBatch:
    """A batch of an earlier session.

    Attributes:
        id: The click that started it.
        jobs: The ids of its jobs, in the order of its prompts.
    """

    id: str
    jobs: tuple[str, ...]


class DiskBatches:
    """The batches in one journal.

    Args:
        journal: The open journal.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @as_library_errors()
    def remember(self, batch: StoredBatch) -> None:
        """Record the jobs of a batch; those recorded for it before are replaced.

        Raises:
            LibraryError: The disk refuses.
        """

        def write(connection: sqlite3.Connection) -> None:
            others = [each for each in _read(connection) if each.id != batch.id]
            _write(connection, [batch, *others][:MOST_REMEMBERED])

        self._journal.change(write)

    @as_library_errors()
    def forget(self, batch_id: str) -> None:
        """Remove a batch; its jobs stay.

        Raises:
            LibraryError: The disk refuses.
        """

        def write(connection: sqlite3.Connection) -> None:
            _write(connection, [each for each in _read(connection) if each.id != batch_id])

        self._journal.change(write)

    def last(self, identity: Identity) -> StoredBatch | None:
        """Return the newest batch of an account, with those of its jobs that are known."""

        def read(connection: sqlite3.Connection) -> StoredBatch | None:
            for batch in _read(connection):
                known = [
                    job_id
                    for job_id in batch.jobs
                    if queries.entry_of_job(connection, job_id, identity) is not None
                ]
                if known:
                    return StoredBatch(batch.id, tuple(known))
            return None

        return self._journal.read(read, None)


def _read(connection: sqlite3.Connection) -> list[StoredBatch]:
    """Read all batches; what is no batch is left out."""
    try:
        stored = json.loads(queries.setting(connection, _SETTING) or "[]")
    except ValueError:
        return []
    return [
        StoredBatch(each["id"], tuple(each["jobs"]))
        for each in (stored if isinstance(stored, list) else [])
        if isinstance(each, dict)
        and isinstance(each.get("id"), str)
        and isinstance(each.get("jobs"), list)
        and all(isinstance(job_id, str) for job_id in each["jobs"])
    ]


def _write(connection: sqlite3.Connection, batches: Sequence[StoredBatch]) -> None:
    value = json.dumps([{"id": each.id, "jobs": each.jobs} for each in batches])
    writes.set_setting(connection, _SETTING, value)

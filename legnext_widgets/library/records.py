"""What stands in the tables, as the objects that the rest of the program uses."""

# ruff: noqa: S608 - the SQL is composed of texts of this package; what people type is bound.

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from legnext_widgets.client.session.store import Attempt, AttemptState, Identity, JobRecord
from legnext_widgets.library.clips.clip_paths import place_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

COLUMNS = (
    "e.entry, e.state, e.session, e.attempt_id, e.endpoint, e.payload, e.sent_at, e.job_id, "
    "e.kind, e.status, e.created_at, e.task, e.reason, e.favourite, e.note, "
    "r.service, r.account, r.sandbox"
)
FROM = "FROM entries e JOIN realms r ON r.realm = e.realm"

# What every build of SQLite takes as parameters of one statement.
MOST_PARAMETERS = 900


@dataclass(frozen=True)
class LibraryRecord(JobRecord):
    """What the library remembers of a job, beyond what the client asks of a journal.

    Attributes:
        entry: The number of this entry in the library.
        kind: Such as `video_diffusion`, as answers write it; empty when it is not known.
        status: The last status the service told, `pending` before any.
    """

    entry: int = 0
    kind: str = ""
    status: str = ""


def records_of(
    connection: sqlite3.Connection, rows: Sequence[sqlite3.Row], folder: Path
) -> list[LibraryRecord]:
    """Make records of rows, with the clips kept of each.

    Args:
        connection: Where the rows came from.
        rows: Rows with `COLUMNS`.
        folder: The library's folder.

    Returns:
        One record a row, in the same order.
    """
    kept: dict[int, dict[int, Path]] = {}
    posters: dict[int, dict[int, Path]] = {}
    for clip in clips_of(connection, [row["entry"] for row in rows]):
        for places, name in ((kept, clip["file"]), (posters, clip["poster"])):
            place = place_of(folder, name)
            if place is not None:
                places.setdefault(clip["entry"], {})[clip["number"]] = place
    return [
        record_of(row, kept.get(row["entry"], {}), posters.get(row["entry"], {})) for row in rows
    ]


def clips_of(connection: sqlite3.Connection, entries: Sequence[int]) -> Iterable[sqlite3.Row]:
    """Read the kept clips of entries."""
    for start in range(0, len(entries), MOST_PARAMETERS):
        some = entries[start : start + MOST_PARAMETERS]
        yield from connection.execute(
            f"SELECT entry, number, file, poster FROM clips WHERE entry IN ({marks(some)})", some
        ).fetchall()


def record_of(
    row: sqlite3.Row, kept: Mapping[int, Path], posters: Mapping[int, Path]
) -> LibraryRecord:
    """Make a record of one row."""
    realm = Identity(row["service"], row["account"], bool(row["sandbox"]))
    attempt = None
    if row["attempt_id"] is not None:
        attempt = Attempt(
            id=row["attempt_id"],
            realm=realm,
            endpoint=row["endpoint"],
            payload=json_object(row["payload"]) or {},
            sent_at=moment(row["sent_at"]),
        )
    return LibraryRecord(
        realm=realm,
        state=cast("AttemptState", row["state"]),
        created_at=moment(row["created_at"]),
        job_id=row["job_id"],
        attempt=attempt,
        task=json_object(row["task"]),
        kept=kept,
        reason=row["reason"],
        entry=row["entry"],
        kind=row["kind"],
        status=row["status"],
        favourite=bool(row["favourite"]),
        note=row["note"],
        posters=posters,
    )


def json_object(text: str | None) -> dict[str, Any] | None:
    """Read a JSON object, None for anything else."""
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def moment(seconds: float | None) -> datetime:
    """Make an aware UTC time of Unix seconds."""
    return datetime.fromtimestamp(seconds or 0.0, UTC)


def marks(values: Sequence[object]) -> str:
    """Compose the question marks for a list of parameters."""
    return ", ".join("?" * len(values))

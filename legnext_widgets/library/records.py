"""Make records of database rows, and columns of an `Identity`.

Only this module knows how the `realms` table spells the identity of an account.
"""

# ruff: noqa: S608 - SQL is composed of texts of this package; values are always bound.

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, cast

from legnext_widgets.client.api.models.task_updates import has_places, with_places
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.marks.model import ClipMarks, JobMarks
from legnext_widgets.client.pictures.stored_picture import pictures_of
from legnext_widgets.client.session.store import Attempt, AttemptState, Identity, JobRecord
from legnext_widgets.library.clips.clip_paths import PICTURES, path_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

COLUMNS = (
    "e.entry, e.state, e.session, e.attempt_id, e.endpoint, e.payload, e.sent_at, e.job_id, "
    "e.kind, e.status, e.created_at, e.task, e.reason, e.favourite, e.note, e.hidden, "
    "e.clips_due, e.request, e.take, e.pictures, "
    "r.service, r.account, r.sandbox"
)
"""What `records_of` needs of a row."""

SOURCE = "FROM entries e JOIN realms r ON r.realm = e.realm"
"""The tables that have these columns."""

UNKNOWN_IDENTITY = Identity("", "")
"""Owner of a job whose attempt was never written."""

HASH = "sha256/"
"""What the name of a setting begins with that holds the hash of a clip; its file follows."""

MAX_PARAMETERS = 900
"""Parameters of one statement; every build of SQLite takes 999."""


class MoreFilters(TypedDict, total=False):
    """Keyword arguments of `Library.records`, but for `status` and `search`."""

    kind: str | Iterable[str] | None
    since: date | None
    until: date | None
    favourite: bool | None
    hidden: bool | None
    sandbox: bool | None
    identity: Identity | None
    oldest_first: bool
    limit: int | None
    offset: int


class RecordFilters(MoreFilters, total=False):
    """Keyword arguments of `Library.records`."""

    status: str | Iterable[str] | None
    search: str | None


@dataclass(frozen=True)
class LibraryRecord(JobRecord):
    """A job or an attempt in the library.

    Attributes:
        entry: Number of its row.
        kind: Such as `video_diffusion`; empty when unknown.
        status: The last status from the service, `pending` before the first one.
    """

    entry: int = 0
    kind: str = ""
    status: str = ""


class KeptClip(NamedTuple):
    """A kept clip in the journal.

    Attributes:
        entry: Number of its job's row.
        number: Index in the job.
        file: Its file, relative to the library's folder.
        poster: File of its poster, None without one.
        size: Bytes of both.
        kept_at: Unix seconds.
    """

    entry: int
    number: int
    file: str
    poster: str | None
    size: int
    kept_at: float


class RecordedClip(NamedTuple):
    """What the journal says of a kept clip's file.

    Attributes:
        entry: Number of its job's row.
        job_id: The job.
        number: Index in the job.
        file: Its file, relative to the library's folder.
        size: Bytes that it had when it was kept.
        sha256: Its hash then, in hexadecimal; None where it was not computed.
    """

    entry: int
    job_id: str
    number: int
    file: str
    size: int
    sha256: str | None


def identity_of(row: sqlite3.Row) -> Identity:
    """Read the identity from a row with the columns of `realms`."""
    return _identity(row["service"], row["account"], row["sandbox"])


@lru_cache(maxsize=64)
def _identity(service: str, account: str, sandbox: int) -> Identity:
    return Identity(service, account, bool(sandbox))


def realm_columns(identity: Identity) -> tuple[str, str, int]:
    """Return the values of `service`, `account` and `sandbox` in the table `realms`."""
    return identity.origin, identity.account, int(identity.sandbox)


def account_setting(service: str, account: str) -> str:
    """Compose the name of the setting that records which account a key's fingerprint is."""
    return f"account {service} {account}"


def same_account(identity: Identity) -> tuple[str, tuple[str, ...]]:
    """Compose the condition that `r` is the account of an identity, with its parameters.

    It ignores the sandbox flag: a client may learn only from an answer that an origin is a sandbox,
    and must still find the jobs it recorded before. For the same reason it finds the jobs of a
    key's fingerprint and those of the account that the service gave for it.
    """
    service, account, _ = realm_columns(identity)
    named = "(SELECT value FROM settings WHERE name = ?)"
    values = (service, account, account_setting(service, account))
    return f"r.service = ? AND r.account IN (?, {named})", values


def records_of(
    connection: sqlite3.Connection, rows: Sequence[sqlite3.Row], folder: Path
) -> list[LibraryRecord]:
    """Make records of rows, each with its kept clips.

    Args:
        connection: The connection that gave the rows.
        rows: Rows with `COLUMNS`.
        folder: The library's folder.

    Returns:
        One record for each row, in the same order.
    """
    entries = [row["entry"] for row in rows]
    clip_marks = clip_marks_of(connection, entries)
    kept: dict[int, dict[int, Path]] = {}
    sizes: dict[int, dict[int, int]] = {}
    posters: dict[int, dict[int, Path]] = {}
    for clip in _clips_of(connection, entries):
        sizes.setdefault(clip["entry"], {})[clip["number"]] = clip["bytes"]
        for paths, name in ((kept, clip["file"]), (posters, clip["poster"])):
            path = path_of(folder, name)
            if path is not None:
                paths.setdefault(clip["entry"], {})[clip["number"]] = path
    return [
        _record_of(
            row,
            folder,
            kept=kept.get(row["entry"], {}),
            posters=posters.get(row["entry"], {}),
            sizes=sizes.get(row["entry"], {}),
            clip_marks=clip_marks.get(row["entry"], {}),
        )
        for row in rows
    ]


def _clips_of(connection: sqlite3.Connection, entries: Sequence[int]) -> Iterator[sqlite3.Row]:
    for start in range(0, len(entries), MAX_PARAMETERS):
        some = entries[start : start + MAX_PARAMETERS]
        yield from connection.execute(
            f"SELECT entry, number, file, bytes, poster FROM clips WHERE entry IN ({marks(some)})",
            some,
        ).fetchall()


def clip_marks_of(
    connection: sqlite3.Connection, entries: Sequence[int]
) -> dict[int, dict[int, ClipMarks]]:
    """Read the marks of single clips, by row and number."""
    found: dict[int, dict[int, ClipMarks]] = {}
    for start in range(0, len(entries), MAX_PARAMETERS):
        some = entries[start : start + MAX_PARAMETERS]
        for row in connection.execute(
            "SELECT entry, number, favourite, note, hidden, deleted FROM clip_marks"
            f" WHERE entry IN ({marks(some)})",
            some,
        ).fetchall():
            found.setdefault(row["entry"], {})[row["number"]] = ClipMarks(
                favourite=_flag(row["favourite"]),
                note=row["note"],
                hidden=_flag(row["hidden"]),
                deleted=bool(row["deleted"]),
            )
    return found


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _record_of(
    row: sqlite3.Row,
    folder: Path,
    *,
    kept: Mapping[int, Path],
    posters: Mapping[int, Path],
    sizes: Mapping[int, int],
    clip_marks: Mapping[int, ClipMarks],
) -> LibraryRecord:
    identity = identity_of(row)
    stored = json_object(row["pictures"])
    pictures = pictures_of(stored, folder / PICTURES) if stored else {}
    attempt = None
    if row["attempt_id"] is not None:
        attempt = Attempt(
            id=row["attempt_id"],
            identity=identity,
            endpoint=row["endpoint"],
            payload=json_object(row["payload"]) or {},
            sent_at=_utc(row["sent_at"]),
            pictures={name: picture.identity for name, picture in pictures.items()},
            sources=pictures,
            request_key=row["request"] or "",
            take=row["take"] or 1,
        )
    return LibraryRecord(
        identity=identity,
        state=cast("AttemptState", row["state"]),
        created_at=_utc(row["created_at"]),
        job_id=row["job_id"],
        attempt=attempt,
        task=_task_of(row, kept),
        kept=kept,
        reason=row["reason"],
        entry=row["entry"],
        kind=row["kind"],
        status=row["status"],
        marks=JobMarks(bool(row["favourite"]), row["note"], bool(row["hidden"]), clip_marks),
        posters=posters,
        sizes=sizes,
        clips_due=bool(row["clips_due"]),
        take=row["take"],
    )


def _task_of(row: sqlite3.Row, kept: Mapping[int, Path]) -> dict[str, Any] | None:
    """Read the stored task; a journal of version 0.1 may have lost the links of kept clips."""
    task = json_object(row["task"])
    if task is None or not kept or has_places(task, kept.keys()):
        return task
    return dict(with_places(Task.of(task), kept.keys()).raw)


def json_object(text: str | None) -> dict[str, Any] | None:
    """Read a JSON object; None for anything else."""
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def json_text(value: object) -> str:
    """Write compact JSON that a database takes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), default=str)
    return text


def _utc(seconds: float | None) -> datetime:
    return datetime.fromtimestamp(seconds or 0.0, UTC)


def marks(values: Sequence[object]) -> str:
    """Compose the question marks for a list of parameters."""
    return ", ".join("?" * len(values))

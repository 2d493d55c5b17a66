"""INSERT and UPDATE statements: functions of a connection, each safe to run again."""

# ruff: noqa: S608 - SQL is composed of texts of this package; values are always bound.

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models.tasks import FINAL_STATUSES, Task, kind_of
from legnext_widgets.client.redaction import without_secrets
from legnext_widgets.client.session.store import Attempt
from legnext_widgets.library.clips import pictures
from legnext_widgets.library.db import schema
from legnext_widgets.library.errors import UnknownJobError
from legnext_widgets.library.records import (
    UNKNOWN_IDENTITY,
    json_text,
    realm_columns,
    storable,
)

from . import search, takes
from .queries import account_of, entry_of_attempt, entry_of_job
from .removal import forget, is_forgotten

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from legnext_widgets.client.session.store import Identity

KEEP_CLIPS = "keep_clips"
MAX_BYTES = "max_bytes"
"""Names of settings."""

_OBSERVED = (
    *("status", "final", "duration", "points", "videos", "clips_due", "task"),
    *("favourite", "note", "hidden"),
)
"""Columns that a job can have before the row of its own attempt knows its id."""


def intend(connection: sqlite3.Connection, attempt: Attempt, process: str) -> int:
    """Record that a paid request is about to be sent.

    Args:
        connection: Inside a transaction, as in all functions here.
        attempt: The request.
        process: The name of this process's lock.

    Returns:
        The number of the row.
    """
    sent_at = attempt.sent_at.timestamp()
    request, take = takes.place_of(connection, attempt)
    connection.execute(
        "INSERT INTO entries (realm, state, session, attempt_id, endpoint, payload, sent_at, kind,"
        " created_at, request, take, pictures)"
        " VALUES (?, 'intended', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (attempt_id) DO NOTHING",
        (
            _realm_of(connection, attempt.identity),
            process,
            attempt.id,
            attempt.endpoint,
            json_text(without_secrets(dict(attempt.payload))),
            sent_at,
            kind_of(attempt.endpoint),
            sent_at,
            request,
            take,
            pictures.described(attempt),
        ),
    )
    entry = entry_of_attempt(connection, attempt.id)
    assert entry is not None  # noqa: S101 - just written
    index(connection, entry)
    return entry


def accept(
    connection: sqlite3.Connection,
    attempt_id: str,
    job_id: str,
    answer: bytes,
    attempt: Attempt | None,
) -> None:
    """Record the job that the service made of an attempt.

    Args:
        connection: Inside a transaction.
        attempt_id: The attempt.
        job_id: The service's id of the job.
        answer: The raw body of the answer, which need not be JSON.
        attempt: The attempt itself, in case its intent was not written.
    """
    entry = entry_of_attempt(connection, attempt_id)
    if entry is None:
        if attempt is None:
            attempt = Attempt(attempt_id, UNKNOWN_IDENTITY, "", {}, datetime.now(UTC))
        entry = intend(connection, attempt, "")
    connection.execute(
        "UPDATE entries SET state = 'accepted', job_id = ?, reason = NULL,"
        " status = CASE status WHEN '' THEN 'pending' ELSE status END WHERE entry = ?",
        (storable(job_id), entry),
    )
    merge_observed(connection, entry)
    task = Task.find(answer)
    if task is not None:
        _update_task(connection, entry, task)


def refuse(connection: sqlite3.Connection, attempt_id: str, reason: str) -> None:
    """Record that an attempt started nothing."""
    _close_attempt(connection, attempt_id, "refused", reason)
    takes.free(connection, attempt_id)


def mark_uncertain(connection: sqlite3.Connection, attempt_id: str, reason: str) -> None:
    """Record that an attempt may have started a job."""
    _close_attempt(connection, attempt_id, "uncertain", reason)


def _close_attempt(
    connection: sqlite3.Connection, attempt_id: str, state: str, reason: str
) -> None:
    connection.execute(
        "UPDATE entries SET state = ?, reason = ? WHERE attempt_id = ? AND state != 'accepted'",
        (state, _redacted(reason), attempt_id),
    )


def reassign(connection: sqlite3.Connection, attempt_id: str, identity: Identity) -> None:
    """Move an attempt and its job to another identity."""
    entry = entry_of_attempt(connection, attempt_id)
    if entry is not None:
        takes.move(connection, entry, _realm_of(connection, identity))


def observe(connection: sqlite3.Connection, identity: Identity, task: Mapping[str, object]) -> None:
    """Record a task object as the service last sent it."""
    seen = Task.of(task)
    if not seen.job_id:
        return
    entry = entry_of_job(connection, seen.job_id, identity)
    if entry is None and is_forgotten(connection, storable(seen.job_id)):
        return  # a session that follows the job, perhaps another one
    if entry is None:
        created_at = seen.began.timestamp() if seen.began else time.time()
        connection.execute(
            "INSERT INTO entries (realm, state, job_id, created_at) VALUES (?, 'accepted', ?, ?)",
            (_realm_of(connection, identity), seen.job_id, created_at),
        )
        entry = int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])
    elif identity.sandbox:
        # Recorded as real before an answer showed that this origin is a sandbox.
        takes.move(connection, entry, _realm_of(connection, identity))
    _update_task(connection, entry, seen)


def abandon(connection: sqlite3.Connection, entry: int, reason: str) -> None:
    """Record that the service no longer knows a job, so that it is not polled again."""
    connection.execute(
        "UPDATE entries SET final = 1, clips_due = 0, reason = ? WHERE entry = ?",
        (_redacted(reason), entry),
    )


def entry_of(connection: sqlite3.Connection, name: str) -> int:
    """Find the row of a job, or of an attempt, by its id.

    Raises:
        UnknownJobError: There is none.
    """
    entry = entry_of_job(connection, name)
    if entry is None:
        entry = entry_of_attempt(connection, name)
    if entry is None:
        raise UnknownJobError(f"The library does not know the job {name}.")
    return entry


def merge_observed(connection: sqlite3.Connection, entry: int) -> None:
    """Merge what a poll recorded of a job before the row of its own attempt knew the job's id."""
    other = connection.execute(
        "SELECT o.* FROM entries e JOIN realms mine ON mine.realm = e.realm"
        " JOIN entries o ON o.job_id = e.job_id AND o.entry != e.entry AND o.attempt_id IS NULL"
        " JOIN realms r ON r.realm = o.realm AND r.service = mine.service"
        " AND r.account = mine.account WHERE e.entry = ?",
        (entry,),
    ).fetchone()
    if other is None:
        return
    for owned in ("clips", "clip_marks"):
        connection.execute(f"UPDATE {owned} SET entry = ? WHERE entry = ?", (entry, other["entry"]))
    forget(connection, other["entry"])
    connection.execute(
        f"UPDATE entries SET {' = ?, '.join(_OBSERVED)} = ? WHERE entry = ?",
        (*(other[name] for name in _OBSERVED), entry),
    )
    index(connection, entry)


def index(connection: sqlite3.Connection, entry: int) -> None:
    """Enter the words of a row into the full text index."""
    row = connection.execute(
        "SELECT payload, task, note, searchable, indexed FROM entries WHERE entry = ?", (entry,)
    ).fetchone()
    payload = json.loads(row["payload"]) if row["payload"] else None
    task = json.loads(row["task"]) if row["task"] else None
    notes = connection.execute(
        "SELECT note FROM clip_marks WHERE entry = ? AND note != '' ORDER BY number", (entry,)
    ).fetchall()
    texts = [search.words_of(payload, task), row["note"], *(note for (note,) in notes)]
    words = search.fold(" ".join(texts))
    if words == row["searchable"] and (row["indexed"] or not words):
        return
    indexed = schema.has_full_text(connection)
    if indexed:
        connection.execute("DELETE FROM words WHERE rowid = ?", (entry,))
        connection.execute("INSERT INTO words (rowid, searchable) VALUES (?, ?)", (entry, words))
    connection.execute(
        "UPDATE entries SET searchable = ?, indexed = ? WHERE entry = ?",
        (words, int(indexed), entry),
    )


def keeps_clips(connection: sqlite3.Connection) -> bool:
    """Whether the library keeps clips, and the pictures that requests are made with."""
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (KEEP_CLIPS,)).fetchone()
    return row is None or row["value"] != "no"


def set_setting(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Write a setting of the library."""
    connection.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))


def _update_task(connection: sqlite3.Connection, entry: int, task: Task) -> None:
    """Put a task object into a row, unless a final one is already there."""
    known = connection.execute(
        "SELECT status, videos, attempt_id IS NULL AS foreign_job, task IS NULL AS first"
        " FROM entries WHERE entry = ?",
        (entry,),
    ).fetchone()
    if known["status"] in FINAL_STATUSES and not task.done:
        # Two sessions poll, and the slower answer came last.
        return
    # An answer without a status is no news of it.
    status = task.status if task.status != "unknown" else known["status"] or "pending"
    connection.execute(
        "UPDATE entries SET task = ?, status = ?, final = ?,"
        " kind = coalesce(nullif(?, ''), kind),"
        " duration = coalesce(?, duration), points = coalesce(?, points),"
        " videos = max(videos, ?), reason = NULL,"
        # What failed is made anew as the same take.
        " take = CASE ? WHEN 'failed' THEN NULL ELSE take END WHERE entry = ?",
        (
            _json_of_task(task),
            storable(status),
            # Links may still come: the next session asks again.
            int(task.done and not task.lacks_output),
            storable(task.kind),
            task.run_time,
            task.points,
            len(task.output.video_urls),
            status,
            entry,
        ),
    )
    news = known["status"] != "completed" or not known["videos"]
    if task.output.video_urls and task.status == "completed" and news:
        connection.execute(
            "UPDATE entries SET clips_due ="
            " coalesce((SELECT value != 'no' FROM settings WHERE name = ?), 1) WHERE entry = ?",
            (KEEP_CLIPS, entry),
        )
    if known["foreign_job"]:
        if task.began is not None:
            connection.execute(
                "UPDATE entries SET created_at = ? WHERE entry = ?", (task.began.timestamp(), entry)
            )
        if known["first"]:
            index(connection, entry)


def _realm_of(connection: sqlite3.Connection, identity: Identity) -> int:
    """Find the row of an identity in `realms`, or make it."""
    service, _, sandbox = realm_columns(identity)
    values = (service, account_of(connection, identity), sandbox)
    connection.execute(
        "INSERT OR IGNORE INTO realms (service, account, sandbox) VALUES (?, ?, ?)", values
    )
    found = connection.execute(
        "SELECT realm FROM realms WHERE service = ? AND account = ? AND sandbox = ?", values
    ).fetchone()
    return int(found[0])


def _redacted(reason: str) -> str:
    return storable(str(without_secrets(reason)))


def _json_of_task(task: Task) -> str:
    """Write a task object without secrets; one that JSON cannot hold is reduced to its basics."""
    try:
        return json_text(without_secrets(task.raw))
    except (RecursionError, TypeError, ValueError):
        return json_text(
            {"job_id": task.job_id, "task_type": task.task_type, "status": task.status}
        )

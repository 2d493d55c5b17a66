"""INSERT and UPDATE statements: functions of a connection, each safe to run again.

What a row knows of its job only grows, whichever process writes last: see `task_updates`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models.tasks import Task, kind_of
from legnext_widgets.client.api.values.cleaning import storable
from legnext_widgets.client.redaction import without_secrets
from legnext_widgets.client.session.store import Attempt
from legnext_widgets.library.clips import pictures
from legnext_widgets.library.errors import UnknownJobError
from legnext_widgets.library.records import (
    UNKNOWN_IDENTITY,
    json_text,
    realm_columns,
)

from . import takes, task_writes
from .queries import account_of, entry_of_attempt, entry_of_job
from .removal import is_forgotten

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from legnext_widgets.client.session.store import Identity


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
            pictures.describe_pictures(attempt),
        ),
    )
    entry = entry_of_attempt(connection, attempt.id)
    assert entry is not None  # noqa: S101 - just written
    task_writes.index(connection, entry)
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
    task_writes.merge_observed(connection, entry)
    task = Task.find(answer)
    if task is not None:
        task_writes.update_task(connection, entry, task)


def refuse(connection: sqlite3.Connection, attempt_id: str, reason: str) -> None:
    """Record that an attempt started nothing."""
    _close_attempt(connection, attempt_id, "refused", reason)
    takes.release(connection, attempt_id)


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
    task_writes.update_task(connection, entry, seen)


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


def set_setting(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Write a setting of the library."""
    connection.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))


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

"""What is written to the journal: small functions of a connection, each safe to run again."""

# ruff: noqa: S608 - the SQL is composed of texts of this package; what people type is bound.

from __future__ import annotations

import json
import sqlite3
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.models import FINAL_STATUSES
from legnext_widgets.client.session.store import Attempt, Identity
from legnext_widgets.library.answers import Seen, kind_of, read_task, storable, task_in
from legnext_widgets.library.redaction import without_secrets

from . import search, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

NOWHERE = Identity(service="", account="")
"""The realm of a job whose attempt was never noted."""

OBSERVED = (
    *("status", "final", "duration", "points", "videos", "clips_due", "task"),
    *("favourite", "note"),
)
"""Columns that a job can have before its own attempt is known."""


def intend(connection: sqlite3.Connection, attempt: Attempt, session: str) -> int:
    """Note that a paid request is about to be sent.

    Returns:
        The number of the entry.
    """
    payload = without_secrets(dict(attempt.payload))
    sent_at = attempt.sent_at.timestamp()
    connection.execute(
        "INSERT INTO entries (realm, state, session, attempt_id, endpoint, payload, sent_at, kind,"
        " created_at) VALUES (?, 'intended', ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (attempt_id) DO NOTHING",
        (
            realm_number(connection, attempt.realm),
            session,
            attempt.id,
            attempt.endpoint,
            compact(payload),
            sent_at,
            kind_of(attempt.endpoint),
            sent_at,
        ),
    )
    found = connection.execute(
        "SELECT entry FROM entries WHERE attempt_id = ?", (attempt.id,)
    ).fetchone()
    entry = int(found[0])
    make_findable(connection, entry)
    return entry


def accept(
    connection: sqlite3.Connection,
    attempt_id: str,
    job_id: str,
    answer: bytes,
    attempt: Attempt | None,
) -> None:
    """Note the job that came of an attempt.

    Args:
        connection: Inside a transaction.
        attempt_id: The attempt.
        job_id: What the service calls the job.
        answer: The raw body of the answer, which need not be JSON.
        attempt: The attempt itself, should its intent not have been written.
    """
    entry = entry_of_attempt(connection, attempt_id)
    if entry is None:
        if attempt is None:
            attempt = Attempt(attempt_id, NOWHERE, "", {}, datetime.now(UTC))
        entry = intend(connection, attempt, "")
    connection.execute(
        "UPDATE entries SET state = 'accepted', job_id = ?, reason = NULL,"
        " status = CASE status WHEN '' THEN 'pending' ELSE status END WHERE entry = ?",
        (storable(job_id), entry),
    )
    absorb_observed(connection, entry)
    task = task_in(answer)
    if task is not None:
        update_task(connection, entry, task, read_task(task))


def refuse(connection: sqlite3.Connection, attempt_id: str, reason: str) -> None:
    """Note that an attempt started nothing."""
    close_attempt(connection, attempt_id, "refused", reason)


def doubt(connection: sqlite3.Connection, attempt_id: str, reason: str) -> None:
    """Note that nobody knows whether an attempt started a job."""
    close_attempt(connection, attempt_id, "uncertain", reason)


def close_attempt(connection: sqlite3.Connection, attempt_id: str, state: str, reason: str) -> None:
    """Note the outcome of an attempt, unless its job is already known."""
    connection.execute(
        "UPDATE entries SET state = ?, reason = ? WHERE attempt_id = ? AND state != 'accepted'",
        (state, storable(str(without_secrets(reason))), attempt_id),
    )


def observe(connection: sqlite3.Connection, realm: Identity, task: Mapping[str, Any]) -> None:
    """Note a task object as the service last gave it."""
    seen = read_task(task)
    if not seen.job_id:
        return
    entry = entry_of_job(connection, seen.job_id, realm)
    if entry is None:
        connection.execute(
            "INSERT INTO entries (realm, state, job_id, created_at) VALUES (?, 'accepted', ?, ?)",
            (realm_number(connection, realm), seen.job_id, seen.created_at or time.time()),
        )
        entry = int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])
    update_task(connection, entry, task, seen)


def abandon(connection: sqlite3.Connection, entry: int, reason: str) -> None:
    """Note that the service no longer knows a job, so that nobody asks for it again."""
    connection.execute(
        "UPDATE entries SET final = 1, clips_due = 0, reason = ? WHERE entry = ?",
        (storable(str(without_secrets(reason))), entry),
    )


def mark(connection: sqlite3.Connection, entry: int, favourite: bool) -> None:
    """Make a job a favourite, or no longer one."""
    connection.execute("UPDATE entries SET favourite = ? WHERE entry = ?", (int(favourite), entry))


def annotate(connection: sqlite3.Connection, entry: int, note: str) -> None:
    """Write what the person says about a job."""
    connection.execute("UPDATE entries SET note = ? WHERE entry = ?", (storable(note), entry))
    make_findable(connection, entry)


def forget(connection: sqlite3.Connection, entry: int) -> list[str]:
    """Remove an entry.

    Returns:
        The files of its clips and posters, relative to the library's folder, that no other entry
        uses.
    """
    files = [
        name
        for clip in connection.execute(
            "SELECT file, poster FROM clips WHERE entry = ? AND file NOT IN"
            " (SELECT file FROM clips WHERE entry != ?)",
            (entry, entry),
        ).fetchall()
        for name in clip
        if name
    ]
    if has_words(connection):
        connection.execute("DELETE FROM words WHERE rowid = ?", (entry,))
    connection.execute("DELETE FROM entries WHERE entry = ?", (entry,))
    return files


def update_task(
    connection: sqlite3.Connection, entry: int, task: Mapping[str, Any], seen: Seen
) -> None:
    """Put a task object into an entry, unless a later one is already there."""
    known = connection.execute(
        "SELECT status, attempt_id IS NULL AS foreign_job, task IS NULL AS first"
        " FROM entries WHERE entry = ?",
        (entry,),
    ).fetchone()
    if known["status"] in FINAL_STATUSES and not seen.final:
        # Two sessions poll, and the slower answer came last.
        return
    connection.execute(
        "UPDATE entries SET task = ?, status = ?, final = ?,"
        " kind = coalesce(nullif(?, ''), kind),"
        " duration = coalesce(?, duration), points = coalesce(?, points),"
        " videos = max(videos, ?), reason = NULL WHERE entry = ?",
        (
            json_of_task(task, seen),
            seen.status or "pending",
            int(seen.final),
            seen.kind,
            seen.duration,
            seen.points,
            seen.videos,
            entry,
        ),
    )
    if seen.videos and seen.status == "completed" and known["status"] != "completed":
        keep = settings.read(connection, settings.KEEP_CLIPS) != "no"
        connection.execute("UPDATE entries SET clips_due = ? WHERE entry = ?", (int(keep), entry))
    if known["foreign_job"]:
        if seen.created_at is not None:
            connection.execute(
                "UPDATE entries SET created_at = ? WHERE entry = ?", (seen.created_at, entry)
            )
        if known["first"]:
            make_findable(connection, entry)


def absorb_observed(connection: sqlite3.Connection, entry: int) -> None:
    """Join what a poll noted of a job before its own attempt knew the job's id."""
    other = connection.execute(
        "SELECT o.* FROM entries e JOIN entries o ON o.job_id = e.job_id AND o.realm = e.realm"
        " WHERE e.entry = ? AND o.entry != e.entry AND o.attempt_id IS NULL",
        (entry,),
    ).fetchone()
    if other is None:
        return
    connection.execute("UPDATE clips SET entry = ? WHERE entry = ?", (entry, other["entry"]))
    forget(connection, other["entry"])
    connection.execute(
        f"UPDATE entries SET {' = ?, '.join(OBSERVED)} = ? WHERE entry = ?",
        (*(other[name] for name in OBSERVED), entry),
    )
    make_findable(connection, entry)


def make_findable(connection: sqlite3.Connection, entry: int) -> None:
    """Enter the words of an entry into the full text index."""
    row = connection.execute(
        "SELECT payload, task, note, searchable, indexed FROM entries WHERE entry = ?", (entry,)
    ).fetchone()
    payload = json.loads(row["payload"]) if row["payload"] else None
    task = json.loads(row["task"]) if row["task"] else None
    words = search.folded(f"{search.words_of(payload, task)} {row['note']}")
    if words == row["searchable"] and (row["indexed"] or not words):
        return
    indexed = has_words(connection)
    if indexed:
        connection.execute("DELETE FROM words WHERE rowid = ?", (entry,))
        connection.execute("INSERT INTO words (rowid, searchable) VALUES (?, ?)", (entry, words))
    connection.execute(
        "UPDATE entries SET searchable = ?, indexed = ? WHERE entry = ?",
        (words, int(indexed), entry),
    )


def has_words(connection: sqlite3.Connection) -> bool:
    """Tell whether this connection can use the full text index."""
    try:
        connection.execute("SELECT rowid FROM words LIMIT 0")
        return True
    except sqlite3.OperationalError:
        return False


def realm_number(connection: sqlite3.Connection, realm: Identity) -> int:
    """Find a realm, or begin it."""
    values = (realm.service, realm.account, int(realm.sandbox))
    connection.execute(
        "INSERT OR IGNORE INTO realms (service, account, sandbox) VALUES (?, ?, ?)", values
    )
    found = connection.execute(
        "SELECT realm FROM realms WHERE service = ? AND account = ? AND sandbox = ?", values
    ).fetchone()
    return int(found[0])


def entry_of_attempt(connection: sqlite3.Connection, attempt_id: str) -> int | None:
    """Find the entry of an attempt."""
    found = connection.execute(
        "SELECT entry FROM entries WHERE attempt_id = ?", (attempt_id,)
    ).fetchone()
    return None if found is None else int(found[0])


def entry_of_job(
    connection: sqlite3.Connection, job_id: str, realm: Identity | None = None
) -> int | None:
    """Find the newest entry of a job, in one realm or in any."""
    where, values = "e.job_id = ?", [storable(job_id)]
    if realm is not None:
        where += " AND r.service = ? AND r.account = ? AND r.sandbox = ?"
        values += [realm.service, realm.account, str(int(realm.sandbox))]
    found = connection.execute(
        "SELECT e.entry FROM entries e JOIN realms r ON r.realm = e.realm"
        f" WHERE {where} ORDER BY e.created_at DESC, e.entry DESC LIMIT 1",
        values,
    ).fetchone()
    return None if found is None else int(found[0])


def json_of_task(task: Mapping[str, Any], seen: Seen) -> str:
    """Write a task object without secrets; what cannot be written is reduced to what was read."""
    try:
        return compact(without_secrets(dict(task)))
    except (RecursionError, TypeError, ValueError):
        return compact({"job_id": seen.job_id, "task_type": seen.kind, "status": seen.status})


def compact(value: object) -> str:
    """Write JSON without needless blanks."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), default=str)
    return text

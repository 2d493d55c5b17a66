"""What rows know of their jobs: the task, the columns drawn from it, the words in the index.

It only grows, whichever process writes last: see `task_updates`.
"""

# ruff: noqa: S608 - SQL is composed of texts of this package; values are always bound.

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models.task_updates import after_answer
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.api.values.cleaning import storable
from legnext_widgets.client.redaction import without_secrets
from legnext_widgets.library.db import schema
from legnext_widgets.library.records import json_object, json_text

from . import search, takes
from .queries import KEEP_CLIPS
from .removal import forget

if TYPE_CHECKING:
    import sqlite3

_OBSERVED = (
    *("status", "final", "duration", "points", "videos", "clips_due", "task"),
    *("favourite", "note", "hidden"),
)
"""Columns that a job can have before the row of its own attempt knows its id."""


def update_task(connection: sqlite3.Connection, entry: int, task: Task) -> None:
    """Put a task object into a row, as far as it says more than the row does."""
    known = connection.execute(
        "SELECT status, videos, attempt_id IS NULL AS foreign_job, task, task IS NULL AS first,"
        " EXISTS (SELECT 1 FROM clips c WHERE c.entry = e.entry) AS has_files"
        " FROM entries e WHERE entry = ?",
        (entry,),
    ).fetchone()
    before = stored_task(known)
    task = after_answer(before, task, has_files=bool(known["has_files"]))
    if task is before:
        # Two sessions poll and the slower answer came last, or the service has forgotten a part.
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
            json_of_task(task),
            storable(status),
            # Links may still come: the next session asks again.
            int(task.done and (bool(known["has_files"]) or not task.lacks_output)),
            storable(task.kind),
            task.run_time,
            task.points,
            len(task.output.video_urls),
            status,
            entry,
        ),
    )
    if known["status"] == "failed" and task.has_output:
        takes.regain(connection, entry)
    clips = len(task.output.video_urls) if task.status == "completed" else 0
    if clips and (known["status"] != "completed" or known["videos"] < clips):
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


def stored_task(row: sqlite3.Row) -> Task | None:
    """Read the task of a row with the columns `task` and `status`; None before the first one."""
    found = json_object(row["task"])
    if found is None:
        return None
    # An answer without a status is no news of it: the row knows better.
    return Task.of(found | {"status": row["status"] or found.get("status")})


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


def json_of_task(task: Task) -> str:
    """Write a task object without secrets; one that JSON cannot hold is reduced to its basics."""
    try:
        stored = without_secrets(task.raw)
        output = stored.get("output") if isinstance(stored, dict) else None
        links = (*task.output.video_urls, *task.output.image_urls)
        if isinstance(output, dict) and any(
            link and without_secrets(link) != link for link in links
        ):
            output["signatures_removed"] = True
        return json_text(stored)
    except (RecursionError, TypeError, ValueError):
        return json_text(
            {"job_id": task.job_id, "task_type": task.task_type, "status": task.status}
        )

"""SELECT, INSERT and UPDATE statements for marks of jobs and clips, each safe to run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.api.values.cleaning import storable
from legnext_widgets.client.marks.model import ClipMarks, JobMarks
from legnext_widgets.library.records import clip_marks_of

from . import task_writes

if TYPE_CHECKING:
    import sqlite3

    from legnext_widgets.client.marks.model import MarkChange


def read_marks(connection: sqlite3.Connection, entry: int) -> JobMarks:
    """Read the marks of a row and of its clips."""
    row = connection.execute(
        "SELECT favourite, note, hidden FROM entries WHERE entry = ?", (entry,)
    ).fetchone()
    clips = clip_marks_of(connection, [entry]).get(entry, {})
    return JobMarks(bool(row["favourite"]), row["note"], bool(row["hidden"]), clips)


def change_marks(
    connection: sqlite3.Connection, entry: int, *, change: MarkChange, number: int | None = None
) -> None:
    """Change the marks of a job, or of one of its clips.

    Args:
        connection: Inside a transaction.
        entry: The row of the job.
        change: What to change.
        number: Number of the clip; None for the job.
    """
    count = connection.execute("SELECT videos FROM entries WHERE entry = ?", (entry,)).fetchone()
    marks = read_marks(connection, entry).changed(change, number, int(count[0]))
    connection.execute(
        "UPDATE entries SET favourite = ?, note = ?, hidden = ? WHERE entry = ?",
        (int(marks.favourite), storable(marks.note), int(marks.hidden), entry),
    )
    connection.execute("DELETE FROM clip_marks WHERE entry = ?", (entry,))
    connection.executemany(
        "INSERT INTO clip_marks (entry, number, favourite, note, hidden, deleted)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [_row_of(entry, number, own) for number, own in sorted(marks.clips.items())],
    )
    if change.note is not None:
        task_writes.index(connection, entry)


def _row_of(entry: int, number: int, own: ClipMarks) -> tuple[object, ...]:
    note = None if own.note is None else storable(own.note)
    return entry, number, own.favourite, note, own.hidden, int(own.deleted)

"""What is asked of the journal: filters made into SQL, and the figures drawn from it."""

# ruff: noqa: S608 - the SQL is composed of texts of this package; what people type is bound.

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from legnext_widgets.library import records
from legnext_widgets.library.answers import kind_of

from . import search

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from legnext_widgets.client.session.store import Identity
    from legnext_widgets.library.records import LibraryRecord

Condition = tuple[str, tuple[object, ...]]
"""A piece of a WHERE clause and its parameters."""

NEWEST_DURATIONS = 60

PART_OF_JOB_ID = re.compile(r"[0-9a-fA-F][0-9a-fA-F-]{7,35}")


@dataclass(frozen=True)
class Filter:
    """Which records are asked for. None always means any.

    Attributes:
        status: One status or several, as the service writes them.
        search: Words of the prompt or of the note, each as the beginning of a word; or a job id.
        kind: One kind or several, such as `video_diffusion`.
        since: The earliest time at which it may have been sent.
        until: The time before which it must have been sent.
        favourite: Whether it is marked.
        sandbox: Whether it belongs to a simulated service.
        realm: Whose it is.
        states: What became of the attempts; accepted ones are jobs.
    """

    status: str | Iterable[str] | None = None
    search: str | None = None
    kind: str | Iterable[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    favourite: bool | None = None
    sandbox: bool | None = None
    realm: Identity | None = None
    states: Sequence[str] = ("accepted",)


@dataclass(frozen=True)
class Page:
    """Some of the records asked for.

    Attributes:
        records: In the order asked for.
        next: What to give as `after` for the next page; None after the last.
    """

    records: list[LibraryRecord]
    next: str | None


@dataclass(frozen=True)
class PointsTotal:
    """Points of one kind of job on one day, in the time zone of this machine.

    Attributes:
        day: The day on which the jobs were sent.
        kind: Such as `video_diffusion`.
        jobs: How many.
        points: Those consumed, and those frozen by jobs still running.
    """

    day: date
    kind: str
    jobs: int
    points: int


def conditions(wanted: Filter, full_text: bool) -> tuple[str, list[object]]:
    """Compose the WHERE clause of what is wanted.

    Args:
        wanted: The filter.
        full_text: Whether the full text index can be used.

    Returns:
        The clause without `WHERE`, and its parameters.
    """
    found = one_of("e.state", wanted.states)
    found += one_of("e.status", listed(wanted.status))
    kinds = listed(wanted.kind)
    found += one_of("e.kind", None if kinds is None else [kind_of(name) for name in kinds])
    for column, value in (
        ("e.created_at >= ?", wanted.since and wanted.since.timestamp()),
        ("e.created_at < ?", wanted.until and wanted.until.timestamp()),
        ("e.favourite = ?", wanted.favourite),
        ("r.sandbox = ?", wanted.sandbox),
        ("r.service = ?", wanted.realm and wanted.realm.service),
        ("r.account = ?", wanted.realm and wanted.realm.account),
        ("r.sandbox = ?", wanted.realm and wanted.realm.sandbox),
    ):
        if value is not None:
            found.append((column, (value,)))
    if wanted.search is not None and search.terms_of(wanted.search):
        found.append(words_condition(wanted.search, full_text))
    clauses = " AND ".join(clause for clause, _ in found)
    return clauses, [value for _, values in found for value in values]


def listed(choice: str | Iterable[str] | None) -> list[str] | None:
    """Make a list of one name or several."""
    if choice is None:
        return None
    return [choice] if isinstance(choice, str) else list(choice)


def one_of(column: str, values: Sequence[str] | None) -> list[Condition]:
    """Compose the condition that a column has one of some values; None asks nothing."""
    if values is None:
        return []
    return [(f"{column} IN ({records.marks(values)})", tuple(values))]


def words_condition(words: str, full_text: bool) -> Condition:
    """Compose the condition for a search by words.

    Args:
        words: What a person typed.
        full_text: Whether the full text index can be used.

    Returns:
        The condition and its parameters.
    """
    patterns = search.like_patterns(words)
    alike = " AND ".join(["searchable LIKE ? ESCAPE '\\'"] * len(patterns))
    query = search.full_text_query(words) if full_text else None
    if query is None:
        found, values = f"({alike.replace('searchable', 'e.searchable')})", patterns
    else:
        # Entries written by a Python without full text search are in no index yet.
        found = (
            "e.entry IN (SELECT rowid FROM words WHERE words MATCH ? UNION ALL"
            f" SELECT entry FROM entries WHERE indexed = 0 AND searchable != '' AND {alike})"
        )
        values = [query, *patterns]
    if PART_OF_JOB_ID.fullmatch(words.strip()):
        found = f"({found} OR e.job_id LIKE ?)"
        values = [*values, words.strip() + "%"]
    return found, tuple(values)


def page(
    connection: sqlite3.Connection,
    folder: Path,
    wanted: Filter,
    *,
    full_text: bool,
    oldest_first: bool = False,
    limit: int | None = None,
    offset: int = 0,
    after: str | None = None,
) -> Page:
    """Read a page of records.

    Args:
        connection: Where to read.
        folder: The library's folder, for the paths of kept clips.
        wanted: Which records.
        full_text: Whether the full text index can be used.
        oldest_first: Newest first otherwise.
        limit: How many at most; None for all.
        offset: How many to leave out at the beginning.
        after: The `next` of the page before; quicker than a large offset, and not disturbed by
            jobs that come in meanwhile.

    Returns:
        The page.

    Raises:
        ValueError: When `after` is not what a page gave.
    """
    where, values = conditions(wanted, full_text)
    if after is not None:
        created_at, entry = read_cursor(after)
        where += f" AND (e.created_at, e.entry) {'>' if oldest_first else '<'} (?, ?)"
        values += [created_at, entry]
    direction = "ASC" if oldest_first else "DESC"
    # One more than asked for tells whether there is a next page.
    found = connection.execute(
        f"SELECT {records.COLUMNS} {records.FROM} WHERE {where}"
        f" ORDER BY e.created_at {direction}, e.entry {direction} LIMIT ? OFFSET ?",
        [*values, -1 if limit is None else limit + 1, offset],
    ).fetchall()
    more = limit is not None and len(found) > limit
    found = found[:limit] if more else found
    following = f"{found[-1]['created_at']!r}/{found[-1]['entry']}" if more and found else None
    return Page(records.records_of(connection, found, folder), following)


def read_cursor(after: str) -> tuple[float, int]:
    """Read where a page ended."""
    created_at, _, entry = after.partition("/")
    return float(created_at), int(entry)


def count(connection: sqlite3.Connection, wanted: Filter, *, full_text: bool) -> int:
    """Count the records that are wanted."""
    where, values = conditions(wanted, full_text)
    found = connection.execute(f"SELECT count(*) {records.FROM} WHERE {where}", values).fetchone()
    return int(found[0])


def by_entry(connection: sqlite3.Connection, folder: Path, entry: int) -> LibraryRecord | None:
    """Read one entry."""
    found = connection.execute(
        f"SELECT {records.COLUMNS} {records.FROM} WHERE e.entry = ?", (entry,)
    ).fetchall()
    return records.records_of(connection, found, folder)[0] if found else None


def _rows(
    connection: sqlite3.Connection, wanted: Filter, condition: str = "1", direction: str = "ASC"
) -> list[sqlite3.Row]:
    """Read the rows of what is wanted and meets a further condition, by their age."""
    where, values = conditions(wanted, full_text=False)
    return connection.execute(
        f"SELECT {records.COLUMNS} {records.FROM} WHERE {where} AND {condition}"
        f" ORDER BY e.created_at {direction}, e.entry {direction}",
        values,
    ).fetchall()


def unfinished(
    connection: sqlite3.Connection, folder: Path, realm: Identity | None
) -> list[LibraryRecord]:
    """Read the jobs that may still be running, oldest first."""
    found = _rows(connection, Filter(realm=realm), "e.final = 0")
    return records.records_of(connection, found, folder)


def with_clips_due(
    connection: sqlite3.Connection, folder: Path, realm: Identity | None
) -> list[LibraryRecord]:
    """Read the completed jobs of which not every clip was kept yet, newest first."""
    found = _rows(connection, Filter(realm=realm), "e.clips_due = 1", "DESC")
    return records.records_of(connection, found, folder)


def without_outcome(
    connection: sqlite3.Connection, folder: Path, realm: Identity | None
) -> list[tuple[LibraryRecord, str]]:
    """Read the attempts of which nobody knows yet, each with the session that made it."""
    found = _rows(connection, Filter(realm=realm, states=("intended", "uncertain")))
    remembered = records.records_of(connection, found, folder)
    return [(record, row["session"]) for record, row in zip(remembered, found, strict=True)]


def durations(connection: sqlite3.Connection, task_type: str, sandbox: bool) -> list[float]:
    """Read how long the newest completed jobs of a kind took, newest first."""
    found = connection.execute(
        "SELECT e.duration FROM entries e JOIN realms r ON r.realm = e.realm"
        " WHERE e.kind = ? AND e.status = 'completed' AND e.duration IS NOT NULL"
        " AND r.sandbox = ? ORDER BY e.created_at DESC LIMIT ?",
        (kind_of(task_type), int(sandbox), NEWEST_DURATIONS),
    ).fetchall()
    return [float(row[0]) for row in found]


def totals(connection: sqlite3.Connection, wanted: Filter) -> list[PointsTotal]:
    """Add up the points by day and kind, newest day first."""
    where, values = conditions(wanted, full_text=False)
    found = connection.execute(
        "SELECT date(e.created_at, 'unixepoch', 'localtime') AS day, e.kind AS kind, count(*),"
        f" coalesce(sum(e.points), 0) {records.FROM} WHERE {where}"
        " GROUP BY day, kind ORDER BY day DESC, kind",
        values,
    ).fetchall()
    return [PointsTotal(date.fromisoformat(row[0]), row[1], row[2], row[3]) for row in found]

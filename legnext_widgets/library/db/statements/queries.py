"""SELECT statements: pages of records, figures drawn from them, kept clips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models.tasks import kind_of
from legnext_widgets.client.api.values.cleaning import clean_job_id, storable
from legnext_widgets.library import arguments, records
from legnext_widgets.library.errors import UnknownJobError

from .search import Condition, search_condition

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from legnext_widgets.client.session.store import Identity
    from legnext_widgets.library.records import LibraryRecord

MAX_DURATIONS = 60

KEEP_CLIPS = "keep_clips"
MAX_BYTES = "max_bytes"
"""Names of settings."""


_HAS_MEDIA = "(e.status = 'completed' AND (e.videos > 0 OR e.kind = 'diffusion')) = ?"


@dataclass(frozen=True)
class Filter:
    """Which records to find; None means any.

    Attributes:
        status: One status or several, as the service writes them.
        search: Words of the prompt or note, each as the beginning of a word; or a job id.
        kind: One kind or several, such as `video_diffusion`.
        since: Submitted at this time or later; a date is its first moment.
        until: Submitted before this time.
        favourite: Jobs with a star, or with a clip that has one; or all others.
        sandbox: Jobs of a sandbox, or of the real service.
        identity: Jobs of this account of this service.
        hidden: Hidden jobs, whose clips are all hidden; or all others.
        states: Outcomes of the attempts; accepted ones are jobs.
        with_media: Completed jobs with clips or images; or all others.
    """

    status: str | Iterable[str] | None = None
    search: str | None = None
    kind: str | Iterable[str] | None = None
    since: date | None = None
    until: date | None = None
    favourite: bool | None = None
    sandbox: bool | None = None
    identity: Identity | None = None
    hidden: bool | None = None
    states: Sequence[str] = ("accepted",)
    with_media: bool | None = None


@dataclass(frozen=True)
class Page:
    """A page of records.

    Attributes:
        records: In the requested order.
        next: The `after` of the next page; None on the last one.
    """

    records: list[LibraryRecord]
    next: str | None


@dataclass(frozen=True)
class PointsTotal:
    """Points of one kind of job on one day, in the time zone of this machine.

    Attributes:
        day: The day on which the jobs were submitted.
        kind: Such as `video_diffusion`.
        jobs: The number of jobs.
        points: Points consumed, and points frozen by running jobs.
    """

    day: date
    kind: str
    jobs: int
    points: int


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
        connection: A connection to the journal.
        folder: The library's folder, for the paths of kept clips.
        wanted: Which records.
        full_text: Whether to use the full text index.
        oldest_first: Newest first otherwise.
        limit: Number of records at most; None for all.
        offset: Number of records to skip.
        after: The `next` of the page before; faster than a large offset, and new jobs do not shift
            the pages.

    Raises:
        ValueError: `after` is not the `next` of a page.
    """
    where, values = _where(wanted, full_text=full_text, by_age=True)
    if after is not None:
        created_at, _, entry = after.partition("/")
        where += f" AND (e.created_at, e.entry) {'>' if oldest_first else '<'} (?, ?)"
        values += [float(created_at), int(entry)]
    direction = "ASC" if oldest_first else "DESC"
    # One more than requested shows whether there is a next page.
    found = connection.execute(
        f"SELECT {records.COLUMNS} {records.SOURCE} WHERE {where}"
        f" ORDER BY e.created_at {direction}, e.entry {direction} LIMIT ? OFFSET ?",
        [*values, -1 if limit is None else limit + 1, offset],
    ).fetchall()
    more = limit is not None and len(found) > limit
    found = found[:limit] if more else found
    following = f"{found[-1]['created_at']!r}/{found[-1]['entry']}" if more and found else None
    return Page(records.records_of(connection, found, folder), following)


def count(connection: sqlite3.Connection, wanted: Filter, *, full_text: bool) -> int:
    """Count records."""
    where, values = _where(wanted, full_text=full_text)
    found = connection.execute(f"SELECT count(*) {records.SOURCE} WHERE {where}", values).fetchone()
    return int(found[0])


def by_entry(connection: sqlite3.Connection, folder: Path, entry: int) -> LibraryRecord | None:
    """Read one record by the number of its row."""
    found = connection.execute(
        f"SELECT {records.COLUMNS} {records.SOURCE} WHERE e.entry = ?", (entry,)
    ).fetchall()
    return records.records_of(connection, found, folder)[0] if found else None


def unfinished(
    connection: sqlite3.Connection, folder: Path, identity: Identity | None
) -> list[LibraryRecord]:
    """Read the jobs that may still be running, oldest first."""
    # Written out, as in the partial indexes: SQLite does not see what a parameter holds.
    found = _rows(connection, Filter(identity=identity), "e.state = 'accepted' AND e.final = 0")
    return records.records_of(connection, found, folder)


def with_clips_due(
    connection: sqlite3.Connection, folder: Path, identity: Identity | None
) -> list[LibraryRecord]:
    """Read the completed jobs that still have clips to keep, newest first."""
    found = _rows(connection, Filter(identity=identity), "e.clips_due = 1", "DESC")
    return records.records_of(connection, found, folder)


def without_outcome(
    connection: sqlite3.Connection, folder: Path, identity: Identity | None
) -> list[tuple[LibraryRecord, str]]:
    """Read the attempts without a known outcome, each with the name of its process."""
    states = ("intended", "uncertain")
    found = _rows(
        connection,
        Filter(identity=identity, states=states),
        "e.state IN ('intended', 'uncertain')",
    )
    attempts = records.records_of(connection, found, folder)
    return [(record, row["session"]) for record, row in zip(attempts, found, strict=True)]


def durations(connection: sqlite3.Connection, task_type: str, *, sandbox: bool) -> list[float]:
    """Read how long the newest completed jobs of a kind took, in seconds, newest first."""
    found = connection.execute(
        "SELECT e.duration FROM entries e JOIN realms r ON r.realm = e.realm"
        " WHERE e.kind = ? AND e.status = 'completed' AND e.duration IS NOT NULL"
        " AND r.sandbox = ? ORDER BY e.created_at DESC LIMIT ?",
        (kind_of(task_type), int(sandbox), MAX_DURATIONS),
    ).fetchall()
    return [float(row[0]) for row in found]


def totals(connection: sqlite3.Connection, wanted: Filter) -> list[PointsTotal]:
    """Add up points by day and kind, newest day first."""
    where, values = _where(wanted, full_text=False)
    found = connection.execute(
        "SELECT date(e.created_at, 'unixepoch', 'localtime') AS day, e.kind AS kind, count(*),"
        f" coalesce(sum(e.points), 0) {records.SOURCE} WHERE {where}"
        " GROUP BY day, kind ORDER BY day DESC, kind",
        values,
    ).fetchall()
    return [PointsTotal(date.fromisoformat(row[0]), row[1], row[2], row[3]) for row in found]


def setting(connection: sqlite3.Connection, name: str) -> str | None:
    """Read a setting of the library; None when it was never set."""
    found = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found[0])


def keeps_clips(connection: sqlite3.Connection) -> bool:
    """Whether the library keeps clips, and the pictures that requests are made with."""
    return setting(connection, KEEP_CLIPS) != "no"


def account_of(connection: sqlite3.Connection, identity: Identity) -> str:
    """Read which account an identity is: the service's where it is known, else as it stands."""
    name = records.account_setting(identity.origin, identity.account)
    return setting(connection, name) or identity.account


def owner_of(
    connection: sqlite3.Connection, job_id: str, identity: Identity | None
) -> tuple[int, Identity]:
    """Find the row of a job, and the account that it belongs to.

    Args:
        connection: A connection to the journal.
        job_id: The job.
        identity: Its account; by default the newest job of that id.

    Raises:
        UnknownJobError: The library does not know the job.
    """
    entry = entry_of_job(connection, job_id, identity)
    if entry is None:
        raise UnknownJobError(f"The library does not know the job {job_id}.")
    row = connection.execute(
        f"SELECT r.service, r.account, r.sandbox {records.SOURCE} WHERE e.entry = ?", (entry,)
    ).fetchone()
    return entry, records.identity_of(row)


def entry_of_job(
    connection: sqlite3.Connection, job_id: str, identity: Identity | None = None
) -> int | None:
    """Find the newest row of a job, of one account or of any."""
    name = storable(str(clean_job_id(job_id)))
    # As it was given, without what was pasted around it, or as services write a UUID.
    names = [storable(str(job_id)), name, name.lower()]
    clause, values = f"e.job_id IN ({records.marks(names)})", names
    if identity is not None:
        account, parameters = records.same_account(identity)
        clause, values = f"{clause} AND {account}", [*values, *parameters]
    found = connection.execute(
        f"SELECT e.entry {records.SOURCE} WHERE {clause}"
        " ORDER BY e.created_at DESC, e.entry DESC LIMIT 1",
        values,
    ).fetchone()
    return None if found is None else int(found[0])


def entry_of_attempt(connection: sqlite3.Connection, attempt_id: str) -> int | None:
    """Find the row of an attempt."""
    found = connection.execute(
        "SELECT entry FROM entries WHERE attempt_id = ?", (str(attempt_id),)
    ).fetchone()
    return None if found is None else int(found[0])


def process_of(connection: sqlite3.Connection, entry: int) -> str:
    """Read the name of the process that made the attempt of a row."""
    found = connection.execute("SELECT session FROM entries WHERE entry = ?", (entry,)).fetchone()
    return "" if found is None else str(found[0])


def _rows(
    connection: sqlite3.Connection, wanted: Filter, condition: str = "1", direction: str = "ASC"
) -> list[sqlite3.Row]:
    """Read the rows that match a filter and one more condition, by age."""
    where, values = _where(wanted, full_text=False)
    return connection.execute(
        f"SELECT {records.COLUMNS} {records.SOURCE} WHERE {where} AND {condition}"
        f" ORDER BY e.created_at {direction}, e.entry {direction}",
        values,
    ).fetchall()


def _where(wanted: Filter, *, full_text: bool, by_age: bool = False) -> tuple[str, list[object]]:
    """Compose the WHERE clause of a filter, without `WHERE`, and its parameters."""
    statuses, kinds = arguments.words("status", wanted.status), arguments.words("kind", wanted.kind)
    found = _one_of("e.state", wanted.states) + _one_of("e.status", statuses)
    found += _one_of("e.kind", None if kinds is None else [kind_of(name) for name in kinds])
    for condition, value in (
        ("e.created_at >= ?", arguments.unix_time("since", wanted.since)),
        ("e.created_at < ?", arguments.unix_time("until", wanted.until)),
        ("e.favourite = ?", wanted.favourite),
        ("e.hidden = ?", wanted.hidden),
        ("r.sandbox = ?", wanted.sandbox),
        (_HAS_MEDIA, wanted.with_media),
    ):
        if value is not None:
            found.append((condition, (value,)))
    if wanted.identity is not None:
        found.append(records.same_account(wanted.identity))
    search = arguments.text("search", wanted.search)
    searched = search_condition(search, full_text=full_text, by_age=by_age)
    if searched is not None:
        found.append(searched)
    clauses = " AND ".join(clause for clause, _ in found)
    return clauses, [value for _, values in found for value in values]


def _one_of(column: str, values: Sequence[str] | None) -> list[Condition]:
    if values is None:
        return []
    return [(f"{column} IN ({records.marks(values)})", tuple(values))]

"""Number the takes of each request, and find who holds one.

A take is held by the attempt that was made from the request as its n-th, unless it was refused or
its job failed. A job that is sent without being asked for as a certain take gets the next free one.
"""

# ruff: noqa: S608 - SQL is composed of texts of this package; values are always bound.

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.api.values.request_key import request_key
from legnext_widgets.library import records

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from legnext_widgets.client.session.store import Attempt, Identity

AT_ONCE = 500
"""Old rows that are numbered in one transaction: other processes wait for it, 10 s at most."""

_LIVE = "(e.state IN ('intended', 'uncertain') OR (e.state = 'accepted' AND e.status != 'failed'))"


def key_of(attempt: Attempt) -> str:
    """Return the key of an attempt's request; empty when its body is none of the API's."""
    return attempt.request_key or _key(attempt.endpoint, attempt.payload)


def place_of(connection: sqlite3.Connection, attempt: Attempt) -> tuple[str | None, int | None]:
    """Find the key of an attempt, and the first free take from the one it is meant to be.

    Where many rows have no numbers yet, the attempt gets none either, and is numbered after them: a
    large library of version 0.1 must not hold up what is sent without `reuse`.
    """
    number_old_rows(connection)
    if not are_numbered(connection):
        return None, None
    key = key_of(attempt)
    return key, _free_take(connection, attempt.identity, key, attempt.take) if key else None


def holder_of(
    connection: sqlite3.Connection, identity: Identity, key: str, take: int
) -> int | None:
    """Find the row that holds a take of a request; rows of before must be numbered."""
    found = rows_held(connection, identity, key)
    return next((entry for entry, held_take in found if held_take == take), None)


def rows_held(
    connection: sqlite3.Connection, identity: Identity, key: str
) -> list[tuple[int, int]]:
    """Read the rows that hold takes of a request, each with its take, in the order of the takes."""
    if not key:
        return []
    account, values = records.same_account(identity)
    found = connection.execute(
        f"SELECT e.entry, e.take {records.SOURCE} WHERE e.request = ? AND e.take IS NOT NULL"
        # Accounts that became one may have used a number twice.
        f" AND {account} ORDER BY e.take, e.created_at, e.entry",
        (key, *values),
    ).fetchall()
    return [(int(entry), int(take)) for entry, take in found]


def is_held_elsewhere(connection: sqlite3.Connection, attempt: Attempt) -> bool:
    """Check whether another account of the same service holds the take of an attempt."""
    account, values = records.same_account(attempt.identity)
    found = connection.execute(
        f"SELECT 1 {records.SOURCE} WHERE e.request = ? AND e.take = ? AND r.service = ?"
        # An account without a setting makes the condition NULL where it is another one.
        f" AND NOT coalesce(({account}), 0) LIMIT 1",
        (key_of(attempt), attempt.take, records.realm_columns(attempt.identity)[0], *values),
    )
    return found.fetchone() is not None


def release(connection: sqlite3.Connection, attempt_id: str) -> None:
    """Take its take from an attempt that started nothing, or is of no use any more."""
    connection.execute(
        "UPDATE entries SET take = NULL WHERE attempt_id = ? AND"
        " (state != 'accepted' OR status = 'failed')",
        (attempt_id,),
    )


def regain(connection: sqlite3.Connection, entry: int) -> None:
    """Assign a take to a row whose job seems to have failed and has output after all.

    Its own take was free meanwhile; the job gets the first one that is free now.
    """
    row = connection.execute(
        f"SELECT e.request, r.service, r.account, r.sandbox {records.SOURCE}"
        " WHERE e.entry = ? AND e.take IS NULL AND e.request != '' AND e.attempt_id IS NOT NULL",
        (entry,),
    ).fetchone()
    if row is not None:
        take = _free_take(connection, records.identity_of(row), row["request"], 1)
        connection.execute("UPDATE entries SET take = ? WHERE entry = ?", (take, entry))


def replace(connection: sqlite3.Connection, entry: int, attempt_id: str) -> bool:
    """Take its take from a row, if it is the one of an attempt; whether it was."""
    changed = connection.execute(
        "UPDATE entries SET take = NULL WHERE entry = ? AND attempt_id = ?", (entry, attempt_id)
    )
    return changed.rowcount > 0


def move(connection: sqlite3.Connection, entry: int, realm: int) -> None:
    """Move a row to another realm, with the next free take where its own is held there."""
    row = connection.execute(
        "SELECT request, take FROM entries WHERE entry = ?", (entry,)
    ).fetchone()
    take = row["take"]
    if take is not None:
        used = {
            found[0]
            for found in connection.execute(
                "SELECT take FROM entries WHERE request = ? AND realm = ? AND take IS NOT NULL"
                " AND entry != ?",
                (row["request"], realm, entry),
            )
        }
        take = _next_free(used, take)
    connection.execute(
        "UPDATE entries SET realm = ?, take = ? WHERE entry = ?", (realm, take, entry)
    )


def move_all(connection: sqlite3.Connection, former: int, realm: int) -> None:
    """Move all rows of a realm to another one, in their order."""
    rows = connection.execute(
        "SELECT entry FROM entries WHERE realm = ? ORDER BY created_at, entry", (former,)
    ).fetchall()
    for row in rows:
        move(connection, row[0], realm)


def are_numbered(connection: sqlite3.Connection) -> bool:
    """Whether every row has its key: none is of a version that knew no takes."""
    found = connection.execute(
        "SELECT 1 FROM entries WHERE request IS NULL AND payload IS NOT NULL LIMIT 1"
    )
    return found.fetchone() is None


def number_old_rows(connection: sqlite3.Connection) -> None:
    """Assign keys and takes to rows that have none, oldest first.

    They were written by version 0.1, which may also still run, or come out of a damaged journal.
    At most `AT_ONCE` are numbered; `are_numbered` says whether that was all.
    """
    if are_numbered(connection):
        return
    rows = connection.execute(
        f"SELECT e.entry, e.endpoint, e.payload, e.realm, {_LIVE} AS live FROM entries e"
        " WHERE e.request IS NULL AND e.payload IS NOT NULL"
        f" ORDER BY e.created_at, e.entry LIMIT {AT_ONCE}"
    ).fetchall()
    last: dict[tuple[int, str], int] = {}
    for row in rows:
        key = _key(row["endpoint"], records.json_object(row["payload"]) or {})
        take = None
        if key and row["live"]:
            owner = (row["realm"], key)
            if owner not in last:
                found = connection.execute(
                    "SELECT max(take) FROM entries WHERE request = ? AND realm = ?"
                    " AND take IS NOT NULL",
                    (key, row["realm"]),
                ).fetchone()
                last[owner] = found[0] or 0
            take = last[owner] = last[owner] + 1
        connection.execute(
            "UPDATE entries SET request = ?, take = ? WHERE entry = ?", (key, take, row["entry"])
        )


def _free_take(connection: sqlite3.Connection, identity: Identity, key: str, least: int) -> int:
    return _next_free({take for _, take in rows_held(connection, identity, key)}, least)


def _next_free(used: set[int], least: int) -> int:
    while least in used:
        least += 1
    return least


def _key(endpoint: str, payload: Mapping[str, object]) -> str:
    return request_key(endpoint, payload) if endpoint and payload else ""

"""Join the jobs of all keys of one account, once the service has shown that it is one account.

Until then the fingerprint of a key stands for its account. The table `settings` records which
fingerprint is which account, so a later session knows it without asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.api.models.task_updates import after_answer
from legnext_widgets.client.session.identity import KNOWN_ACCOUNT
from legnext_widgets.library.records import account_setting

from . import removal, takes, task_writes
from .queries import account_of

if TYPE_CHECKING:
    import sqlite3

    from legnext_widgets.client.session.store import Identity

_MOST_FOREIGN_JOBS = 200

_TASK = ("task", "status", "final", "duration", "points", "videos", "clips_due", "reason")

# A job that was sent with a key whose account was never asked for.
_FOREIGN = (
    "FROM entries e JOIN realms r ON r.realm = e.realm WHERE r.service = ? AND r.sandbox = 0"
    f" AND r.account != ? AND r.account NOT LIKE '{KNOWN_ACCOUNT}%' AND e.attempt_id IS NOT NULL"
)


def foreign_jobs(connection: sqlite3.Connection, identity: Identity) -> list[str]:
    """Read the ids of running jobs of the same service that may be of this account, too."""
    found = connection.execute(
        f"SELECT e.job_id {_FOREIGN} AND e.state = 'accepted' AND e.final = 0"
        f" ORDER BY e.created_at DESC LIMIT {_MOST_FOREIGN_JOBS}",
        (identity.origin, account_of(connection, identity)),
    ).fetchall()
    return [str(row[0]) for row in found if row[0]]


def adopt(connection: sqlite3.Connection, identity: Identity, job_id: str) -> bool:
    """Join the account of a job that the service has shown to this account.

    The service shows a job to its own account only, so the key that sent it is one of the same.

    Returns:
        Whether there was such a job.
    """
    if identity.sandbox:
        return False
    account = account_of(connection, identity)
    found = connection.execute(
        f"SELECT r.account {_FOREIGN} AND e.job_id = ?", (identity.origin, account, job_id)
    ).fetchone()
    if found is None:
        return False
    _join(connection, identity.origin, str(found[0]), account)
    return True


def join(connection: sqlite3.Connection, identity: Identity, account: str) -> None:
    """Record that an identity is an account of the service, and give the account its jobs."""
    former = account_of(connection, identity)
    for name in {identity.account, former} - {account}:
        if name == identity.account or not name.startswith(KNOWN_ACCOUNT):
            _join(connection, identity.origin, name, account)


def _join(connection: sqlite3.Connection, service: str, former: str, account: str) -> None:
    prefix = account_setting(service, "")
    connection.execute(
        "UPDATE settings SET value = ? WHERE value = ? AND substr(name, 1, ?) = ?",
        (account, former, len(prefix), prefix),
    )
    connection.execute(
        "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
        (account_setting(service, former), account),
    )
    realms = connection.execute(
        "SELECT realm, sandbox FROM realms WHERE service = ? AND account = ?", (service, former)
    ).fetchall()
    for realm, sandbox in realms:
        target = connection.execute(
            "SELECT realm FROM realms WHERE service = ? AND account = ? AND sandbox = ?",
            (service, account, sandbox),
        ).fetchone()
        if target is None:
            connection.execute("UPDATE realms SET account = ? WHERE realm = ?", (account, realm))
        else:
            takes.move_all(connection, realm, target[0])
            connection.execute("DELETE FROM realms WHERE realm = ?", (realm,))
    _merge_doubles(connection, service, account)


def _merge_doubles(connection: sqlite3.Connection, service: str, account: str) -> None:
    """Make one row of several rows of one job; that of its own attempt stays."""
    rows = connection.execute(
        "SELECT e.entry, e.job_id FROM entries e JOIN realms r ON r.realm = e.realm"
        " WHERE r.service = ? AND r.account = ? AND e.job_id IS NOT NULL"
        " ORDER BY e.attempt_id IS NULL, e.created_at, e.entry",
        (service, account),
    ).fetchall()
    first: dict[str, int] = {}
    for entry, job_id in rows:
        stays = first.setdefault(job_id, entry)
        if stays != entry:
            _merge(connection, stays, entry)


def _merge(connection: sqlite3.Connection, stays: int, goes: int) -> None:
    known, other = (
        connection.execute("SELECT * FROM entries WHERE entry = ?", (entry,)).fetchone()
        for entry in (stays, goes)
    )
    before, answer = task_writes.stored_task(known), task_writes.stored_task(other)
    has_files = connection.execute("SELECT 1 FROM clips WHERE entry = ?", (stays,)).fetchone()
    task = before if answer is None else after_answer(before, answer, has_files=bool(has_files))
    newer = known if task is before else other
    of_both = task is not None and task is not before and task is not answer
    text = task_writes.json_of_task(task) if task is not None and of_both else newer["task"]
    note = known["note"] or other["note"]
    connection.execute(
        "UPDATE entries SET task = ?, status = ?, final = ?, duration = ?, points = ?, videos = ?,"
        " clips_due = ?, reason = ?, favourite = ?, note = ? WHERE entry = ?",
        (
            text,
            *(newer[name] for name in _TASK[1:]),
            max(known["favourite"], other["favourite"]),
            note,
            stays,
        ),
    )
    for owned in ("clips", "clip_marks"):
        connection.execute(
            f"UPDATE OR IGNORE {owned} SET entry = ? WHERE entry = ?",  # noqa: S608 - two names
            (stays, goes),
        )
    connection.execute(
        "UPDATE entries SET take = NULL WHERE entry = ? AND status = 'failed'", (stays,)
    )
    removal.forget(connection, goes)
    task_writes.index(connection, stays)

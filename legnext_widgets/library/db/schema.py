"""The tables of the journal, their version, and migrations from older versions."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

APPLICATION_ID = 0x4C4E5857
"""Marks a SQLite file as a journal of this project (the letters LNXW)."""

FIRST_TABLES = """
CREATE TABLE realms (
    realm   INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    account TEXT NOT NULL,
    sandbox INTEGER NOT NULL,
    UNIQUE (service, account, sandbox)
);
CREATE TABLE entries (
    entry      INTEGER PRIMARY KEY,
    realm      INTEGER NOT NULL REFERENCES realms (realm),
    state      TEXT NOT NULL,
    session    TEXT NOT NULL DEFAULT '',
    attempt_id TEXT UNIQUE,
    endpoint   TEXT NOT NULL DEFAULT '',
    sent_at    REAL,
    job_id     TEXT,
    kind       TEXT NOT NULL DEFAULT '',
    status     TEXT NOT NULL DEFAULT '',
    final      INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    duration   REAL,
    points     INTEGER,
    videos     INTEGER NOT NULL DEFAULT 0,
    clips_due  INTEGER NOT NULL DEFAULT 0,
    reason     TEXT,
    favourite  INTEGER NOT NULL DEFAULT 0,
    note       TEXT NOT NULL DEFAULT '',
    searchable TEXT NOT NULL DEFAULT '',
    indexed    INTEGER NOT NULL DEFAULT 0,
    payload    TEXT,
    task       TEXT
);
CREATE INDEX entries_by_age ON entries (created_at DESC, entry DESC);
CREATE INDEX entries_by_job ON entries (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX entries_by_kind ON entries (kind, created_at DESC);
CREATE INDEX entries_running ON entries (created_at) WHERE state = 'accepted' AND final = 0;
CREATE INDEX entries_open ON entries (created_at) WHERE state IN ('intended', 'uncertain');
CREATE INDEX entries_clips_due ON entries (created_at) WHERE clips_due = 1;
CREATE INDEX entries_favourite ON entries (created_at) WHERE favourite = 1;
CREATE INDEX entries_unindexed ON entries (entry) WHERE indexed = 0;
CREATE TABLE clips (
    entry       INTEGER NOT NULL REFERENCES entries (entry) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    file        TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    kept_at     REAL NOT NULL,
    poster      TEXT,
    poster_bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (entry, number)
) WITHOUT ROWID;
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
"""

MARKS_OF_CLIPS = """
ALTER TABLE entries ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
CREATE TABLE clip_marks (
    entry     INTEGER NOT NULL REFERENCES entries (entry) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    favourite INTEGER,
    note      TEXT,
    hidden    INTEGER,
    deleted   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (entry, number)
) WITHOUT ROWID;
"""
"""Star, note and hidden of single clips; NULL means that the mark of the job applies, so marks of
version 0.1, which had only jobs, mean all their clips."""

TAKES = """
ALTER TABLE entries ADD COLUMN request TEXT;
ALTER TABLE entries ADD COLUMN take INTEGER;
CREATE UNIQUE INDEX entries_takes ON entries (request, realm, take) WHERE take IS NOT NULL;
CREATE INDEX entries_unkeyed ON entries (created_at) WHERE request IS NULL AND payload IS NOT NULL;
"""
"""Which request an attempt was made from, by its key, and which take of it a job is. Rows of before
get their keys when one is first needed: see `takes`."""

PICTURES = """
ALTER TABLE entries ADD COLUMN pictures TEXT;
"""
"""Descriptions of the pictures that a request was made with, as JSON, by the argument that took the
link of each. Their files are in the folder `pictures`."""

COMPLETED = """
UPDATE entries SET status = 'completed', final = 1, request = NULL, take = NULL
    WHERE status != 'completed'
    AND EXISTS (SELECT 1 FROM clips WHERE clips.entry = entries.entry);
UPDATE entries SET final = 1
    WHERE final = 0 AND EXISTS (SELECT 1 FROM clips WHERE clips.entry = entries.entry);
"""
"""Jobs with kept clips were completed, also where version 0.1 let a later answer say otherwise.
They get their takes like other old rows."""

MIGRATIONS: Sequence[str] = (FIRST_TABLES, TAKES, MARKS_OF_CLIPS, PICTURES, COMPLETED)
"""Scripts that lead from version n to n + 1, in order. A published one never changes."""

SCHEMA_VERSION = len(MIGRATIONS)

FULL_TEXT_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5"
    "(searchable, tokenize = 'unicode61 remove_diacritics 2')"
)


class NewerJournalError(Exception):
    """A newer version of this package wrote the journal."""


class ForeignDatabaseError(Exception):
    """The file is a SQLite database of another program."""


def version_of(connection: sqlite3.Connection) -> int:
    """Read the schema version of a journal.

    Args:
        connection: An open connection, which is only read.

    Returns:
        The version; 0 for an empty file.

    Raises:
        NewerJournalError: The version is newer than this code knows.
        ForeignDatabaseError: The file belongs to another program.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if owner != APPLICATION_ID and (owner or tables):
        raise ForeignDatabaseError
    if version > SCHEMA_VERSION:
        raise NewerJournalError
    return version


def migrate(connection: sqlite3.Connection, steps: Sequence[str] = MIGRATIONS) -> None:
    """Migrate a journal to the newest version, in one transaction.

    Args:
        connection: A connection in autocommit mode (`isolation_level=None`).
        steps: The migrations, the first leading from version 0 to 1.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read inside the transaction: another process may have migrated meanwhile.
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for number, script in enumerate(steps[version:], start=version + 1):
            for statement in statements_of(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def statements_of(script: str) -> list[str]:
    """Split a script into statements, since `executescript` would commit the open transaction."""
    statements, pending = [], ""
    for line in script.splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    if pending.strip():
        statements.append(pending.strip())
    return statements


def add_full_text(connection: sqlite3.Connection) -> bool:
    """Make the full text table, if this build of SQLite can.

    Args:
        connection: A writable connection.

    Returns:
        Whether full text search is available through this connection.
    """
    try:
        connection.execute(FULL_TEXT_TABLE)
        return True
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            return False
        raise


def has_full_text(connection: sqlite3.Connection) -> bool:
    """Check whether full text search is available through this connection."""
    try:
        connection.execute("SELECT rowid FROM words LIMIT 0")
        return True
    except sqlite3.OperationalError:
        return False

"""Open the database: SQLite on one machine, PostgreSQL for several replicas."""

from __future__ import annotations

import os
import stat
import threading
import uuid
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from sqlalchemy import create_engine, event, insert, inspect, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from . import tables
from .prices import fill_classes
from .tables import CLASS, SCHEMA_VERSION, changes, gate, members

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine.default import DefaultExecutionContext as ExecutionContext
    from sqlalchemy.engine.interfaces import DBAPICursor

_BUSY_SECONDS = 30
_PG_LOCK = 0x1E9E87
_CHANGED = "changed"


class DatabaseError(RuntimeError):
    """The database cannot be used; the message says why."""


class Database:
    """Transactions on one database; any thread may use it.

    Args:
        url: `sqlite:///path/to/file.db` or `postgresql://user:password@host/name`.
        class_points: Limit of the class, where the database is new; None for no limit.

    Raises:
        DatabaseError: It cannot be opened, or a newer version of this package made it.
    """

    def __init__(self, url: str, *, class_points: int | None = None) -> None:
        self.engine = _engine(url)
        event.listen(self.engine, "after_cursor_execute", _note_changed_rows)
        self.on_commit: list[Callable[[], object]] = []
        self._lock: FileLock | None = None
        # SQLite has no queue of writers: those who find it locked look again after a while, and one
        # of many may be late each time. The threads of this process wait in a queue of their own.
        self._turn: AbstractContextManager[object] = (
            threading.Lock() if self.is_sqlite else nullcontext()
        )
        try:
            self._create(class_points)
        except SQLAlchemyError as error:
            self.engine.dispose()
            raise DatabaseError(f"The database cannot be used: {_plain(error)}") from None
        except DatabaseError:
            self.engine.dispose()
            raise

    @property
    def is_sqlite(self) -> bool:
        """Whether one process has it for itself."""
        return self.engine.dialect.name == "sqlite"

    def lock(self) -> None:
        """Make sure that no other gateway runs on the same SQLite file.

        Raises:
            DatabaseError: One does.
        """
        path = self.engine.url.database
        if not self.is_sqlite or not path or self._lock is not None:
            return
        lock = FileLock(f"{path}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise DatabaseError(
                f"Another gateway works on {path}. Several replicas need PostgreSQL."
            ) from None
        self._lock = lock

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes; there is one at a time.

        If it changed a row, `on_commit` is called afterwards. One that only looked must wake no
        one: the queue would look again at once, without end.
        """
        with self.touch() as connection:
            connection.info.pop(_CHANGED, None)
            if not self.is_sqlite:
                connection.execute(select(gate.c.id).with_for_update())
            yield connection
            changed = connection.info.pop(_CHANGED, False)
        if changed:
            for callback in self.on_commit:
                callback()

    @contextmanager
    def touch(self) -> Iterator[Connection]:
        """Open a transaction that writes times only, which no one waits for."""
        with self._turn, self.engine.connect() as opened:
            connection = opened.execution_options(immediate=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _create(self, class_points: int | None) -> None:
        with self.touch() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_PG_LOCK})")
            found = None
            if inspect(connection).has_table(tables.schema_version.name):
                found = connection.scalar(select(tables.schema_version.c.version))
            if found is not None and found > SCHEMA_VERSION:
                raise DatabaseError(
                    f"The database was made by a newer version of legnext-widgets (schema "
                    f"{found}; this one knows {SCHEMA_VERSION}). Update the gateway."
                )
            if found is not None and found < SCHEMA_VERSION:
                _migrate(connection)
            tables.metadata.create_all(connection)
            if found is None:
                _fill(connection, class_points)


def note_change(connection: Connection, at: float, member: int | None, attempt: str | None) -> None:
    """Number a change, so that those who wait for changes see it once this is committed."""
    seq = connection.scalar(update(gate).values(seq=gate.c.seq + 1).returning(gate.c.seq))
    connection.execute(insert(changes).values(seq=seq, member=member, attempt=attempt, at=at))


def _migrate(connection: Connection) -> None:
    """Change the tables of version 1, which knows no price classes, to those of version 2."""
    connection.exec_driver_sql("ALTER TABLE attempts ADD COLUMN priced_as VARCHAR(64)")
    connection.exec_driver_sql("CREATE INDEX attempts_by_price ON attempts (priced_as, created_at)")
    fill_classes(connection)
    connection.execute(update(tables.schema_version).values(version=SCHEMA_VERSION))


def _fill(connection: Connection, class_points: int | None) -> None:
    connection.execute(insert(tables.schema_version).values(version=SCHEMA_VERSION))
    connection.execute(insert(gate).values(id=1, class_id=str(uuid.uuid4()), stopped=False, seq=0))
    # The first row of the table: its number is the database's own, so that the next one is free.
    values = {"points_limit": class_points, "held": 0, "spent": 0, "blocked": False}
    first = connection.scalar(insert(members).values(name="", **values).returning(members.c.id))
    if first != CLASS:
        raise DatabaseError("The database has a table `members` that is not the gateway's.")


def _engine(given: str) -> Engine:
    try:
        url = make_url(given)
    except ArgumentError:
        raise DatabaseError(
            "The database must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:") or str(url.database).startswith("file:"):
            raise DatabaseError("The gateway needs a file: a database in memory forgets budgets.")
        path = Path(str(url.database)).expanduser()
        _prepare_file(path)
        url = url.set(database=str(path))
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.get_backend_name() != "postgresql":
        raise DatabaseError("The gateway works on SQLite and PostgreSQL.")
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"), pool_size=8, pool_pre_ping=True
        )
    except ImportError:
        raise DatabaseError(
            "PostgreSQL needs psycopg: pip install 'legnext-widgets[gateway-postgres]'"
        ) from None


def _prepare_file(path: Path) -> None:
    """Make the file of a database, which holds prompts, for its owner alone.

    SQLite gives the files beside it the same permissions. Of a file that is there only the access
    of all others ends; a group may have been given its own.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise DatabaseError(f"The database cannot be used: {error}") from None
    for each in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))):
        with suppress(OSError):  # it is not there, or another user's
            mode = stat.S_IMODE(each.stat().st_mode)
            if mode & stat.S_IRWXO:
                each.chmod(mode & ~stat.S_IRWXO)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions begin by our own words, since the driver's begin too late to lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _note_changed_rows(
    connection: Connection,
    cursor: DBAPICursor,
    _statement: str,
    _parameters: object,
    context: ExecutionContext | None,
    _many: bool,  # noqa: FBT001 - SQLAlchemy's signature
) -> None:
    writes = context is not None and (context.isinsert or context.isupdate or context.isdelete)
    if writes and cursor.rowcount != 0:
        connection.info[_CHANGED] = True


def _plain(error: SQLAlchemyError) -> str:
    """Return the reason without statement, parameters and password."""
    original = getattr(error, "orig", None)
    kind = "not reached: " if isinstance(error, OperationalError) else ""
    return f"{kind}{str(original or type(error).__name__).strip()}"

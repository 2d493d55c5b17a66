"""The tables of the gateway, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

if TYPE_CHECKING:
    from typing import Final

SCHEMA_VERSION: Final = 2
"""Raised with each change of the tables; a database of a newer version is refused."""

CLASS: Final = 1
"""Id of the row of `members` that stands for the whole class."""

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

gate = Table(
    "gate",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("class_id", String(36), nullable=False),
    Column("stopped", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
"""One row. Each writing transaction locks it first, so that they come one after the other: the
numbers of changes are given in the order of the commits, and a count of running jobs is exact."""

members = Table(
    "members",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("points_limit", BigInteger),  # NULL is no limit
    Column("held", BigInteger, nullable=False, default=0),
    Column("spent", BigInteger, nullable=False, default=0),
    Column("blocked", Boolean, nullable=False, default=False),
    CheckConstraint("held >= 0", name="held_is_not_negative"),
    CheckConstraint("spent >= 0", name="spent_is_not_negative"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("member", Integer, ForeignKey("members.id"), nullable=False),
    Column("idem_key", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("endpoint", String(32), nullable=False),
    Column("payload", Text, nullable=False),
    Column("source", String(36)),  # the attempt whose job this one continues
    Column("priced_as", String(64)),  # what has one price, such as video-diffusion/1/4
    Column("state", String(16), nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False, default=0),
    Column("upstream_id", String(128), unique=True),
    Column("task", Text),  # as the service sent it last
    Column("reason", Text),
    Column("secret", String(64), nullable=False, unique=True),  # of its callback address
    Column("sender", String(36)),  # the process that sends it
    Column("created_at", Float, nullable=False),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("sent_at", Float),
    Column("asked_at", Float),
    Column("poll_at", Float),
    Column("ended_at", Float),
    UniqueConstraint("member", "idem_key"),
    Index("attempts_by_state", "state", "created_at"),
    Index("attempts_by_price", "priced_as", "created_at"),
    Index("attempts_by_member", "member", "sent_at"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("member", String(255), nullable=False),
    Column("teacher", Boolean, nullable=False),
    Column("session", Boolean, nullable=False, default=False),  # of a browser, not to be shown
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("member", Integer),  # NULL concerns everyone
    Column("attempt", String(36)),
    Column("at", Float, nullable=False),
    Index("changes_by_member", "member", "seq"),
)

senders = Table(
    "senders",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("seen_at", Float, nullable=False),
)

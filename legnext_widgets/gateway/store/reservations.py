"""Accept paid requests: the attempt and its points in one transaction, or neither."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select, update

from .database import note_change
from .models import Attempt, Order, RefusedError
from .prices import class_of, price_class, usual_points
from .tables import CLASS, attempts, members

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

    from .database import Database
    from .models import Member


class Reservations:
    """Accept requests within the budgets of the student and of the class.

    Attributes:
        open_jobs: Jobs of the service that every student may continue.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.open_jobs: frozenset[str] = frozenset()

    def reserve(self, member: Member, key: str, order: Order, now: float) -> tuple[Attempt, bool]:
        """Store a request and hold its points; the same key and request give the same attempt.

        Args:
            member: The student.
            key: The idempotency key.
            order: The request.
            now: The time.

        Returns:
            The attempt, and whether it is new.

        Raises:
            RefusedError: The key belongs to another request, or a budget is too small, or the
                student is blocked, or the job it continues is not the student's.
        """
        with self._database.write() as connection:
            found = _by_key(connection, member.id, key)
            if found is not None:
                if found.digest != order.digest:
                    raise RefusedError(422, "This Idempotency-Key belongs to another request.")
                return attempt_of(found), False
            if order.source is not None and order.source not in self.open_jobs:
                _require_own(connection, member.id, order.source)
            source = class_of(connection, order.source)
            priced_as = price_class(order.endpoint, order.payload, source)
            points = usual_points(connection, order.endpoint, priced_as)
            _hold(connection, member.id, points)
            attempt_id = str(uuid.uuid4())
            connection.execute(
                insert(attempts).values(
                    id=attempt_id,
                    member=member.id,
                    idem_key=key,
                    digest=order.digest,
                    endpoint=order.endpoint,
                    payload=order.payload,
                    source=order.source,
                    priced_as=priced_as,
                    state="queued",
                    held=points,
                    spent=0,
                    secret=secrets.token_urlsafe(32),
                    created_at=now,
                    not_before=0.0,
                )
            )
            note_change(connection, now, member.id, attempt_id)
            return attempt_of(one_attempt(connection, attempt_id)), True


def selected() -> Select[Any]:
    """Select attempts with the name of their member."""
    return select(attempts, members.c.name).join(members, members.c.id == attempts.c.member)


def one_attempt(connection: Connection, attempt_id: str) -> Row[Any]:
    """Read an attempt that there is."""
    return connection.execute(selected().where(attempts.c.id == attempt_id)).one()


def attempt_of(row: Row[Any]) -> Attempt:
    """Make an attempt of its row."""
    return Attempt(**{name: getattr(row, name) for name in Attempt.__dataclass_fields__})


def _by_key(connection: Connection, member: int, key: str) -> Row[Any] | None:
    query = selected().where(attempts.c.member == member, attempts.c.idem_key == key)
    return connection.execute(query).first()


def _require_own(connection: Connection, member: int, source: str) -> None:
    found = connection.scalar(
        select(attempts.c.id).where(
            attempts.c.id == source,
            attempts.c.member == member,
            attempts.c.upstream_id.is_not(None),
        )
    )
    if found is None:
        raise RefusedError(404, "Job not found")


def _hold(connection: Connection, member: int, points: int) -> None:
    """Hold points of the student and of the class; each update checks its limit by itself."""
    for row, whose in ((member, "You have"), (CLASS, "The class has")):
        fits = or_(
            members.c.points_limit.is_(None),
            members.c.held + members.c.spent + points <= members.c.points_limit,
        )
        held = connection.execute(
            update(members)
            .where(members.c.id == row, fits, members.c.blocked.is_(False))
            .values(held=members.c.held + points)
        )
        if held.rowcount != 1:
            raise _refusal(connection, row, points, whose)


def _refusal(connection: Connection, row: int, points: int, whose: str) -> RefusedError:
    found = connection.execute(select(members).where(members.c.id == row)).one()
    if found.blocked:
        reason = "Your teacher has blocked new jobs for you. Running jobs continue."
        return RefusedError(403, reason)
    left = max(0, found.points_limit - found.held - found.spent)
    return RefusedError(402, f"{whose} {left} points left, but this job takes {points}.")

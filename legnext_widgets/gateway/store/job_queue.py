"""The queue before the service: whose request is sent next, and the place of each."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, or_, select, update

from .database import note_change
from .models import FAR_SECONDS, TAKES_A_SLOT, Attempt
from .reservations import attempt_of, one_attempt, selected
from .tables import attempts, gate, members, senders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection, FromClause

    from .database import Database

RECENT_SECONDS = 3600.0
"""A student who started fewer jobs within this time comes first."""

UNCERTAIN_SECONDS = 420.0
"""How long a request of unknown outcome keeps its slot: a job takes 6 minutes at most."""

DEAD_SECONDS = 15.0
"""After so long without a sign, another process takes over from a sender."""


class JobQueue:
    """Choose the next request and mark it as being sent, fairly and within the slots.

    Args:
        database: Where the requests are.
        slots: Jobs that run at once at the service.
    """

    def __init__(self, database: Database, slots: int) -> None:
        self._database = database
        self._slots = slots

    def claim(self, sender: str, now: float) -> Attempt | None:
        """Take the next request, which is stored as `sending` when this returns.

        Args:
            sender: The process that will send it.
            now: The time.

        Returns:
            The request; None where none may start now.
        """
        with self._database.read() as connection:  # most often nothing may start: lock nothing then
            if not self._is_open(connection, now) or not _any_waits(connection, now):
                return None
        with self._database.write() as connection:
            chosen = self._next(connection, now) if self._is_open(connection, now) else None
            if chosen is None:
                return None
            connection.execute(
                update(attempts)
                .where(attempts.c.id == chosen)
                .values(state="sending", sender=sender, sent_at=now)
            )
            note_change(connection, now, None, None)  # everyone's place moves
            return attempt_of(one_attempt(connection, chosen))

    def places(self, now: float) -> list[str]:
        """List the attempts that wait, in the order in which they would start.

        Those of blocked students do not start, and hold up no one.
        """
        with self._database.read() as connection:
            waiting = connection.execute(
                select(attempts.c.id, attempts.c.member)
                .join(members, members.c.id == attempts.c.member)
                .where(_WAITS)
                .order_by(attempts.c.created_at, attempts.c.id)
            ).all()
            if not waiting:
                return []
            running = _count(connection, _takes_a_slot(attempts, now))
            recent = _count(connection, attempts.c.sent_at > now - RECENT_SECONDS)
        return fair_order([(row.id, row.member) for row in waiting], running, recent)

    def load(self, now: float) -> tuple[int, int]:
        """Count the jobs of the class that take a slot, and those that wait for one."""
        running = select(func.count()).where(_takes_a_slot(attempts, now))
        waiting = select(func.count()).where(_WAITS, members.c.id == attempts.c.member)
        with self._database.read() as connection:
            return connection.scalar(running) or 0, connection.scalar(waiting) or 0

    def heartbeat(self, sender: str, now: float) -> None:
        """Record a sign of life of a process."""
        with self._database.touch() as connection:
            seen = connection.execute(
                update(senders).where(senders.c.id == sender).values(seen_at=now)
            )
            if not seen.rowcount:
                connection.execute(insert(senders).values(id=sender, seen_at=now))

    def mark_lost_uncertain(self, sender: str, now: float, *, all_others: bool = False) -> int:
        """Mark as uncertain what ended processes were sending.

        Args:
            sender: The process that looks; it lives.
            now: The time.
            all_others: Whether all other processes are known to have ended.

        Returns:
            How many there were.
        """
        alive = select(senders.c.id).where(
            senders.c.id == sender
            if all_others
            else senders.c.seen_at.between(now - DEAD_SECONDS, now + FAR_SECONDS)
        )
        lost = and_(attempts.c.state == "sending", attempts.c.sender.not_in(alive))
        with self._database.read() as connection:
            if connection.scalar(select(func.count()).where(lost)) == 0:
                return 0
        with self._database.write() as connection:
            rows = connection.execute(select(attempts.c.id, attempts.c.member).where(lost)).all()
            for row in rows:
                connection.execute(
                    update(attempts)
                    .where(attempts.c.id == row.id)
                    .values(state="uncertain", reason="the gateway stopped while sending it")
                )
                note_change(connection, now, row.member, row.id)
            connection.execute(delete(senders).where(senders.c.id.not_in(alive)))
        return len(rows)

    def _is_open(self, connection: Connection, now: float) -> bool:
        """Whether the queue is not stopped and a slot is free."""
        if connection.scalar(select(gate.c.stopped)):
            return False
        query = select(func.count()).where(_takes_a_slot(attempts, now))
        return (connection.scalar(query) or 0) < self._slots

    def _next(self, connection: Connection, now: float) -> str | None:
        other = attempts.alias("other")
        own = other.c.member == attempts.c.member
        running = select(func.count()).where(own, _takes_a_slot(other, now)).scalar_subquery()
        recent = (
            select(func.count()).where(own, other.c.sent_at > now - RECENT_SECONDS)
        ).scalar_subquery()
        # The oldest of each student competes; the counts are made once for each student.
        oldest = (
            select(func.min(attempts.c.created_at).label("created_at"), attempts.c.member)
            .where(_may_start(now))
            .group_by(attempts.c.member)
            .subquery()
        )
        query = (
            selected()
            .join(
                oldest,
                and_(
                    oldest.c.member == attempts.c.member,
                    oldest.c.created_at == attempts.c.created_at,
                ),
            )
            .where(_may_start(now), members.c.blocked.is_(False))
            .order_by(running, recent, attempts.c.created_at, attempts.c.id)
            .limit(1)
        )
        row = connection.execute(query).first()
        return None if row is None else str(row.id)


def fair_order(
    waiting: Iterable[tuple[str, int]], running: Mapping[int, int], recent: Mapping[int, int]
) -> list[str]:
    """Order requests as they will start. Pure.

    The student with the fewest running jobs comes first, then the one who started fewest, then the
    one who waits longest.

    Args:
        waiting: Request and student, the oldest first.
        running: Running jobs of each student.
        recent: Jobs that each student started lately.
    """
    queues: dict[int, deque[tuple[int, str]]] = defaultdict(deque)
    for number, (request, member) in enumerate(waiting):
        queues[member].append((number, request))
    heap = [
        (running.get(member, 0), recent.get(member, 0), queue[0][0], member)
        for member, queue in queues.items()
    ]
    heapq.heapify(heap)
    order = []
    while heap:
        runs, started, _, member = heapq.heappop(heap)
        queue = queues[member]
        order.append(queue.popleft()[1])
        if queue:
            heapq.heappush(heap, (runs + 1, started + 1, queue[0][0], member))
    return order


def _any_waits(connection: Connection, now: float) -> bool:
    query = select(attempts.c.id).where(_may_start(now)).limit(1)
    return connection.execute(query).first() is not None


_WAITS = and_(attempts.c.state == "queued", members.c.blocked.is_(False))


def _may_start(now: float) -> ColumnElement[bool]:
    begins = attempts.c.not_before
    return and_(attempts.c.state == "queued", or_(begins <= now, begins > now + FAR_SECONDS))


def _takes_a_slot(table: FromClause, now: float) -> ColumnElement[bool]:
    """Whether an attempt is running, or may be: one of unknown outcome may for some minutes."""
    recent = table.c.sent_at.between(now - UNCERTAIN_SECONDS, now + FAR_SECONDS)
    return and_(table.c.state.in_(TAKES_A_SLOT), or_(table.c.state != "uncertain", recent))


def _count(connection: Connection, which: ColumnElement[bool]) -> Counter[int]:
    query = select(attempts.c.member, func.count()).where(which).group_by(attempts.c.member)
    return Counter({row[0]: row[1] for row in connection.execute(query)})

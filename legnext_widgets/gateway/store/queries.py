"""Read attempts and changes, for students, the teacher and the poller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, delete, func, or_, select, update

from .models import FAR_SECONDS, FINAL, Attempt, Change
from .reservations import attempt_of, selected
from .tables import attempts, changes, gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from .database import Database

KEPT_SECONDS = 7 * 86400.0
"""How long changes are kept; clients that slept longer ask for their jobs again."""


class Queries:
    """Read what is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def own(self, member: int, attempt: str) -> Attempt | None:
        """Return an attempt if it is of this member."""
        with self._database.read() as connection:
            row = connection.execute(
                selected().where(attempts.c.id == attempt, attempts.c.member == member)
            ).first()
        return None if row is None else attempt_of(row)

    def own_many(self, member: int, ids: Sequence[str]) -> list[Attempt]:
        """Return those of these attempts that are of this member."""
        if not ids:
            return []
        with self._database.read() as connection:
            query = selected().where(attempts.c.id.in_(ids), attempts.c.member == member)
            return [attempt_of(row) for row in connection.execute(query)]

    def get(self, attempt: str) -> Attempt | None:
        """Return an attempt of any member."""
        with self._database.read() as connection:
            row = connection.execute(selected().where(attempts.c.id == attempt)).first()
        return None if row is None else attempt_of(row)

    def active(self, member: int) -> list[Attempt]:
        """List a member's attempts that are not done, the newest first."""
        return self._list(attempts.c.member == member, attempts.c.state.not_in(FINAL))

    def newest(self, limit: int | None = None) -> list[Attempt]:
        """List attempts of all members, the newest first."""
        return self._list(limit=limit)

    def newest_videos(self, limit: int) -> list[Attempt]:
        """List completed jobs with clips, the newest first."""
        return self._list(
            attempts.c.state == "completed", attempts.c.endpoint != "diffusion", limit=limit
        )

    def in_order(self, ids: Sequence[str]) -> list[Attempt]:
        """List these attempts in this order."""
        found = {each.id: each for each in self._list(attempts.c.id.in_(ids))}
        return [found[one] for one in ids if one in found]

    def uncertain(self) -> list[Attempt]:
        """List the attempts of unknown outcome, the newest first."""
        return self._list(attempts.c.state == "uncertain")

    def waiting(self) -> list[Attempt]:
        """List the attempts that are not done, the newest first."""
        return self._list(attempts.c.state.not_in(FINAL))

    def of_key(self, member: int, key: str) -> Attempt | None:
        """Find a member's attempt by its idempotency key."""
        found = self._list(attempts.c.member == member, attempts.c.idem_key == key, limit=1)
        return found[0] if found else None

    def counts(self) -> dict[str, int]:
        """Count attempts by their state."""
        with self._database.read() as connection:
            query = select(attempts.c.state, func.count()).group_by(attempts.c.state)
            return {row[0]: row[1] for row in connection.execute(query)}

    def totals(self) -> dict[int, tuple[int, int]]:
        """Count jobs and failed jobs of each member, by its id."""
        failed = func.sum(case((attempts.c.state == "failed", 1), else_=0))
        query = select(attempts.c.member, func.count(), failed).group_by(attempts.c.member)
        with self._database.read() as connection:
            return {row[0]: (row[1], int(row[2])) for row in connection.execute(query)}

    def changes(self, member: int | None, after: int, limit: int = 500) -> tuple[list[Change], int]:
        """List changes in their order.

        Args:
            member: Whose; None for all.
            after: Number of the last one that is known.
            limit: How many at most.

        Returns:
            The changes, and the number to ask after next.
        """
        with self._database.read() as connection:
            last = connection.scalar(select(gate.c.seq)) or 0
            mine = or_(changes.c.member == member, changes.c.member.is_(None))
            query = select(changes.c.seq, changes.c.attempt).where(changes.c.seq > after)
            if member is not None:
                query = query.where(mine)
            rows = connection.execute(query.order_by(changes.c.seq).limit(limit)).all()
        found = [Change(row.seq, row.attempt) for row in rows]
        if not found:
            return [], last
        return found, found[-1].seq if len(found) == limit else max(last, found[-1].seq)

    def seq(self) -> int:
        """Return the number of the last change."""
        with self._database.read() as connection:
            return connection.scalar(select(gate.c.seq)) or 0

    def oldest_change(self) -> int:
        """Return the number of the oldest change that is kept; 0 where there is none."""
        with self._database.read() as connection:
            return connection.scalar(select(func.min(changes.c.seq))) or 0

    def forget_old_changes(self, now: float) -> None:
        """Delete the changes that were kept long enough."""
        with self._database.write() as connection:
            connection.execute(delete(changes).where(changes.c.at < now - KEPT_SECONDS))

    def claim_polls(self, now: float, lease: float, limit: int) -> list[Attempt]:
        """Take the running jobs that are to be asked for now.

        Args:
            now: The time.
            lease: Seconds until another process may ask for them.
            limit: How many at most.
        """
        first = self.next_poll(now)
        if first is None or first > now:
            return []
        due = and_(attempts.c.state == "running", _poll_at(now) <= now)
        # What another process is taking at this moment is left to it.
        query = selected().where(due).order_by(attempts.c.poll_at).limit(limit)
        with self._database.touch() as connection:
            rows = connection.execute(query.with_for_update(skip_locked=True, of=attempts)).all()
            connection.execute(
                update(attempts)
                .where(attempts.c.id.in_([row.id for row in rows]))
                .values(poll_at=now + lease)
            )
        return [attempt_of(row) for row in rows]

    def set_poll(self, attempt: str, at: float) -> None:
        """Set when a running job is asked for next."""
        with self._database.touch() as connection:
            running = and_(attempts.c.id == attempt, attempts.c.state == "running")
            connection.execute(update(attempts).where(running).values(poll_at=at))

    def note_asked(self, attempt: str, at: float) -> None:
        """Note that the service was asked for a finished job, and did not answer."""
        with self._database.touch() as connection:
            final = and_(attempts.c.id == attempt, attempts.c.state.in_(FINAL))
            connection.execute(update(attempts).where(final).values(asked_at=at))

    def hint(self, secret: str) -> bool:
        """Ask for a job soon, as a callback to its secret address says; whether there is one."""
        with self._database.read() as connection:
            found = connection.scalar(select(attempts.c.id).where(attempts.c.secret == secret))
        if found is None:
            return False
        self.set_poll(found, 0.0)
        return True

    def next_poll(self, now: float) -> float | None:
        """Return when a running job is to be asked for next; None where none runs."""
        with self._database.read() as connection:
            running = attempts.c.state == "running"
            first = connection.scalar(select(func.min(_poll_at(now))).where(running))
        return None if first is None else float(first)

    def _list(self, *which: ColumnElement[bool], limit: int | None = None) -> list[Attempt]:
        query = selected().where(*which).order_by(attempts.c.created_at.desc())
        with self._database.read() as connection:
            return [attempt_of(row) for row in connection.execute(query.limit(limit))]


def _poll_at(now: float) -> ColumnElement[float]:
    """When a job is to be asked for: at once, where the clock was set back since that was set."""
    far = attempts.c.poll_at > now + FAR_SECONDS
    return case((far, 0.0), else_=attempts.c.poll_at)

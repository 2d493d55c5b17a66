"""Store what the service answers, and settle points: each attempt once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, update

from legnext_widgets.client.api.models.task_updates import after_answer
from legnext_widgets.client.api.models.tasks import Task, kind_of
from legnext_widgets.client.api.values.cleaning import storable

from .database import note_change
from .matching import SentRequest, pairs
from .models import FINAL, State
from .reservations import one_attempt
from .tables import CLASS, attempts, members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from .database import Database
    from .matching import ListedJob

CLOSED = "closed by the teacher: its outcome stayed unknown"
"""The reason of an attempt that the teacher closed."""

_MOST_POINTS = 10**9
_LONGEST_REASON = 2000
_NOT_SETTLED = attempts.c.state.not_in(FINAL)


class Outcomes:
    """Store the outcomes of attempts. An outcome that comes late or twice changes no points."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_back(self, attempt: str, not_before: float, now: float) -> None:
        """Return a request to the queue: it provably did not start anything."""
        with self._database.write() as connection:
            values = {"state": "queued", "sender": None, "sent_at": None, "not_before": not_before}
            if _change(connection, attempt, ("sending", "uncertain"), **values):
                _note(connection, attempt, now)
                note_change(connection, now, None, None)  # all who wait learn why

    def accept(
        self, attempt: str, upstream_id: str, task: Task, poll_at: float, now: float
    ) -> None:
        """Store the job that a request became."""
        with self._database.write() as connection:
            if _begin(connection, attempt, upstream_id, poll_at):
                self._take_in(connection, attempt, task, now)

    def mark_uncertain(
        self, attempt: str, reason: str, now: float, *, state: State = "sending"
    ) -> None:
        """Store that it is unknown what a request became; its points stay held.

        Args:
            attempt: Its id.
            reason: Why.
            now: The time.
            state: Where it must be: an outcome that is known stays.
        """
        with self._database.write() as connection:
            values = {"state": "uncertain", "reason": _reason(reason), "poll_at": None}
            if _change(connection, attempt, (state,), **values):
                _note(connection, attempt, now)

    def refuse(self, attempt: str, code: int, reason: str, now: float) -> None:
        """Store that the service refused a request; its points return."""
        with self._database.write() as connection:
            _settle(connection, attempt, 0, now, state="failed", reason=f"{code} {reason}")

    def receive(self, attempt: str, task: Task, poll_at: float, now: float) -> None:
        """Store an answer to a poll; a final one settles the points."""
        with self._database.read() as connection:
            known = one_attempt(connection, attempt)
        if known.state in FINAL or known.task == _text_of(task):
            with self._database.touch() as connection:
                values: dict[str, Any] = {"asked_at": now, "poll_at": poll_at}
                if known.state in FINAL:
                    before = Task.parse(known.task) if known.task else None
                    newest = after_answer(before, task)  # it may give fresh links
                    values |= {"task": _text_of(newest), "poll_at": None}
                connection.execute(update(attempts).where(attempts.c.id == attempt).values(values))
            return
        with self._database.write() as connection:
            values = {"state": "running", "reason": None, "asked_at": now, "poll_at": poll_at}
            if _change(connection, attempt, ("running", "uncertain"), **values):
                self._take_in(connection, attempt, task, now)

    def close(self, attempt: str, *, was_made: bool, now: float) -> bool:
        """Close an attempt of unknown outcome, as the teacher decides.

        Args:
            attempt: Its id.
            was_made: Whether the service charged for it: then its points are spent.
            now: The time.

        Returns:
            Whether it was open.
        """
        with self._database.write() as connection:
            row = connection.execute(
                select(attempts.c.held).where(
                    attempts.c.id == attempt, attempts.c.state == "uncertain"
                )
            ).first()
            if row is None:
                return False
            spent = row.held if was_made else 0
            return _settle(connection, attempt, spent, now, state="failed", reason=CLOSED)

    def match(self, listed: Sequence[ListedJob], now: float, poll_at: float) -> dict[str, str]:
        """Find the jobs that uncertain requests became among the running ones of the account.

        A job belongs to a request where it was made just after the request was sent, and neither
        has another possible partner. All else is left to the teacher.

        Args:
            listed: The running jobs.
            now: The time.
            poll_at: When to ask for what is found.

        Returns:
            The job's id of each request that has one now.
        """
        with self._database.write() as connection:
            upstream_id = func.lower(attempts.c.upstream_id)
            ids = {job.id.lower() for job in listed}
            known = set(connection.scalars(select(upstream_id).where(upstream_id.in_(ids))))
            closed = and_(attempts.c.state == "failed", attempts.c.reason == CLOSED)
            unknown = or_(attempts.c.state.in_(("sending", "uncertain")), closed)
            rows = connection.execute(
                select(
                    *(attempts.c.id, attempts.c.endpoint, attempts.c.state, attempts.c.sent_at)
                ).where(unknown, attempts.c.upstream_id.is_(None))
            ).all()
            found = pairs(
                [job for job in listed if job.id.lower() not in known],
                [
                    SentRequest(
                        row.id, kind_of(row.endpoint), row.sent_at, row.state == "uncertain"
                    )
                    for row in rows
                ],
            )
            for attempt, job in found.items():
                _begin(connection, attempt, job, poll_at)
                _note(connection, attempt, now)
        return found

    def _take_in(self, connection: Connection, attempt: str, task: Task, now: float) -> None:
        """Store the newest task of a running attempt, and settle it when the task is final."""
        values = {"task": _text_of(task), "asked_at": now}
        connection.execute(update(attempts).where(attempts.c.id == attempt).values(values))
        if not task.done:
            if (frozen := _points(task.usage.frozen)) is not None:
                _update_hold(connection, attempt, frozen)
            _note(connection, attempt, now)
            return
        row = one_attempt(connection, attempt)
        spent = _points(task.usage.consumed)
        if spent is None:
            spent = row.held if task.status == "completed" else 0
        _settle(connection, attempt, spent, now, state=task.status, reason=task.reason or None)


def _settle(
    connection: Connection, attempt: str, spent: int, now: float, *, state: str, reason: str | None
) -> bool:
    row = connection.execute(
        select(attempts.c.member, attempts.c.held).where(attempts.c.id == attempt, _NOT_SETTLED)
    ).first()
    if row is None:
        return False
    values = {"state": state, "held": 0, "spent": spent, "ended_at": now, "poll_at": None}
    values["reason"] = None if reason is None else _reason(reason)
    connection.execute(update(attempts).where(attempts.c.id == attempt).values(values))
    connection.execute(
        update(members)
        .where(members.c.id.in_((row.member, CLASS)))
        .values(held=members.c.held - row.held, spent=members.c.spent + spent)
    )
    note_change(connection, now, row.member, attempt)
    return True


def _update_hold(connection: Connection, attempt: str, points: int) -> None:
    """Hold what the service says that a job takes, instead of what was expected."""
    row = one_attempt(connection, attempt)
    if row.held == points:
        return
    connection.execute(update(attempts).where(attempts.c.id == attempt).values(held=points))
    connection.execute(
        update(members)
        .where(members.c.id.in_((row.member, CLASS)))
        .values(held=members.c.held + points - row.held)
    )


def _change(
    connection: Connection, attempt: str, states: Sequence[State], **values: object
) -> bool:
    """Change an attempt, if it is in one of these states; whether it was."""
    found = and_(attempts.c.id == attempt, attempts.c.state.in_(states))
    return bool(connection.execute(update(attempts).where(found).values(values)).rowcount)


def _begin(connection: Connection, attempt: str, job: str, poll_at: float) -> bool:
    """Store the job of an attempt that has none; whether it had none."""
    waits = and_(attempts.c.state.in_(("sending", "uncertain")), attempts.c.upstream_id.is_(None))
    values = {"state": "running", "upstream_id": job, "poll_at": poll_at, "reason": None}
    begun = update(attempts).where(attempts.c.id == attempt, waits).values(values)
    return bool(connection.execute(begun).rowcount)


def _text_of(task: Task) -> str:
    """Write an answer as JSON that every database takes, and every answer to a student."""
    return storable(json.dumps(task.raw, ensure_ascii=False))


def _reason(text: str) -> str:
    return storable(text[:_LONGEST_REASON])


def _points(given: int | None) -> int | None:
    """Read points of the service; what cannot be a price is unknown."""
    return given if given is not None and 0 <= given <= _MOST_POINTS else None


def _note(connection: Connection, attempt: str, now: float) -> None:
    member = connection.scalar(select(attempts.c.member).where(attempts.c.id == attempt))
    note_change(connection, now, member, attempt)

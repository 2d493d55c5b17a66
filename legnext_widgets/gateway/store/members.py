"""Members and their budgets, and the tokens that the teacher made."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from legnext_widgets.client.api.auth import CLASS_TOKEN_PREFIX

from .database import note_change
from .models import Gate, Member
from .tables import CLASS, gate, members, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from .database import Database

_MAX_NAME = 255


@dataclass(frozen=True)
class TokenOwner:
    """Who a token belongs to, and whether it opens the teacher's page."""

    name: str
    teacher: bool


class Members:
    """Find, create and change members, and make tokens for them.

    Args:
        database: Where they are.
        default_points: Limit of a member that is first seen; None for no limit.
    """

    def __init__(self, database: Database, default_points: int | None) -> None:
        self._database = database
        self._default_points = default_points

    def of_name(self, name: str, now: float) -> Member:
        """Return the member of a name; created with the default budget when it is first seen."""
        with self._database.read() as connection:
            row = connection.execute(_selected.where(members.c.name == name)).first()
        if row is not None:
            return member_of(row)
        with self._database.write() as connection:
            return self._ensure(connection, name, now)

    def all(self) -> list[Member]:
        """List all students, by name."""
        with self._database.read() as connection:
            query = _selected.where(members.c.id != CLASS).order_by(members.c.name)
            return [member_of(row) for row in connection.execute(query)]

    def whole_class(self) -> Member:
        """Return the budget of the class."""
        with self._database.read() as connection:
            return member_of(connection.execute(_selected.where(members.c.id == CLASS)).one())

    def gate(self) -> Gate:
        """Return the state of the queue."""
        with self._database.read() as connection:
            row = connection.execute(select(gate)).one()
        return Gate(class_id=row.class_id, stopped=bool(row.stopped), seq=row.seq)

    def set_stopped(self, *, stopped: bool, now: float) -> None:
        """Pause the queue, or resume it."""
        with self._database.write() as connection:
            connection.execute(update(gate).values(stopped=stopped))
            note_change(connection, now, None, None)

    def set_blocked(self, name: str, *, blocked: bool, now: float) -> bool:
        """Block a student, or end that; its running jobs go on.

        Returns:
            Whether there is one of this name.
        """
        return self._change(name, {"blocked": blocked}, now)

    def set_limit(self, name: str, limit: int | None, now: float) -> bool:
        """Set the points of a student, or of the class where the name is empty.

        Returns:
            Whether there is one of this name.
        """
        return self._change(name, {"points_limit": limit}, now)

    def add_points(self, name: str, points: int, now: float) -> bool:
        """Raise the limit of a student, or of the class where the name is empty.

        Returns:
            Whether there is one of this name, with a limit.
        """
        with self._database.write() as connection:
            found = connection.scalar(
                update(members)
                .where(members.c.name == name, members.c.points_limit.is_not(None))
                .values(points_limit=members.c.points_limit + points)
                .returning(members.c.id)
            )
            note_change(connection, now, None if found == CLASS else found, None)
        return found is not None

    def make_token(
        self,
        name: str,
        *,
        now: float,
        seconds: float,
        teacher: bool = False,
        session: bool = False,
        points: int | None = None,
    ) -> str:
        """Make a token; only its hash is stored.

        Args:
            name: The member's name.
            now: The time.
            seconds: How long it is accepted.
            teacher: Whether it opens the teacher's page.
            session: Whether it belongs to a browser that logged in.
            points: Limit of the member where it is new.

        Raises:
            ValueError: The name is empty or longer than 255 characters.
        """
        options = {"teacher": teacher, "session": session}
        made = self.make_tokens([name], now=now, seconds=seconds, points=points, **options)
        return made.popitem()[1]

    def make_tokens(
        self,
        names: Sequence[str],
        *,
        now: float,
        seconds: float,
        teacher: bool = False,
        session: bool = False,
        points: int | None = None,
    ) -> dict[str, str]:
        """Make a token for each name, or none where a name cannot be one; see `make_token`.

        Returns:
            The tokens by name.

        Raises:
            ValueError: A name is empty or longer than 255 characters; it is in the message.
        """
        names = [_checked(name) for name in names]
        made = {name: CLASS_TOKEN_PREFIX + secrets.token_urlsafe(32) for name in names}
        with self._database.write() as connection:
            connection.execute(delete(tokens).where(tokens.c.expires_at < now))
            for name, token in made.items():
                if not teacher:
                    self._ensure(connection, name, now, points)
                connection.execute(
                    insert(tokens).values(
                        digest=digest_of(token),
                        member=name,
                        teacher=teacher,
                        session=session,
                        created_at=now,
                        expires_at=now + seconds,
                    )
                )
        return made

    def owner_of(self, token: str, now: float, *, session: bool = False) -> TokenOwner | None:
        """Find whose a token is; None where it is unknown or has expired."""
        with self._database.read() as connection:
            row = connection.execute(
                select(tokens.c.member, tokens.c.teacher).where(
                    tokens.c.digest == digest_of(token),
                    tokens.c.expires_at > now,
                    tokens.c.session.is_(session),
                )
            ).first()
        return None if row is None else TokenOwner(row.member, bool(row.teacher))

    def revoke(self, name: str) -> int:
        """End all tokens of a name; the number of them."""
        with self._database.write() as connection:
            ended = connection.execute(delete(tokens).where(tokens.c.member == name))
            return ended.rowcount

    def end_session(self, token: str) -> None:
        """End the session of a browser."""
        with self._database.write() as connection:
            connection.execute(delete(tokens).where(tokens.c.digest == digest_of(token)))

    def list_tokens(self, now: float) -> Sequence[Row[Any]]:
        """List name, teacher, number and the latest expiry of the tokens that are accepted."""
        with self._database.read() as connection:
            return connection.execute(
                select(
                    tokens.c.member,
                    tokens.c.teacher,
                    func.count().label("number"),
                    func.max(tokens.c.expires_at).label("expires_at"),
                )
                .where(tokens.c.expires_at > now, tokens.c.session.is_(False))
                .group_by(tokens.c.member, tokens.c.teacher)
                .order_by(tokens.c.member)
            ).all()

    def _change(self, name: str, values: dict[str, Any], now: float) -> bool:
        with self._database.write() as connection:
            found = connection.scalar(
                update(members).where(members.c.name == name).values(values).returning(members.c.id)
            )
            note_change(connection, now, None if found == CLASS else found, None)
        return found is not None

    def _ensure(
        self, connection: Connection, name: str, now: float, points: int | None = None
    ) -> Member:
        row = connection.execute(_selected.where(members.c.name == name)).first()
        if row is None:
            limit = self._default_points if points is None else points
            values = {"points_limit": limit, "held": 0, "spent": 0, "blocked": False}
            connection.execute(insert(members).values(name=name, **values))
            row = connection.execute(_selected.where(members.c.name == name)).one()
            note_change(connection, now, row.id, None)
        return member_of(row)


_selected = select(members)


def _checked(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= _MAX_NAME or not name.isprintable():
        raise ValueError(f"{name[:_MAX_NAME]!r}: a name has 1 to {_MAX_NAME} printable characters")
    return name


def member_of(row: Row[Any]) -> Member:
    """Make a member of its row."""
    return Member(row.id, row.name, row.points_limit, row.held, row.spent, bool(row.blocked))


def digest_of(token: str) -> str:
    """Hash a token. It has 256 random bits, so that a plain hash cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()

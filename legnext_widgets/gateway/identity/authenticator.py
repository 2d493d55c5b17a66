"""Authenticate requests: find the person or the member that a token belongs to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legnext_widgets.client.api.auth import CLASS_TOKEN_PREFIX
from legnext_widgets.gateway.store.models import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from legnext_widgets.gateway.store.models import Member
    from legnext_widgets.gateway.store.store import Store

    from .hub import Hub

_LONGEST_TOKEN = 512
_UNKNOWN = "Failed to verify api key"
_NO_ACCESS = "The Hub does not let you use this service. Ask your teacher."


@dataclass(frozen=True)
class Person:
    """Who asks.

    Attributes:
        name: The name at the Hub, or the one the teacher gave.
        teacher: Whether the teacher's page is open to them.
    """

    name: str
    teacher: bool


class Authenticator:
    """Find who sent a token: in a header, never in an address.

    Args:
        store: Knows the teacher's tokens and the members.
        hub: Knows the Hub's; None without a Hub.
    """

    def __init__(self, store: Store, hub: Hub | None) -> None:
        self._store = store
        self._hub = hub

    async def student(self, headers: Mapping[str, str]) -> Member:
        """Return the member whose token is in the headers.

        Raises:
            RefusedError: There is no token that is accepted.
            HubDownError: The Hub cannot be asked.
        """
        person = await self.person(token_in(headers))
        return await self._store.run(self._store.members.of_name, person.name, time.time())

    async def person(self, token: str) -> Person:
        """Return the person of a token.

        Raises:
            RefusedError: It is not accepted.
            HubDownError: The Hub cannot be asked.
        """
        if not 0 < len(token) <= _LONGEST_TOKEN:
            raise RefusedError(401, _UNKNOWN)
        if token.startswith(CLASS_TOKEN_PREFIX):
            members = self._store.members
            owner = await self._store.run(members.owner_of, token, time.time())
            if owner is None:
                raise RefusedError(401, _UNKNOWN)
            return Person(owner.name, owner.teacher)
        user = await self._hub.user_of(token) if self._hub is not None else None
        if user is None:
            raise RefusedError(401, _UNKNOWN)
        if not user.allowed:
            raise RefusedError(403, _NO_ACCESS)
        return Person(user.name, user.teacher)


def token_in(headers: Mapping[str, str]) -> str:
    """Read the token of a request: `x-api-key`, or `Authorization: Bearer`. Pure."""
    if given := headers.get("x-api-key", "").strip():
        return given
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() in ("bearer", "token") else ""

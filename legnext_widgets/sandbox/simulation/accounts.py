"""Accounts: one for each key, with points that are frozen, consumed and returned."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

MAX_RUNNING = 6
"""Jobs of an ordinary account that run at once; further ones wait."""


class NotEnoughPointsError(Exception):
    """The account has fewer points than the job needs."""


@dataclass(eq=False)
class Account:
    """One customer.

    Attributes:
        number: The account's id in responses.
        points: Points that are free to be used.
        running: Ids of the jobs that have a place among the running ones.
    """

    number: int
    points: int
    running: set[str] = field(default_factory=set)

    def freeze(self, points: int) -> None:
        """Set points aside for a job.

        Raises:
            NotEnoughPointsError: There are fewer.
        """
        if points > self.points:
            raise NotEnoughPointsError(f"{points} points are needed, {self.points} are left")
        self.points -= points

    def give_back(self, points: int) -> None:
        """Return the points of a failed job."""
        self.points += points


class Accounts:
    """All accounts, created when their key is first seen. Keys are not stored, only their hashes.

    Args:
        api_key: The only valid key; None accepts any.
        points: Points of a new account.
    """

    def __init__(self, api_key: str | None, points: int) -> None:
        self._only = None if api_key is None else _fingerprint(api_key)
        self._points = points
        self._accounts: dict[str, Account] = {}

    def of(self, api_key: str | None) -> Account | None:
        """Return the account of a key, or None if the key is not valid."""
        if not api_key or not api_key.strip():
            return None
        fingerprint = _fingerprint(api_key)
        if self._only is not None and fingerprint != self._only:
            return None
        if fingerprint not in self._accounts:
            self._accounts[fingerprint] = Account(len(self._accounts) + 1, self._points)
        return self._accounts[fingerprint]


def _fingerprint(api_key: str) -> str:
    return hashlib.sha256(api_key.encode()).hexdigest()

"""Accounts: one for each key, with points that are frozen, consumed and given back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

RUNNING_AT_ONCE = 6
"""Tasks of an ordinary account that run at once; further ones wait."""


class NotEnoughPointsError(Exception):
    """The account has fewer points than the job needs."""


@dataclass(eq=False)
class Account:
    """One customer.

    Attributes:
        number: The account's id in answers.
        points: Points that are free to be used.
        running: Ids of the jobs that have a place among the running ones.
    """

    number: int
    points: int
    running: set[str] = field(default_factory=set)

    def freeze(self, points: int) -> None:
        """Sets points aside for a job.

        Raises:
            NotEnoughPointsError: There are fewer.
        """
        if points > self.points:
            raise NotEnoughPointsError(f"{points} points are needed, {self.points} are left")
        self.points -= points

    def give_back(self, points: int) -> None:
        """Returns the points of a job that failed."""
        self.points += points


class Accounts:
    """All accounts, made when their key is first seen; keys themselves are not kept."""

    def __init__(self, api_key: str | None, points: int) -> None:
        self._only = None if api_key is None else _fingerprint(api_key)
        self._points = points
        self._accounts: dict[str, Account] = {}

    def of(self, api_key: str | None) -> Account | None:
        """The account of a key, or None when the key is not good."""
        if not api_key or not api_key.strip():
            return None
        mark = _fingerprint(api_key)
        if self._only is not None and mark != self._only:
            return None
        if mark not in self._accounts:
            self._accounts[mark] = Account(len(self._accounts) + 1, self._points)
        return self._accounts[mark]

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._accounts.values()))


def _fingerprint(api_key: str) -> str:
    return hashlib.sha256(api_key.encode()).hexdigest()

"""What a library shows of itself: its folder, and the names that people use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from legnext_widgets.client.session.store import ClipStore, JobStore, VerifyingStore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FOR_PEOPLE_TOO = frozenset({"records", "poster_path", "close"})
_INTERNAL = frozenset(
    {
        *("account_of", "adopt", "foreign_jobs", "join_account", "of", "takes", "trouble"),
        "uncertain_records",
    }
)


class Shown(ABC):
    """Shows its folder in its repr, and to tab completion what people use."""

    @property
    @abstractmethod
    def path(self) -> Path:
        """The folder."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def __dir__(self) -> list[str]:
        return names_in_use(super().__dir__())


def names_in_use(names: Iterable[str]) -> list[str]:
    """Leave out what sessions call and people do not. Pure.

    Args:
        names: All names of a library.
    """
    protocols = (JobStore, ClipStore, VerifyingStore)
    called = {name for protocol in protocols for name in vars(protocol)}
    hidden = (called - _FOR_PEOPLE_TOO) | _INTERNAL
    return sorted(name for name in names if not name.startswith("_") and name not in hidden)

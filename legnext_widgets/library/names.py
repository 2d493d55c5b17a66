"""The names of a library that tab completion shows: those that people use. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.session.store import ClipStore, JobStore, VerifyingStore

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOR_PEOPLE_TOO = frozenset({"records", "poster_path", "close"})
_INTERNAL = frozenset(
    {"account_of", "adopt", "foreign_jobs", "join_account", "of", "trouble", "uncertain_records"}
)


def names_in_use(names: Iterable[str]) -> list[str]:
    """Leave out what sessions call and people do not.

    Args:
        names: All names of a library.
    """
    protocols = (JobStore, ClipStore, VerifyingStore)
    called = {name for protocol in protocols for name in vars(protocol)}
    hidden = (called - _FOR_PEOPLE_TOO) | _INTERNAL
    return sorted(name for name in names if not name.startswith("_") and name not in hidden)

"""The library on disk: the journal of all jobs, and the clips kept from them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legnext_widgets.library.db.statements.queries import Filter, Page, PointsTotal

    from .library import Library
    from .records import LibraryRecord

__all__ = ["Filter", "Library", "LibraryRecord", "Page", "PointsTotal"]

_HOMES = {
    "Filter": "db.statements.queries",
    "Library": "library",
    "LibraryRecord": "records",
    "Page": "db.statements.queries",
    "PointsTotal": "db.statements.queries",
}


def __getattr__(name: str) -> object:
    # Loaded when first used: a widget's class does not need the database.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value

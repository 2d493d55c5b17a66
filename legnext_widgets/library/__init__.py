"""The library on disk: the journal of all jobs, and the clips kept from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.lazy_names import lazy_names

if TYPE_CHECKING:
    from legnext_widgets.library.db.statements.queries import Filter, Page, PointsTotal

    from .library import Library
    from .records import LibraryRecord

__all__ = ["Filter", "Library", "LibraryRecord", "Page", "PointsTotal"]

# A widget's class does not need the database.
__getattr__ = lazy_names(
    __name__,
    {
        "db.statements.queries": ["Filter", "Page", "PointsTotal"],
        "library": ["Library"],
        "records": ["LibraryRecord"],
    },
)

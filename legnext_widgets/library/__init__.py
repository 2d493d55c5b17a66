"""The library on disk: the journal of all jobs, and the clips kept from them."""

from legnext_widgets.library.db.queries import Filter, Page, PointsTotal

from .library import Library
from .records import LibraryRecord

__all__ = ["Filter", "Library", "LibraryRecord", "Page", "PointsTotal"]

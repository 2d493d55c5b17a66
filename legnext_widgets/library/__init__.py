"""What is remembered on disk: the journal of jobs, and the clips kept of them."""

from legnext_widgets.library.library import Library
from legnext_widgets.library.queries import Page, PointsTotal, Wanted
from legnext_widgets.library.rows import LibraryRecord

__all__ = ["Library", "LibraryRecord", "Page", "PointsTotal", "Wanted"]

"""Choose the kept clips that go when space is needed. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.library.records import KeptClip


def choose_clips(
    oldest_first: Iterable[KeptClip],
    size: int,
    max_bytes: int | None,
    older_than: timedelta | datetime | None,
    now: float,
) -> list[KeptClip]:
    """Choose the clips to delete.

    Args:
        oldest_first: The clips that may be deleted.
        size: Bytes of all files that count, also of clips that may not be deleted.
        max_bytes: Bytes that may remain; None for any number.
        older_than: The time, or the age, of what must go; None for nothing.
        now: Unix seconds.
    """
    limit = None
    if isinstance(older_than, datetime):
        limit = older_than.timestamp()
    elif older_than is not None:
        limit = now - older_than.total_seconds()
    chosen: list[KeptClip] = []
    for clip in oldest_first:
        too_old = limit is not None and clip.kept_at < limit
        too_much = max_bytes is not None and size > max_bytes
        if too_old or too_much:
            chosen.append(clip)
            size -= clip.size
    return chosen

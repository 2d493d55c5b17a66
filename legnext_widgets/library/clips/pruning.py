"""Choose the kept clips that go when space is needed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.library.records import KeptClip


def choose_clips(
    oldest_first: Iterable[KeptClip],
    size: int,
    max_bytes: int | None,
    kept_before: float | None,
) -> list[KeptClip]:
    """Choose the clips to delete.

    Args:
        oldest_first: The clips that may be deleted.
        size: Bytes of all files that count, also of clips that may not be deleted.
        max_bytes: Bytes that may remain; None for any number.
        kept_before: Unix seconds; what was kept before this time must go. None for nothing.
    """
    chosen: list[KeptClip] = []
    for clip in oldest_first:
        too_old = kept_before is not None and clip.kept_at < kept_before
        too_much = max_bytes is not None and size > max_bytes
        if too_old or too_much:
            chosen.append(clip)
            size -= clip.size
    return chosen

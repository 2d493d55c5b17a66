"""How long jobs took before, as the memory knows it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .store import JobStore

FRESH_FOR = 60.0
"""Seconds for which what was read is used without reading it again."""


class LearnedDurations:
    """Reads durations now and then, not at each poll: those are planned on the event loop.

    Args:
        journal: The memory, or None for a client that has none.
    """

    def __init__(self, journal: JobStore | None) -> None:
        self._journal = journal
        self._read: dict[str, tuple[float, Sequence[float]]] = {}

    def of(self, task_type: str) -> Sequence[float]:
        """Seconds that the last jobs of a kind took at the real service; none if nobody knows."""
        if self._journal is None:
            return ()
        now = time.monotonic()
        read_at, durations = self._read.get(task_type, (-math.inf, ()))
        if now - read_at > FRESH_FOR:
            durations = self._journal.durations(task_type, sandbox=False)
            self._read[task_type] = now, durations
        return durations

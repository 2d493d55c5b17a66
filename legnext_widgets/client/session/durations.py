"""Learn from the store how long jobs take."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .identity import CurrentIdentity
    from .store import JobStore

FRESH_FOR = 60.0
"""Seconds for which durations are used without reading them again."""


class LearnedDurations:
    """Durations of earlier jobs of the real service.

    The store is read now and then, not at each poll: polls are planned on the event loop.

    Args:
        store: Where they are recorded; None when there is no record.
        identity: Of the service. Nothing is learned for a sandbox, nor from it.
        clock: Seconds on a clock that never goes back.
    """

    def __init__(
        self,
        store: JobStore | None,
        identity: CurrentIdentity,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._identity = identity
        self._clock = clock
        self._read: dict[str, tuple[float, Sequence[float]]] = {}

    def of(self, task_type: str) -> Sequence[float]:
        """List the seconds that earlier jobs of a kind took, newest first.

        Args:
            task_type: Such as `video_diffusion`.
        """
        if self._store is None or self._identity.value.sandbox:
            return ()
        now = self._clock()
        read_at, durations = self._read.get(task_type, (-math.inf, ()))
        if now - read_at > FRESH_FOR:
            durations = self._store.durations(task_type, sandbox=False)
            self._read[task_type] = now, durations
        return durations

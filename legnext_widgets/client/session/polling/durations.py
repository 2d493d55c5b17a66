"""Learn from the store how long jobs take."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING

from legnext_widgets.client.schedule import expectation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from legnext_widgets.client.session.identity import CurrentIdentity
    from legnext_widgets.client.session.store import JobStore

_log = logging.getLogger("legnext_widgets")

NEWEST = 12
MOST_DRAWN = 60.0
"""Seconds that a slow computer needs at most to draw the clips of a job."""

FRESH_FOR = 60.0
"""Seconds for which durations are used without reading them again."""


class LearnedDurations:
    """Durations of earlier jobs of the same service.

    Of a sandbox it learns how long drawing takes on this computer: jobs at a high speed end when
    their clips are drawn.

    The store is read now and then, not at each poll: polls are planned on the event loop.

    Args:
        store: Where they are recorded; None when there is no record.
        identity: Of the service.
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

        Returns:
            Seconds at the speed of the real service.
        """
        if self._store is None:
            return ()
        identity = self._identity.value
        now = self._clock()
        read_at, durations = self._read.get(task_type, (-math.inf, ()))
        if now - read_at > FRESH_FOR:
            try:
                durations = self._store.durations(task_type, sandbox=identity.sandbox)
            except Exception as error:  # of a user's own store; polls go on
                _log.warning("The store could not be asked for durations: %r", error)
            if identity.sandbox:
                durations = rendering_durations(task_type, durations, identity.speed)
            self._read[task_type] = now, durations
        return durations


def rendering_durations(task_type: str, durations: Sequence[float], speed: float) -> list[float]:
    """Return the durations of sandbox jobs that tell how long drawing takes here.

    Others were made at another speed, and say only what that speed was.

    Args:
        task_type: Such as `video_diffusion`.
        durations: Seconds, newest first.
        speed: How many times faster than the real service the sandbox runs now.

    Returns:
        Seconds at the speed of the real service.
    """
    usual = expectation(task_type).middle / speed
    return [
        seconds * speed
        for seconds in durations[:NEWEST]
        if usual / 2 <= seconds <= max(MOST_DRAWN, 2 * usual)
    ]

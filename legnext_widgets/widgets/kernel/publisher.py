"""One writer of traits: it collects changes and writes them, 10 times a second at most.

It is not the engine's thread, so that a person's observer may block, wait for a job, save a clip.
Where it runs is decided in `hosts`: in a thread of its own, or on the kernel's main loop.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from legnext_widgets.widgets.notebook.scheduling import Place

_log = logging.getLogger("legnext_widgets")

SHORTEST_PAUSE = 0.1
"""Seconds between two writes."""

_Work: TypeAlias = Callable[[], object]


class Publisher:
    """Runs `publish` after changes, and single messages in between, one after the other.

    Args:
        publish: Writes what has changed; called with the names of the jobs that did.
        place: Makes what calls the writer: see `hosts`.
        name: For people who look at the threads of their process.
    """

    def __init__(self, publish: Callable[[set[str]], object], place: Place, name: str) -> None:
        self._publish = publish
        self._lock = threading.Lock()
        self._changed: set[str] = set()
        self._due = False
        self._messages: deque[_Work] = deque()
        self._later: list[tuple[float, int, _Work]] = []
        self._numbers = itertools.count()
        self._written_at = -1.0
        self._closed = False
        self._turns = place(self._step, name)

    def changed(self, *job_ids: str) -> None:
        """Says that jobs, or something else that is published, changed; returns at once."""
        with self._lock:
            self._changed.update(job_ids)
            self._due = True
            closed = self._closed
        if not closed:
            self._turns.wake()

    def post(self, message: Callable[[], object], *, after: float = 0.0) -> None:
        """Has the writer call `message`, after those posted before; returns at once.

        Args:
            message: What to call.
            after: Seconds until then; those that come meanwhile are called before.
        """
        with self._lock:
            if after > 0:
                due = time.monotonic() + after
                heapq.heappush(self._later, (due, next(self._numbers), message))
            else:
                self._messages.append(message)
            closed = self._closed
        if not closed:
            self._turns.wake()

    def close(self) -> None:
        """Ends the writer; what was not written yet stays unwritten."""
        with self._lock:
            self._closed = True
        self._turns.end()

    def _step(self) -> float | None:
        """Does what is due; gives the seconds until something else is, None for nothing."""
        with self._lock:
            if self._closed:
                return None
            until_later = self._take_what_became_due()
            message = self._messages.popleft() if self._messages else None
            changed: set[str] = set()
            if message is None:
                if not self._due:
                    return until_later
                pause = self._written_at + SHORTEST_PAUSE - time.monotonic()
                if pause > 0:
                    return pause if until_later is None else min(pause, until_later)
                changed, self._changed, self._due = self._changed, set(), False
        try:
            if message is not None:
                _guarded(message)
            else:
                _guarded(lambda: self._publish(changed))
                self._written_at = time.monotonic()
        except BaseException:  # Ctrl-C, where this is the kernel's main thread: nothing is lost
            with self._lock:
                if message is not None:
                    self._messages.appendleft(message)
                self._changed |= changed
                self._due = self._due or message is None
            raise
        return 0.0

    def _take_what_became_due(self) -> float | None:
        """Puts in line what was to come later; gives the seconds until the next of these."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._messages.append(heapq.heappop(self._later)[2])
        return self._later[0][0] - now if self._later else None


def _guarded(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:
        _log.exception("Showing a change in the notebook failed.")

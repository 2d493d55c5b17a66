"""One writer of traits: it collects changes and writes them, 10 times a second at most.

It is not the engine's thread, so that a person's observer may block, wait for a job, save a clip.
Where it runs is decided in `hosts`: in a thread of its own, or on the kernel's main loop.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from .hosts import Place

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

    def post(self, message: Callable[[], object]) -> None:
        """Has the writer call `message`, after those posted before; returns at once."""
        with self._lock:
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
            message = self._messages.popleft() if self._messages else None
            changed: set[str] = set()
            if message is None:
                if not self._due:
                    return None
                pause = self._written_at + SHORTEST_PAUSE - time.monotonic()
                if pause > 0:
                    return pause
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


def _guarded(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:
        _log.exception("Showing a change in the notebook failed.")

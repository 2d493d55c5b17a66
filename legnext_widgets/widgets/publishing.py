"""One writer of traits: a thread collects changes and writes them, 10 times a second at most.

It is not the engine's thread, so that a person's observer may block, wait for a job, save a clip.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

_log = logging.getLogger("legnext_widgets")

SHORTEST_PAUSE = 0.1
"""Seconds between two writes."""


class Publisher:
    """Runs `publish` after changes, and single messages in between, in a thread of its own.

    Args:
        publish: Writes what has changed; called with the names of the jobs that did.
        name: For people who look at the threads of their process.
    """

    def __init__(self, publish: Callable[[set[str]], object], name: str) -> None:
        self._publish = publish
        self._name = name
        self._condition = threading.Condition()
        self._changed: set[str] = set()
        self._due = False
        self._messages: deque[Callable[[], object]] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False

    def changed(self, *job_ids: str) -> None:
        """Says that jobs, or something else that is published, changed; returns at once."""
        with self._condition:
            self._changed.update(job_ids)
            self._due = True
            self._wake()

    def post(self, message: Callable[[], object]) -> None:
        """Calls `message` in the writer's thread, after those posted before; returns at once."""
        with self._condition:
            self._messages.append(message)
            self._wake()

    def close(self) -> None:
        """Ends the thread; what was not written yet stays unwritten."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def _wake(self) -> None:
        if self._closed:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._condition.notify_all()

    def _run(self) -> None:
        written_at = -1.0
        while True:
            with self._condition:
                while not self._closed and not self._messages:
                    pause = written_at + SHORTEST_PAUSE - time.monotonic()
                    if self._due and pause <= 0:
                        break
                    self._condition.wait(pause if self._due else None)
                if self._closed:
                    return
                message = self._messages.popleft() if self._messages else None
                changed: set[str] = set()
                if message is None:
                    changed, self._changed, self._due = self._changed, set(), False
            if message is not None:
                _guarded(message)
            else:
                _guarded(lambda changed=changed: self._publish(changed))  # type: ignore[misc]
                written_at = time.monotonic()


def _guarded(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:
        _log.exception("Showing a change in the notebook failed.")

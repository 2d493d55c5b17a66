"""The pulse that moves jobs on while nobody asks, and the time that everything here goes by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Clock:
    """Unix seconds that never jump: the wall's time at the start, carried on monotonically."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def __call__(self) -> float:
        """Seconds since 1970."""
        return time.monotonic() + self._offset


class Pulse:
    """Calls `advance` whenever something is due, in one thread that lives until `close`.

    Where no thread can be started (Python in a browser), jobs move on when somebody asks for them,
    which is all that an asker can notice.

    Args:
        advance: Does what is due and returns the seconds until there is something to do, or None.
    """

    def __init__(self, advance: Callable[[], float | None]) -> None:
        self._advance = advance
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stirred = False
        self._closed = False

    def stir(self) -> None:
        """Looks now; starts the thread when it does not run yet."""
        with self._wake:
            self._stirred = True
            self._wake.notify()
            if self._thread is None and not self._closed:
                thread = threading.Thread(
                    target=self._run, name="legnext-sandbox-pulse", daemon=True
                )
                try:
                    thread.start()
                except RuntimeError:
                    return
                self._thread = thread

    def close(self) -> None:
        """Ends the thread and waits for its end."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._stirred = False
                if self._closed:
                    return
            due = self._advance()
            with self._wake:
                if not self._stirred and not self._closed:
                    self._wake.wait(due)

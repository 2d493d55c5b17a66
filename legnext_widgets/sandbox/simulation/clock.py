"""Clocks, and the ticker that advances jobs while no request arrives."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock(Protocol):
    """Gives the time."""

    def __call__(self) -> float:
        """Return unix seconds."""


class SystemClock:
    """The system's time at the start, continued by the monotonic clock, so that it never jumps."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def __call__(self) -> float:
        """Return unix seconds."""
        return time.monotonic() + self._offset


class ManualClock:
    """A clock that moves only when a test advances it.

    Args:
        start: Unix seconds at the beginning.

    Example:
        clock = ManualClock()
        sandbox = Sandbox(clock=clock, packaged=True)
        clock.advance(400)  # everything that was running is done now
    """

    def __init__(self, start: float = 1_750_000_000.0) -> None:
        self._now = start
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], object]] = []

    def __call__(self) -> float:
        """Return unix seconds."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock, and do in this thread what is due by then.

        At most six jobs of an account run at once; those that wait begin at the new time.

        Args:
            seconds: How far; not negative.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"a clock does not go back: {seconds!r}")
        with self._lock:
            self._now += seconds
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    def subscribe(self, listener: Callable[[], object]) -> None:
        """Call `listener` after each `advance`."""
        with self._lock:
            self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[], object]) -> None:
        """Stop calling `listener`."""
        with self._lock:
            self._listeners = [known for known in self._listeners if known != listener]


class Ticker:
    """Calls `advance` whenever something is due, in one thread that lives until `close`.

    Where no thread can be started (Pyodide), jobs advance when a request asks for them, which looks
    the same to a client.

    Args:
        advance: Does what is due and returns the seconds until the next thing is, or None.
    """

    def __init__(self, advance: Callable[[], float | None]) -> None:
        self._advance = advance
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._awake = False
        self._closed = False

    def wake(self) -> None:
        """Call `advance` now; start the thread if it does not run yet."""
        with self._condition:
            self._awake = True
            self._condition.notify()
            if self._thread is None and not self._closed:
                thread = threading.Thread(
                    target=self._run, name="legnext-sandbox-ticker", daemon=True
                )
                try:
                    thread.start()
                except RuntimeError:
                    return
                self._thread = thread

    def close(self) -> None:
        """End the thread and wait for its end."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._awake = False
                if self._closed:
                    return
            seconds = self._advance()
            with self._condition:
                if not self._awake and not self._closed:
                    self._condition.wait(seconds)

"""Call the callbacks of users: one after the other, and none of their errors ends our work."""

from __future__ import annotations

import asyncio
import inspect
import logging
import queue
import threading
import weakref
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger("legnext_widgets")


def call_guarded(callback: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Call a user's callback; an error it raises is logged and ends there."""
    try:
        callback(*args, **kwargs)
    except Exception:
        _log_error()


class CallbackThread:
    """Call callbacks in a thread of their own, where they may block.

    The thread starts with the first call and does not keep the process alive.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: queue.SimpleQueue[Callable[[], object] | None] | None = None
        self._closed = False

    def call(self, callback: Callable[[], object]) -> None:
        """Call it soon, after those before it; never after `close`."""
        with self._lock:
            if self._closed:
                return
            if self._calls is None:
                self._calls = queue.SimpleQueue()
                threading.Thread(
                    target=_call_all, args=(self._calls,), name="legnext-callbacks", daemon=True
                ).start()
                weakref.finalize(self, self._calls.put, None).atexit = False
            self._calls.put(callback)

    def close(self) -> None:
        """End the thread when the calls so far are made."""
        with self._lock:
            self._closed = True
            if self._calls is not None:
                self._calls.put(None)


class LoopCallbacks(Generic[T]):
    """Call one callback on an event loop, one call after the other.

    Args:
        callback: Called with `argument`; what it returns is awaited if it can be.
        argument: Such as the job that changed.
    """

    def __init__(self, callback: Callable[[T], object], argument: T) -> None:
        self._callback = callback
        self._argument = argument
        self._waiting = 0
        self._calling: asyncio.Task[None] | None = None

    def call(self) -> None:
        """Call once more, soon."""
        self._waiting += 1
        if self._calling is None or self._calling.done():
            self._calling = asyncio.get_running_loop().create_task(self._call_all())

    async def _call_all(self) -> None:
        while self._waiting:
            self._waiting -= 1
            try:
                result = self._callback(self._argument)
                if inspect.isawaitable(result):
                    await result
            except Exception:
                _log_error()


class Subscribers:
    """Callbacks and waiting coroutines that are notified of the changes of one thing."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], object]] = []
        self._changed: asyncio.Event | None = None

    def add(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call `callback` after every change.

        Returns:
            A function that stops it.
        """
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    def notify(self) -> None:
        """Wake all that wait and call all callbacks; on the client's loop."""
        if self._changed is not None:
            self._changed.set()
            self._changed = None
        self.call()

    def call(self) -> None:
        """Call all callbacks, but wake nothing that waits; from any thread."""
        for callback in list(self._callbacks):
            call_guarded(callback)

    async def changed(self) -> None:
        """Return after the next change; to be awaited on the client's loop."""
        if self._changed is None:
            self._changed = asyncio.Event()
        await self._changed.wait()


def _call_all(calls: queue.SimpleQueue[Callable[[], object] | None]) -> None:
    while (callback := calls.get()) is not None:
        call_guarded(callback)


def _log_error() -> None:
    _log.exception("A callback of yours raised an error.")

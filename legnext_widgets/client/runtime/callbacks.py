"""Call the callbacks of users: one after the other, and none of their errors ends our work."""

from __future__ import annotations

import asyncio
import inspect
import logging
import queue
import threading
import weakref
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

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


class AwaitedCalls(Generic[P]):
    """Call a callback on the running loop; what it returns is awaited, one call after the other.

    Args:
        callback: A plain or coroutine function.
    """

    def __init__(self, callback: Callable[P, object]) -> None:
        self._callback = callback
        self._waiting: list[Awaitable[object]] = []
        self._awaiting: asyncio.Task[None] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call it; an error it raises is logged by the caller, or here while it is awaited."""
        result = self._callback(*args, **kwargs)
        if not inspect.isawaitable(result):
            return
        self._waiting.append(result)
        if self._awaiting is None or self._awaiting.done():
            self._awaiting = asyncio.get_running_loop().create_task(self._await_all())

    async def finished(self) -> None:
        """Return when all calls so far are awaited."""
        if self._awaiting is not None:
            await self._awaiting

    async def _await_all(self) -> None:
        while self._waiting:
            try:
                await self._waiting.pop(0)
            except Exception:
                _log_error()


@asynccontextmanager
async def awaited_calls(
    callback: Callable[P, object] | None,
) -> AsyncIterator[AwaitedCalls[P] | None]:
    """Return what calls `callback` on the loop, and let its calls end before the block does."""
    calls = None if callback is None else AwaitedCalls(callback)
    yield calls
    if calls is not None:
        await calls.finished()


def require_plain(callback: object, name: str = "progress") -> None:
    """Refuse a coroutine function where nothing can await it.

    Raises:
        TypeError: It is one.
    """
    call = getattr(type(callback), "__call__", None)  # noqa: B004 - of an object with such a method
    if inspect.iscoroutinefunction(callback) or inspect.iscoroutinefunction(call):
        raise TypeError(f"{name} must be a plain function; AsyncClient takes coroutines.")


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
        try:
            callback()
        except BaseException:  # `sys.exit()` in one must not end the calls of all others
            _log_error()


def _log_error() -> None:
    _log.exception("A callback of yours raised an error.")

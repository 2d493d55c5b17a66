"""Run a client's coroutines on an event loop in a thread of its own.

Blocking callers wait for that thread; the kernel's own loop and thread stay free.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import functools
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.environment import LastingExecutor

from .callbacks import CallbackThread
from .interface import CLOSED_MEANWHILE, Lifetime, route_through

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
T = TypeVar("T")

_NOT_STARTED = "Nothing was sent: the system allows this process no more threads or files"

_SLICE = 0.25
"""Seconds between looks at Ctrl-C: on Windows an endless wait for a lock cannot be interrupted."""


class ThreadRuntime:
    """An event loop in one thread, and the user's callbacks in another; see `Runtime`.

    Both threads start when first needed and do not keep the process alive.
    """

    def __init__(self) -> None:
        self._lifetime = Lifetime()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._callbacks = CallbackThread()
        self._close_at_exit: Callable[[], object] | None = None
        self._at_exit: Callable[[], None] | None = None

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._lifetime.closed

    @property
    def in_own_process(self) -> bool:
        """Whether this process made it, and not a parent that was forked."""
        return self._lifetime.in_own_process

    def start(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Begin a coroutine on the loop; safe from any thread.

        Raises:
            LegnextError: The client is closed, or this process is a fork of the one that made it.
        """
        try:
            loop = self._running_loop()
        except BaseException:
            coroutine.close()
            raise
        return asyncio.run_coroutine_threadsafe(coroutine, loop)

    def run(self, coroutine: Coroutine[Any, Any, T], *, leave_running: bool = False) -> T:
        """Run a coroutine and wait for its result, interruptibly; see `Runtime.run`."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("A blocking call was made in the client's own thread.")
        return self.result(self.start(coroutine), leave_running=leave_running)

    def run_at_once(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that waits for nothing but this machine's disk."""
        return self.run(coroutine)

    def result(self, future: concurrent.futures.Future[T], *, leave_running: bool = False) -> T:
        """Wait for what `start` began, interruptibly; see `Runtime.run`."""
        try:
            while True:
                try:
                    return future.result(_SLICE)
                except TimeoutError:
                    if future.done():
                        return future.result()
        except KeyboardInterrupt:
            if not leave_running:
                future.cancel()
            raise
        except concurrent.futures.CancelledError:
            raise LegnextError(CLOSED_MEANWHILE) from None

    def require_waiting(self) -> None:
        """Check that a plain call can wait here, which with threads it always can."""

    def call_on_loop(self, call: Callable[[], object]) -> None:
        """Call something short on the loop, soon."""
        self._running_loop().call_soon_threadsafe(call)

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call a user's callback in a thread where it may block, after those before it."""
        self._callbacks.call(callback)

    def in_callback_thread(self, callback: Callable[P, object] | None) -> Callable[P, None] | None:
        """Wrap a user's callback so that each call goes through `call_soon`; None stays None."""
        # Bound to the thread and not to `self`: work under way must not keep a client alive.
        return None if callback is None else route_through(self._callbacks.call, callback)

    def before_exit(self, close: Callable[[], object]) -> None:
        """Call `close` when the interpreter ends, while threads still run."""
        self._close_at_exit = close
        self._at_exit = functools.partial(_close_at_exit, weakref.ref(self))
        atexit.register(self._at_exit)

    def finish(
        self, last: Coroutine[Any, Any, object], then: Callable[[], object], patience: float = 15.0
    ) -> None:
        """Run a last coroutine for at most `patience` seconds, close, and call `then`."""
        try:
            if self._loop is None or not self.in_own_process:
                last.close()
                return
            # Another thread may close it at the same time, and be quicker.
            with contextlib.suppress(TimeoutError, concurrent.futures.CancelledError, LegnextError):
                _result_within(self.start(last), patience)
        finally:  # also on Ctrl-C
            self.close()
            then()

    def close(self) -> None:
        """End both threads and cancel what still runs."""
        if not self.in_own_process:  # another thread may have held the lock when we forked
            self._lifetime.closed = True
            return
        with self._lock:
            if self.closed:
                return
            self._lifetime.closed = True
        if self._at_exit is not None:
            atexit.unregister(self._at_exit)
        self._callbacks.close()
        if self._loop is None or self._thread is None:
            return
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        self._lifetime.require_usable()  # before the lock, which may have been held when we forked
        with self._lock:
            self._lifetime.require_usable()
            if self._loop is None:
                self._loop, self._thread = _start_loop()
            return self._loop

    def _exit(self) -> None:
        if self._close_at_exit is not None and self.in_own_process:
            with contextlib.suppress(Exception, KeyboardInterrupt):
                self._close_at_exit()


def _result_within(future: concurrent.futures.Future[T], patience: float) -> T:
    """Wait for a result, interruptibly.

    Raises:
        TimeoutError: It takes longer than `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while not future.done() and (left := deadline - time.monotonic()) > 0:
        concurrent.futures.wait([future], min(left, _SLICE))
    return future.result(0)


def _start_loop() -> tuple[asyncio.AbstractEventLoop, threading.Thread]:
    """Start an event loop in a thread.

    Raises:
        LegnextError: The system gives neither.
    """
    try:
        loop = asyncio.new_event_loop()
    except OSError as error:
        raise LegnextError(f"{_NOT_STARTED} ({error.strerror or error}).") from error
    loop.set_default_executor(LastingExecutor())
    thread = threading.Thread(target=_run_loop, args=(loop,), name="legnext-client", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:
        loop.close()
        raise LegnextError(f"{_NOT_STARTED} ({error}).") from error
    return loop, thread


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _close_at_exit(reference: weakref.ref[ThreadRuntime]) -> None:
    runtime = reference()
    if runtime is not None:
        runtime._exit()  # noqa: SLF001 - the same class

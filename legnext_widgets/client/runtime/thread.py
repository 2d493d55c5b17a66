"""The engine: one thread with an event loop of its own, in which all network work of a client runs.

Blocking callers wait for it, the kernel's own loop and thread stay free.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import functools
import logging
import os
import queue
import threading
import weakref
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from legnext_widgets.client.errors import LegnextError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger("legnext_widgets")

_SLICE = 0.25
"""Seconds between looks at Ctrl-C: on Windows an endless wait for a lock cannot be interrupted."""

CLOSED_MEANWHILE = "The client was closed while this was under way."


class ThreadRuntime:
    """Runs coroutines in a thread of its own, and people's callbacks in another one.

    Both threads are started when first needed and do not keep the process alive.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._calls: queue.SimpleQueue[Callable[[], object] | None] | None = None
        self._process = os.getpid()
        self._closed = False
        self._at_exit: Callable[[], None] | None = None
        self._before_exit: Callable[[], object] | None = None
        self.while_waiting: Callable[[concurrent.futures.Future[Any]], object] | None = None
        """Called in a blocking wait, so that a kernel's loop can turn meanwhile; else None."""

    def start(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Begins a coroutine on the engine's loop; safe from any thread.

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
        """Runs a coroutine and waits for its result, interruptibly.

        Args:
            coroutine: What to run.
            leave_running: On Ctrl-C let it come to its end unseen instead of cancelling it.
        """
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("A blocking call was made in the engine's own thread.")
        return self.result(self.start(coroutine), leave_running=leave_running)

    def result(self, future: concurrent.futures.Future[T], *, leave_running: bool = False) -> T:
        """Waits for what `start` began, interruptibly: see `run`."""
        try:
            while True:
                if self.while_waiting is not None:
                    self.while_waiting(future)
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

    def run_at_once(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine that waits for nothing but this machine's disk."""
        return self.run(coroutine)

    def require_waiting(self) -> None:
        """Checks that `run` and `result` can wait here, which with threads they always can."""

    def call_on_loop(self, call: Callable[[], object]) -> None:
        """Calls something short on the engine's loop, soon."""
        self._running_loop().call_soon_threadsafe(call)

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Calls a person's callback in a thread where it may block, one after the other."""
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

    def in_callback_thread(self, callback: Callable[P, object] | None) -> Callable[P, None] | None:
        """Wrap a user callback so that each call runs through `call_soon`.

        Args:
            callback: The callback; None stays None.
        """
        if callback is None:
            return None
        wrapped = callback

        def call(*args: P.args, **kwargs: P.kwargs) -> None:
            self.call_soon(functools.partial(wrapped, *args, **kwargs))

        return call

    def before_exit(self, finish: Callable[[], object]) -> None:
        """What is called when the interpreter ends, while threads still run."""
        self._before_exit = finish
        self._at_exit = functools.partial(_finish, weakref.ref(self))
        atexit.register(self._at_exit)

    @property
    def closed(self) -> bool:
        """Whether it was ended."""
        return self._closed

    @property
    def in_own_process(self) -> bool:
        """Whether this process is the one that made it, and no fork."""
        return self._process == os.getpid()

    def finish(
        self, last: Coroutine[Any, Any, object], then: Callable[[], object], patience: float = 15.0
    ) -> None:
        """Runs a last coroutine for at most `patience` seconds, ends the engine, calls `then`."""
        never_started = self._loop is None or self._process != os.getpid()
        if never_started:
            last.close()
        else:
            # Another thread may close it at the same time, and be quicker.
            with contextlib.suppress(TimeoutError, concurrent.futures.CancelledError, LegnextError):
                self.start(last).result(patience)
        self.close()
        then()

    def close(self) -> None:
        """Ends both threads; what still runs is cancelled."""
        if not self.in_own_process:  # another thread may have held the lock when we forked
            self._closed = True
            return
        with self._lock:
            if self._closed:
                return
            self._closed = True
            loop, thread, calls = self._loop, self._thread, self._calls
        if self._at_exit is not None:
            atexit.unregister(self._at_exit)
        if calls is not None:
            calls.put(None)
        if loop is None or thread is None:
            return
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(loop.stop)
        if threading.current_thread() is not thread:
            thread.join(timeout=5)

    def _require_usable(self) -> None:
        if not self.in_own_process:  # another thread may have held the lock when we forked
            raise LegnextError(
                "This client was made before the process was forked, and its connections belong to "
                "the parent. Make a new client in the child process."
            )
        if self._closed:
            raise LegnextError(
                "This client is closed. Jobs go on at the service; make a new client."
            )

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        self._require_usable()
        with self._lock:
            self._require_usable()
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_turn, args=(self._loop,), name="legnext-engine", daemon=True
                )
                self._thread.start()
            return self._loop


def _turn(loop: asyncio.AbstractEventLoop) -> None:
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


def _call_all(calls: queue.SimpleQueue[Callable[[], object] | None]) -> None:
    while (callback := calls.get()) is not None:
        try:
            callback()
        except Exception:  # a callback of anybody must not end the thread of all
            _log.exception("A callback of yours raised an error.")


def _finish(reference: weakref.ref[ThreadRuntime]) -> None:
    engine = reference()
    if engine is not None and engine._before_exit is not None and engine._process == os.getpid():
        with contextlib.suppress(Exception):
            engine._before_exit()


async def until_done(waited_for: concurrent.futures.Future[Any]) -> None:
    """Returns when a future is done, however that ended."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def wake(_: object) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(done.set)

    waited_for.add_done_callback(wake)
    await done.wait()

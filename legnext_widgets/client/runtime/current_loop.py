"""The engine where no thread can be started: everything runs as tasks on the loop there is."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from typing import TYPE_CHECKING, Any, TypeVar

from legnext_widgets import environment
from legnext_widgets.client.errors import LegnextError

from .thread import CLOSED_MEANWHILE, ThreadRuntime, until_done

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")
_log = logging.getLogger("legnext_widgets")


def default_runtime() -> ThreadRuntime:
    """The kind of engine that this Python can run."""
    return CurrentLoopRuntime() if environment.in_pyodide() else ThreadRuntime()


class CurrentLoopRuntime(ThreadRuntime):
    """Runs coroutines and people's callbacks on the event loop that runs already."""

    def __init__(self) -> None:
        super().__init__()
        self._running: set[concurrent.futures.Future[Any]] = set()

    def start(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Begins a coroutine as a task.

        Raises:
            LegnextError: The client is closed, or no event loop runs.
        """
        future = super().start(coroutine)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    def require_waiting(self) -> None:
        """Checks that a plain call can wait here.

        Raises:
            LegnextError: It cannot; with what to do instead.
        """
        if not environment.can_block():
            raise LegnextError(environment.AWAIT_INSTEAD)

    def run(self, coroutine: Coroutine[Any, Any, T], *, leave_running: bool = False) -> T:
        """Runs a coroutine and waits for its result.

        Raises:
            LegnextError: Nothing can wait here; the coroutine was not begun.
        """
        try:
            self.require_waiting()
        except LegnextError:
            coroutine.close()
            raise
        return self.result(self.start(coroutine), leave_running=leave_running)

    def result(
        self,
        future: concurrent.futures.Future[T],
        *,
        leave_running: bool = False,  # noqa: ARG002 - no Ctrl-C reaches Python in a browser
    ) -> T:
        """Waits for what `start` began.

        Raises:
            LegnextError: Nothing can wait here.
        """
        if not future.done():
            self.require_waiting()
            environment.block_on(until_done(future))
        try:
            return future.result(0)
        except concurrent.futures.CancelledError:
            raise LegnextError(CLOSED_MEANWHILE) from None

    def run_at_once(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine that waits for nothing but this machine's disk."""
        try:
            coroutine.send(None)
        except StopIteration as ended:
            result: T = ended.value
            return result
        coroutine.close()
        raise RuntimeError("It waits for more than the disk.")

    def call_on_loop(self, call: Callable[[], object]) -> None:
        """Calls something short, soon."""
        self._running_loop().call_soon(call)

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Calls a person's callback, soon; it holds up everything else while it computes."""
        if not self._closed:
            self._running_loop().call_soon(_called, callback)

    def finish(
        self, last: Coroutine[Any, Any, object], then: Callable[[], object], patience: float = 15.0
    ) -> None:
        """Begins a last coroutine and closes the engine; `then` is called when it has ended."""
        try:
            if self._loop is None:
                raise LegnextError("It was never used.")
            ending = self.start(asyncio.wait_for(last, patience))
        except LegnextError:  # nothing is under way, or no loop runs that could end it
            last.close()
            self._end(then)
            return
        self._closed = True
        ending.add_done_callback(lambda _: self._end(then))

    def close(self) -> None:
        """Takes no more work; what still runs is cancelled."""
        self._closed = True
        for future in list(self._running):
            future.cancel()

    def _end(self, then: Callable[[], object]) -> None:
        self.close()
        then()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        self._require_usable()
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            raise LegnextError("No event loop runs here, and threads cannot be started.") from None
        return self._loop


def _called(callback: Callable[[], object]) -> None:
    try:
        callback()
    except Exception:
        _log.exception("A callback of yours raised an error.")

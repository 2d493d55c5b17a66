"""Run a client's coroutines as tasks of the event loop there is, where no thread can be started."""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from legnext_widgets import environment
from legnext_widgets.client.errors import LegnextError

from .callbacks import call_guarded
from .interface import CLOSED_MEANWHILE, Lifetime, route_through, until_done

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
T = TypeVar("T")


class CurrentLoopRuntime:
    """The event loop that runs already, for coroutines and for the user's callbacks.

    See `Runtime`. It is for Pyodide, whose one loop runs all the time.
    """

    def __init__(self) -> None:
        self._lifetime = Lifetime()
        self._used = False
        self._running: set[concurrent.futures.Future[Any]] = set()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._lifetime.closed

    @property
    def in_own_process(self) -> bool:
        """Whether this process made it, which where nothing can fork it always did."""
        return self._lifetime.in_own_process

    def start(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Begin a coroutine as a task.

        Raises:
            LegnextError: The client is closed, or no event loop runs.
        """
        try:
            loop = self._running_loop()
        except BaseException:
            coroutine.close()
            raise
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    def run(self, coroutine: Coroutine[Any, Any, T], *, leave_running: bool = False) -> T:
        """Run a coroutine and wait for its result; see `Runtime.run`.

        Raises:
            LegnextError: A plain call cannot wait here; the coroutine was not begun.
        """
        try:
            self.require_waiting()
        except LegnextError:
            coroutine.close()
            raise
        return self.result(self.start(coroutine), leave_running=leave_running)

    def run_at_once(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that waits for nothing but this machine's disk, to its end."""
        try:
            coroutine.send(None)
        except StopIteration as ended:
            result: T = ended.value
            return result
        coroutine.close()
        raise RuntimeError("It waits for more than the disk.")

    def result(
        self,
        future: concurrent.futures.Future[T],
        *,
        leave_running: bool = False,  # noqa: ARG002 - no Ctrl-C reaches Python in a browser
    ) -> T:
        """Wait for what `start` began.

        Raises:
            LegnextError: A plain call cannot wait here, or the client was closed.
        """
        if not future.done():
            self.require_waiting()
            environment.block_on(until_done(future))
        try:
            return future.result(0)
        except concurrent.futures.CancelledError:
            raise LegnextError(CLOSED_MEANWHILE) from None

    def require_waiting(self) -> None:
        """Check that a plain call can wait here.

        Raises:
            LegnextError: It cannot; the message says what to do instead.
        """
        if not environment.can_block():
            raise LegnextError(environment.AWAIT_INSTEAD)

    def call_on_loop(self, call: Callable[[], object]) -> None:
        """Call something short, soon."""
        self._running_loop().call_soon(call)

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call a user's callback, soon; everything else waits while it computes."""
        if not self.closed:
            self._running_loop().call_soon(call_guarded, callback)

    def in_callback_thread(self, callback: Callable[P, object] | None) -> Callable[P, None] | None:
        """Wrap a user's callback so that each call goes through `call_soon`; None stays None."""
        return None if callback is None else route_through(self.call_soon, callback)

    def before_exit(self, close: Callable[[], object]) -> None:
        """Do nothing: a page that goes takes its interpreter with it, unasked."""

    def finish(
        self, last: Coroutine[Any, Any, object], then: Callable[[], object], patience: float = 15.0
    ) -> None:
        """Begin a last coroutine and accept no more work; call `then` when it has ended."""

        def end(_: object) -> None:
            self.close()
            then()

        try:
            ending = self.start(asyncio.wait_for(last, patience)) if self._used else None
        except LegnextError:  # no loop runs that could end it
            ending = None
        if ending is None:
            last.close()
            end(None)
            return
        self._lifetime.closed = True
        ending.add_done_callback(end)

    def close(self) -> None:
        """Accept no more work and cancel running tasks."""
        self._lifetime.closed = True
        for future in list(self._running):
            future.cancel()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        self._lifetime.require_usable()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise LegnextError("No event loop runs here, and threads cannot be started.") from None
        self._used = True
        return loop

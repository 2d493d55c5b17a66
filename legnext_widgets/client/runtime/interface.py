"""Declare the interface that runs the coroutines of a client."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.messages import Message
from legnext_widgets.environment import outlive_main_thread

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
T = TypeVar("T")

CLOSED_MEANWHILE = "The client was closed while this was under way."

FORKED = (
    "This client was made before the process was forked, and its connections belong to the parent. "
    "Make a new client in the child process."
)

_NO_ASYNCIO = (
    "AsyncClient needs asyncio, and no event loop of asyncio runs here. Elsewhere, such as under "
    "trio, use Client in a thread."
)
_OTHER_LOOP = (
    "This client belongs to the event loop on which it was first used. Make a new AsyncClient for "
    "each asyncio.run(), or use Client, which works everywhere."
)


class Runtime(Protocol):
    """Runs the coroutines of one client, and the callbacks of its user."""

    @property
    def closed(self) -> bool:
        """Whether it was closed."""

    @property
    def in_own_process(self) -> bool:
        """Whether this process made it, and not a parent that was forked."""

    def start(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Begin a coroutine.

        Raises:
            LegnextError: The client is closed, or cannot run here; the coroutine was not begun.
        """

    def run(self, coroutine: Coroutine[Any, Any, T], *, leave_running: bool = False) -> T:
        """Run a coroutine and wait for its result.

        Args:
            coroutine: What to run.
            leave_running: On Ctrl-C let it come to its end instead of cancelling it.

        Raises:
            LegnextError: As `start`; or a plain call cannot wait here, or the client was closed.
            KeyboardInterrupt: Ctrl-C; the wait ended.
        """

    def run_at_once(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that waits for nothing but this machine's disk."""

    def result(self, future: concurrent.futures.Future[T], *, leave_running: bool = False) -> T:
        """Wait for what `start` began; see `run`."""

    def require_waiting(self) -> None:
        """Check that a plain call can wait here.

        Raises:
            LegnextError: It cannot; the message says what to do instead.
        """

    def call_on_loop(self, call: Callable[[], object]) -> None:
        """Call something short on the event loop, soon."""

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call a user's callback soon, after those before it."""

    def in_callback_thread(self, callback: Callable[P, object] | None) -> Callable[P, None] | None:
        """Wrap a user's callback so that each call goes through `call_soon`; None stays None."""

    def before_exit(self, close: Callable[[], object]) -> None:
        """Call `close` when the interpreter ends without it."""

    def finish(
        self, last: Coroutine[Any, Any, object], then: Callable[[], object], patience: float = 15.0
    ) -> None:
        """Run a last coroutine for at most `patience` seconds, close, and call `then`."""

    def close(self) -> None:
        """Accept no more work and cancel running tasks."""


class Lifetime:
    """Whether something may still be used: it was not closed, and not inherited by a fork."""

    def __init__(self) -> None:
        self.closed = False
        self._process = os.getpid()

    @property
    def in_own_process(self) -> bool:
        """Whether this process made it, and not a parent that was forked."""
        return self._process == os.getpid()

    def require_usable(self) -> None:
        """Check that it may be used.

        Raises:
            LegnextError: It may not.
        """
        if not self.in_own_process:
            raise LegnextError(FORKED)
        if self.closed:
            raise LegnextError(Message("client_closed"))


class LoopLifetime(Lifetime):
    """A life on one event loop: the one on which it is first used.

    Attributes:
        loop: The loop; None before the first use.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_foreign(self) -> bool:
        """Whether what was begun belongs to another process or another event loop than this one."""
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:  # such as under trio
            return True
        return not self.in_own_process or (self.loop or here) is not here

    def require_usable(self) -> None:
        """Check that it may be used on this event loop.

        Raises:
            LegnextError: It is closed, or belongs to another process or event loop.
        """
        super().require_usable()
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            raise LegnextError(_NO_ASYNCIO) from None
        if self.loop is None:
            self.loop = here
        if self.loop is not here:
            raise LegnextError(_OTHER_LOOP)
        outlive_main_thread(here)


def route_through(
    call_soon: Callable[[Callable[[], object]], None], callback: Callable[P, object]
) -> Callable[P, None]:
    """Wrap a callback so that each call of it goes through `call_soon`."""

    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        call_soon(functools.partial(callback, *args, **kwargs))

    return call


async def until_done(future: concurrent.futures.Future[Any]) -> None:
    """Return when a future is done, whether it succeeded or not."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def wake(_: object) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(done.set)

    future.add_done_callback(wake)
    await done.wait()

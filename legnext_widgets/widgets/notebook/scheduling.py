"""Choose where a widget publishes: in threads of its own, or on the kernel's main loop.

Threads show what happens even while a cell computes. In Colab (ipykernel 6) updates from a thread
may not be shown; there, and where no thread can be started, a widget publishes on the main loop.
The choice is made once, when the widget is made.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from legnext_widgets import environment
from legnext_widgets.client.runtime import until_done
from legnext_widgets.nested_asyncio import allow_nested_asyncio

if TYPE_CHECKING:
    import concurrent.futures

_log = logging.getLogger("legnext_widgets")

PublishFrom: TypeAlias = Literal["thread", "main_loop"]
PLACES: tuple[PublishFrom, ...] = ("thread", "main_loop")
VARIABLE = "LEGNEXT_PUBLISH_FROM"
"""The environment variable that chooses, unless the argument does."""

Step: TypeAlias = Callable[[], float | None]
"""Does one thing that is due; gives the seconds until the next is, None for nothing."""

IDLE = 10.0
"""Seconds without work after which a thread ends."""


class Scheduler(Protocol):
    """Calls a step whenever something may be due."""

    def wake(self) -> None:
        """Call the step soon; safe from any thread, returns at once."""

    def end(self) -> None:
        """Stop calling it."""


SchedulerFactory: TypeAlias = Callable[[Step, str], Scheduler]
"""Makes a scheduler for a step; the text names its thread."""


class ThreadScheduler:
    """Calls a step in a thread of its own, which lives while there is work."""

    def __init__(self, step: Step, name: str) -> None:
        self._step = step
        self._name = name
        self._lock = threading.Lock()
        self._awake = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended = False

    def wake(self) -> None:
        """Call the step soon."""
        with self._lock:
            if self._ended:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._awake.set()

    def end(self) -> None:
        """End the thread, after the step it is in."""
        with self._lock:
            self._ended = True
        self._awake.set()

    def _run(self) -> None:
        pause: float | None = None
        while True:
            woken = self._awake.wait(IDLE if pause is None else pause)
            if not woken and pause is None and self._may_rest():
                return
            self._awake.clear()
            if self._ended:
                return
            pause = self._step()

    def _may_rest(self) -> bool:
        with self._lock:
            if self._awake.is_set():
                return False
            self._thread = None
            return True


class LoopScheduler:
    """Calls a step on an event loop, between the other work there."""

    def __init__(self, loop: asyncio.AbstractEventLoop, step: Step) -> None:
        self._loop = loop
        self._step = step
        self._timer: asyncio.TimerHandle | None = None
        self._stepping = False
        self._ended = False

    def wake(self) -> None:
        """Call the step soon."""
        with suppress(RuntimeError):  # the loop is closed: the kernel ends
            self._loop.call_soon_threadsafe(self._run)

    def end(self) -> None:
        """Stop calling it."""
        self._ended = True

    def _run(self) -> None:
        # An observer that waits for a job lets the loop run inside of the step.
        if self._ended or self._stepping:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._stepping = True
        pause: float | None = 0.0
        try:
            pause = self._step()
        finally:
            self._stepping = False
            if pause is not None and not self._ended:
                self._timer = self._loop.call_later(pause, self._run)


class OnMainLoop:
    """Makes schedulers for the kernel's main loop.

    Attributes:
        while_waiting: For `runtime.while_waiting`: runs that loop while a cell waits.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.while_waiting = _NestedLoop(loop)

    def __call__(self, step: Step, _name: str) -> LoopScheduler:
        """Make a scheduler for a step."""
        return LoopScheduler(self._loop, step)


def choose_scheduler(asked: PublishFrom | None) -> SchedulerFactory:
    """Choose where a widget that is made now publishes.

    Args:
        asked: The person's choice; None leaves it to `LEGNEXT_PUBLISH_FROM`, and without that to
            the kernel.

    Raises:
        ValueError: There is no such place.
    """
    place = choose_place(
        asked or os.getenv(VARIABLE),
        colab=environment.in_colab(),
        ipykernel=environment.ipykernel_major(),
        threads=not environment.in_pyodide(),
    )
    loop = _main_loop() if place == "main_loop" else None
    return ThreadScheduler if loop is None else OnMainLoop(loop)


def choose_place(asked: str | None, *, colab: bool, ipykernel: int, threads: bool) -> PublishFrom:
    """Choose between threads and the main loop. Pure.

    Args:
        asked: The person's choice, if any.
        colab: Whether this is a kernel of Colab.
        ipykernel: Its major version; 0 without it.
        threads: Whether threads can be started.

    Raises:
        ValueError: There is no such place.
    """
    for place in PLACES:
        if asked == place:
            return place
    if asked:
        raise ValueError(f"publish_from must be one of {', '.join(PLACES)}, not {asked!r}")
    if not threads:
        return "main_loop"
    return "main_loop" if colab and ipykernel == 6 else "thread"


class _NestedLoop:
    """Runs the kernel's main loop while a cell waits, so that widgets keep publishing."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._possible: bool | None = None

    def __call__(self, waited_for: concurrent.futures.Future[object]) -> None:
        """Return when the future is done; at once where the loop is not this thread's."""
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return
        if here and not waited_for.done() and self._can_nest():
            self._loop.run_until_complete(until_done(waited_for))

    def _can_nest(self) -> bool:
        if self._possible is None:
            try:
                allow_nested_asyncio()
                self._possible = True
            except (ImportError, RuntimeError) as reason:
                _log.warning("Widgets are not updated while a cell waits: %s", reason)
                self._possible = False
        return self._possible


def _main_loop() -> asyncio.AbstractEventLoop | None:
    if threading.current_thread() is threading.main_thread():
        with suppress(RuntimeError):
            return asyncio.get_running_loop()
    shell = environment.ipython_shell()
    io_loop = getattr(getattr(shell, "kernel", None), "io_loop", None)
    loop = getattr(io_loop, "asyncio_loop", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None

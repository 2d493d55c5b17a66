"""Choose where a widget publishes: in threads of its own, or on the kernel's main loop.

Threads show what happens even while a cell computes, in every kernel, Colab's included. The main
loop is the way where no thread can be started, and for a front end that does not show what threads
send; nothing is published there while a cell computes or waits.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, Protocol, TypeAlias

from legnext_widgets import environment

PublishFrom: TypeAlias = Literal["thread", "main_loop"]
PLACES: tuple[PublishFrom, ...] = ("thread", "main_loop")
VARIABLE = "LEGNEXT_PUBLISH_FROM"
"""The environment variable that chooses, unless the argument does."""

Step: TypeAlias = Callable[[], float | None]
"""Does one thing that is due; gives the seconds until the next is, None for nothing."""

IDLE = 10.0
"""Seconds without work after which a thread ends."""


class Scheduler(Protocol):
    """Calls a step whenever something may be due.

    Attributes:
        own_thread: Whether the steps run in a thread of their own.
    """

    own_thread: bool

    def wake(self) -> None:
        """Call the step soon; safe from any thread, returns at once."""

    def end(self) -> None:
        """Stop calling it."""


SchedulerFactory: TypeAlias = Callable[[Step, str], Scheduler]
"""Makes a scheduler for a step; the text names its thread."""


class ThreadScheduler:
    """Calls a step in a thread of its own, which lives while there is work."""

    own_thread = True

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

    own_thread = False

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


def choose_scheduler(asked: PublishFrom | None) -> SchedulerFactory:
    """Choose where a widget that is made now publishes.

    Args:
        asked: The person's choice; None leaves it to `LEGNEXT_PUBLISH_FROM`, and without that it is
            threads wherever threads can be started.

    Raises:
        ValueError: There is no such place.
    """
    place = choose_place(asked or os.getenv(VARIABLE), threads=not environment.in_pyodide())
    loop = _main_loop() if place == "main_loop" else None
    return ThreadScheduler if loop is None else lambda step, _name: LoopScheduler(loop, step)


def choose_place(asked: str | None, *, threads: bool) -> PublishFrom:
    """Choose between threads and the main loop. Pure.

    Args:
        asked: The person's choice, if any.
        threads: Whether threads can be started.

    Raises:
        ValueError: There is no such place.
    """
    for place in PLACES:
        if asked == place:
            return place
    if asked:
        raise ValueError(f"publish_from must be one of {', '.join(PLACES)}, not {asked!r}")
    return "thread" if threads else "main_loop"


def _main_loop() -> asyncio.AbstractEventLoop | None:
    if threading.current_thread() is threading.main_thread():
        with suppress(RuntimeError):
            return asyncio.get_running_loop()
    shell = environment.ipython_shell()
    io_loop = getattr(getattr(shell, "kernel", None), "io_loop", None)
    loop = getattr(io_loop, "asyncio_loop", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None

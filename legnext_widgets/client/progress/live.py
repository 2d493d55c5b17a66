"""Keep the line of a wait up to date, twice a second, until the wait ends."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import threading
import time
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar

from legnext_widgets import environment

if TYPE_CHECKING:
    from types import TracebackType

    from .displays import Display
    from .report import ProgressOption
    from .waits import Ending, Wait

INTERVAL = 0.5
"""Seconds between two updates."""

SOON = 1.0
"""Seconds after which a wait is shown that is usually short."""

_PATIENCE = 5.0
"""Seconds in which a terminal or a callable must have taken the last update."""

_log = logging.getLogger("legnext_widgets")

C = TypeVar("C")
CountingOption: TypeAlias = bool | C | None
"""The `progress` of a call whose callable counts, as of downloads and batches."""


def split_progress(progress: CountingOption[C]) -> tuple[bool | None, C | None]:
    """Split the `progress` of a call that takes a counting callable.

    Returns:
        What is shown, and what is called: a callable is called instead of a line that is shown.
    """
    if progress is None or isinstance(progress, bool):
        return progress, None
    return False, progress


def live(
    wait: Wait, asked: ProgressOption, of_client: ProgressOption, *, after: float = 0.0
) -> Live:
    """Show a wait for as long as a `with` or `async with` block lasts.

    Args:
        wait: What is waited for.
        asked: The `progress` of the call.
        of_client: The `progress` of the client.
        after: Seconds that pass before it is shown.
    """
    from .displays import choose_display

    return Live(wait, choose_display(asked, of_client) if wait.pending else None, after)


class Live:
    """The shown line of one wait.

    In a `with` block a thread updates it, so that it lives also while the caller blocks. In an
    `async with` block a task of the loop does.

    Args:
        wait: What is waited for.
        display: Where it is shown; None shows nothing.
        after: Seconds that pass before it is shown.
    """

    def __init__(self, wait: Wait, display: Display | None, after: float = 0.0) -> None:
        self._wait = wait
        self._display = display
        self._after = after
        self._began = 0.0
        self._shown = False
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        try:
            if self._begin():
                self._start()
        except BaseException as interrupt:  # Ctrl-C when it was just shown
            self.__exit__(type(interrupt), interrupt, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()  # also where showing failed, or its thread would never end
        if self._task is not None:
            self._task.cancel()
        if self._thread is not None:
            self._thread.join(_PATIENCE)
            if self._thread.is_alive():  # such as a terminal that is stopped with Ctrl-S
                return
        self._end(kind)

    async def __aenter__(self) -> Self:
        if self._begin():
            self._task = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        from .displays import CallableDisplay

        if self._task is not None:
            self._task.cancel()
        self._end(kind)
        if kind is None and isinstance(self._display, CallableDisplay):
            await self._display.finished()

    def _begin(self) -> bool:
        if self._display is None:
            return False
        self._began = time.monotonic()
        if not self._after:
            self._show("")
        return self._display is not None

    def _start(self) -> None:
        if environment.in_pyodide():
            with contextlib.suppress(RuntimeError):
                self._task = asyncio.get_running_loop().create_task(self._tick())
            return
        # The context of this thread says to which cell a display belongs.
        run = contextvars.copy_context().run
        thread = threading.Thread(
            target=run, args=(self._tick_in_thread,), name="legnext-progress", daemon=True
        )
        with contextlib.suppress(RuntimeError):  # the system gives no thread: it stays as it is
            thread.start()
            self._thread = thread

    def _end(self, kind: type[BaseException] | None) -> None:
        if self._shown and self._display is not None:
            self._show("done" if kind is None else "stopped")

    def _tick_in_thread(self) -> None:
        if self._after:
            if self._ended.wait(self._after):
                return
            self._show("")
        while self._display is not None and not self._ended.wait(INTERVAL):
            self._show("")

    async def _tick(self) -> None:
        if self._after:
            await asyncio.sleep(self._after)
            self._show("")
        while self._display is not None:
            await asyncio.sleep(INTERVAL)
            self._show("")

    def _show(self, ending: Ending) -> None:
        """Show it now. What cannot be shown must never end a wait."""
        if self._display is None:
            return
        self._shown = True
        try:
            self._display.show(self._wait.report(time.monotonic() - self._began, ending))
        except Exception:
            _log.exception("The progress of a wait cannot be shown.")
            self._display = None

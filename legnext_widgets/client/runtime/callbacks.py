"""A person's callback on an event loop: a plain function or a coroutine function."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_log = logging.getLogger("legnext_widgets")


class Calls(Generic[T]):
    """Makes the calls one after the other; what one raises is logged and ends there.

    Args:
        callback: Called with `argument`; what it returns is awaited if it can be.
        argument: Such as the job that changed.
    """

    def __init__(self, callback: Callable[[T], object], argument: T) -> None:
        self._callback = callback
        self._argument = argument
        self._waiting = 0
        self._calling: asyncio.Task[None] | None = None

    def make(self) -> None:
        """Asks for one more call, soon."""
        self._waiting += 1
        if self._calling is None or self._calling.done():
            self._calling = asyncio.get_running_loop().create_task(self._call())

    async def _call(self) -> None:
        while self._waiting:
            self._waiting -= 1
            try:
                result = self._callback(self._argument)
                if inspect.isawaitable(result):
                    await result
            except Exception:
                _log.exception("A callback of yours raised an error.")

"""Notify callbacks and waiting coroutines of the changes of one job."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from legnext_widgets.client.runtime.callbacks import call_guarded

if TYPE_CHECKING:
    from collections.abc import Callable


class Subscribers:
    """The subscribers of one job."""

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

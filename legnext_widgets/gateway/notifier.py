"""Wake the coroutines that wait for a change of the store."""

from __future__ import annotations

import asyncio


class Notifier:
    """A counter of changes that coroutines can wait for; any thread may notify it.

    Attributes:
        count: How often it was notified.
        closed: Whether the gateway is about to end, so that nothing waits any longer.
    """

    def __init__(self) -> None:
        self.count = 0
        self.closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Future[None]] = set()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Set the loop on which it is waited for."""
        self._loop = loop

    def notify(self) -> None:
        """Count a change, and wake all that wait."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._notify)

    def close(self) -> None:
        """Wake all that wait, and let nothing wait from now on."""
        self.closed = True
        self.notify()

    async def wait(self, seen: int, seconds: float) -> None:
        """Wait until `count` is no longer `seen`, for so many seconds at most."""
        if self.closed or self.count != seen:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait([future], timeout=seconds)
        finally:
            self._waiting.discard(future)

    def _notify(self) -> None:
        self.count += 1
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

"""Wake those who wait for a change of the store."""

from __future__ import annotations

import asyncio


class Bell:
    """A counter that can be waited for; it is rung from any thread.

    Attributes:
        count: How often it rang.
        closed: Whether the gateway is about to end, so that no one waits any longer.
    """

    def __init__(self) -> None:
        self.count = 0
        self.closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Future[None]] = set()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Set the loop on which it is waited for."""
        self._loop = loop

    def ring(self) -> None:
        """Wake all who wait."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def close(self) -> None:
        """Let all who wait go, and all who come later."""
        self.closed = True
        self.ring()

    async def wait(self, heard: int, seconds: float) -> None:
        """Wait until it rang more often than `heard`, or so many seconds."""
        if self.closed or self.count != heard:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait([future], timeout=seconds)
        finally:
            self._waiting.discard(future)

    def _ring(self) -> None:
        self.count += 1
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

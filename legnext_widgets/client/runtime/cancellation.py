"""Cancel work whose caller was cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class CallerCancelledError(Exception):
    """The caller was cancelled before anything was sent."""


async def run_unless_cancelled(cancelled: asyncio.Event, work: Awaitable[T]) -> T:
    """Await something, and cancel it when its caller is cancelled meanwhile.

    Args:
        cancelled: Set when the caller was cancelled.
        work: What to await.

    Raises:
        CallerCancelledError: The caller was cancelled, and so was the work.
    """
    working, stop = asyncio.ensure_future(work), asyncio.ensure_future(cancelled.wait())
    try:
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise CallerCancelledError
        return working.result()
    finally:
        working.cancel()
        stop.cancel()

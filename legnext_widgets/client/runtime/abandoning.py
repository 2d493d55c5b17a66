"""Give up work whose caller was cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class AbandonedError(Exception):
    """The caller was cancelled before anything was sent."""


async def unless_set(abandoned: asyncio.Event, work: Awaitable[T]) -> T:
    """Await something, and cancel it when its caller is cancelled meanwhile.

    Args:
        abandoned: Set when the caller was cancelled.
        work: What to await.

    Raises:
        AbandonedError: The caller was cancelled, and so was the work.
    """
    working, stop = asyncio.ensure_future(work), asyncio.ensure_future(abandoned.wait())
    try:
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise AbandonedError
        return working.result()
    finally:
        working.cancel()
        stop.cancel()

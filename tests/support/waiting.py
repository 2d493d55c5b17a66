"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def wait_until(
    holds: Callable[[], object], what: str, *, timeout: float = 30, every: float = 0.05
) -> None:
    """Returns as soon as the condition holds.

    Args:
        holds: The condition; asked again and again.
        what: The condition in words, for the failure's message.
        timeout: Seconds after which waiting is given up.
        every: Seconds between two looks.

    Raises:
        AssertionError: The condition did not come to hold in time.
    """
    end = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"Not within {timeout} s: {what}")
        time.sleep(every)

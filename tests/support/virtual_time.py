"""Time that passes at once where an event loop would only wait, so that minutes take a moment.

The work that is done in them is the same, and takes the processor time that it always does.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def virtual_time() -> Iterator[asyncio.Runner]:
    """Return a runner whose waits take no time; `time.monotonic` and `time.time` agree with it.

    Nothing but the event loop may be waited for: threads have no time to work in.
    """
    passed = _Passed()
    steady, wall = time.monotonic, time.time

    def loop() -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop(_Skipping(passed))

    with pytest.MonkeyPatch.context() as patch, asyncio.Runner(loop_factory=loop) as runner:
        patch.setattr(time, "monotonic", lambda: steady() + passed.seconds)
        patch.setattr(time, "time", lambda: wall() + passed.seconds)
        yield runner


class _Passed:
    """How much more time has passed than clocks say.

    Attributes:
        seconds: So many seconds.
    """

    def __init__(self) -> None:
        self.seconds = 0.0


class _Skipping(selectors.SelectSelector):
    """Skips the time until the next timer, unless a file is ready."""

    def __init__(self, passed: _Passed) -> None:
        super().__init__()
        self._passed = passed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout if timeout is None else 0)
        if not ready and timeout is not None and timeout > 0:
            self._passed.seconds += timeout
        return ready

"""Decide what is tried again, how often, and how long to wait before.

One policy serves everything that may be repeated: reads, downloads, and submissions that provably
did not reach the service. What must not be repeated (a paid request whose outcome is unknown) never
gets here: `submit` turns it into another kind of error first.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from legnext_widgets.client.api.transport import HTTPClientClosedError
from legnext_widgets.client.errors import (
    InvalidResponseError,
    RateLimitError,
    ServerError,
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tenacity import RetryCallState

RETRY_AFTER_CAP = 60.0
"""Seconds. A longer `Retry-After` is raised to the caller instead of being waited for."""

T = TypeVar("T")


class TransientError(Exception):
    """An error inside the client that a retry may fix."""


def is_transient(error: BaseException) -> bool:
    """Check whether a retry may help."""
    if isinstance(error, RateLimitError):
        return (error.retry_after or 0) <= RETRY_AFTER_CAP
    if isinstance(error, HTTPClientClosedError):
        return False
    return isinstance(error, TransientError | TransportError | ServerError | InvalidResponseError)


def backoff(failures: int, *, first: float, longest: float, chance: float) -> float:
    """Compute the wait after a failure: doubling, with jitter.

    Args:
        failures: How many failed in a row, from 1.
        first: Seconds after the first failure, at most.
        longest: Seconds, however many failed.
        chance: From 0 to 1; it moves the result from half of the wait to the whole.
    """
    ceiling: float = min(longest, first * 2 ** min(failures - 1, 30))
    return ceiling * (0.5 + chance / 2)


@dataclass(frozen=True)
class RetryPolicy:
    """How often to try again, and after which waits.

    Attributes:
        max_retries: Tries after the first one. A download may fail once more than that, counted
            from the last try that received data: the next continues where it ended.
        first: Seconds before the first retry, at most; each further wait is twice as long.
        longest: Seconds of any wait, at most, but for a `Retry-After` of up to 60 s.
        chance: Gives the random numbers from 0 to 1 for the jitter.
    """

    max_retries: int = 3
    first: float = 0.5
    longest: float = 8.0
    chance: Callable[[], float] = random.random

    def wait(self, failures: int, error: BaseException | None = None) -> float:
        """Compute the seconds to wait before the next try.

        Args:
            failures: How many tries failed, from 1.
            error: The last error; the service may have said in it how long to wait.
        """
        if isinstance(error, RateLimitError) and error.retry_after is not None:
            return error.retry_after + 0.25 * self.chance()
        return backoff(failures, first=self.first, longest=self.longest, chance=self.chance())

    async def run(
        self,
        call: Callable[[], Awaitable[T]],
        *,
        give_up: Callable[[int], bool] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> T:
        """Await `call()`, again while its error is transient and tries are left.

        Args:
            call: What to do.
            give_up: Asked with the number of tries so far; by default tries end with `max_retries`.
            sleep: Waits between tries.

        Raises:
            Exception: The last error of `call`, as it is.
        """
        # With the first request and not with this module: it loads parts of Tornado.
        from tenacity import AsyncRetrying, retry_if_exception

        async def once() -> T:  # tenacity awaits only what it knows to be a coroutine function
            return await call()

        def stop(state: RetryCallState) -> bool:
            tries = state.attempt_number
            return tries > self.max_retries if give_up is None else give_up(tries)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return self.wait(state.attempt_number, error)

        retrying = AsyncRetrying(
            sleep=sleep,
            stop=stop,
            wait=wait,
            retry=retry_if_exception(is_transient),
            reraise=True,
        )
        return await retrying(once)

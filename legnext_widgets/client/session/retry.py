"""Decide what is tried again, how often, and how long to wait before.

One policy serves everything that may be repeated: reads, downloads, and submissions that provably
did not reach the service. What must not be repeated (a paid request whose outcome is unknown) never
gets here: `submit` turns it into another kind of error first.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard, TypeVar

from legnext_widgets.client.api.failures import PermanentTransportError
from legnext_widgets.client.errors import (
    APIError,
    AuthenticationError,
    InvalidResponseError,
    LegnextError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TransportError,
)
from legnext_widgets.client.schedule import DEFAULT_PACE, Pace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tenacity import RetryCallState

RETRY_AFTER_CAP = 60.0
"""Seconds. A longer `Retry-After` of the service is raised to the caller instead of being waited
for; of a longer one of a media host, so much is waited."""

T = TypeVar("T")

REFUSALS = (AuthenticationError, PermissionDeniedError, NotFoundError)
"""Errors of a poll that are final only when they are repeated: a cache, a replica or a proxy before
the service can answer so for a moment, too."""

PATIENCE = 10
"""How many times the longest wait after a failure a young job outlives such answers, and links are
awaited of a job that was completed without any; 5 minutes with the usual pace."""

PATIENCE_FOR_OLD = 5
"""How many times the shortest interval an old job, or an unknown one, outlives such answers."""

LEAST_ANSWERS, LEAST_ANSWERS_FOR_OLD = 5, 3
"""Answers in a row after which one of them may be final."""

UNEXPLAINED_FAILURES = 3
"""Polls in a row after which it is believed that a job failed without a reason."""

_KEY_CHECK_LASTS = 5.0
"""Seconds for which the result of a check of the key holds for all jobs."""

_PASSING = frozenset({402, 408, 425, 429})
"""Statuses of errors that may end without any change to the question."""


def is_refusal(error: BaseException) -> TypeGuard[APIError]:
    """Whether a poll's error is one that is final when it is repeated.

    Besides `REFUSALS` these are the service's own answers that it cannot use the question.
    """
    if isinstance(error, REFUSALS):
        return True
    if not isinstance(error, APIError) or not is_from_service(error):
        return False
    return 400 <= error.status_code < 500 and error.status_code not in _PASSING


class UnusableAnswers:
    """Count the answers in a row that show no job, or none with output yet.

    Attributes:
        count: How many came.
        most_telling: Of the service's own errors among them, the one that says most: that it does
            not accept the key, else that the job is not for it, else that there is none.
    """

    def __init__(self) -> None:
        self.count = 0
        self.most_telling: APIError | None = None
        self._since = 0.0

    def add(self, now: float, error: APIError | None = None) -> None:
        """Count one, at a time on a clock that never goes back."""
        if error is not None and is_from_service(error):
            known = [error] if self.most_telling is None else [error, self.most_telling]
            self.most_telling = min(known, key=_rank)
        if not self.count:
            self._since = now
        self.count += 1

    def clear(self) -> None:
        """Forget them: a better answer came."""
        self.count, self.most_telling = 0, None

    def are_final(self, now: float, patience: float, *, least: int = LEAST_ANSWERS) -> bool:
        """Whether so many of them came, over so many seconds, that waiting cannot help."""
        return self.count >= least and now - self._since >= patience


class KeyCheck:
    """Find out whether the service itself refuses the key, and not only a proxy one request.

    Args:
        try_key: Asks the service for something that needs only the key, such as the balance.
    """

    def __init__(self, try_key: Callable[[], Awaitable[object]] | None) -> None:
        self._try_key = try_key
        self._check: asyncio.Task[bool | None] | None = None
        self._begun_at = 0.0

    async def is_refused(self, refusals: UnusableAnswers, error: APIError) -> bool:
        """Whether an error of a poll means that the key is refused.

        Where the key cannot be checked, the service's own answer counts when it is repeated.

        Args:
            refusals: The answers to the polls of this job.
            error: The last of them.
        """
        if not (isinstance(error, AuthenticationError) and is_from_service(error)):
            return False
        now = time.monotonic()
        if self._check is None or now - self._begun_at > _KEY_CHECK_LASTS:
            self._begun_at = now
            self._check = asyncio.create_task(self._refused())
        refused = await asyncio.shield(self._check)
        return refusals.count >= LEAST_ANSWERS_FOR_OLD if refused is None else refused

    async def _refused(self) -> bool | None:
        """Whether the service refuses the key; None when that cannot be found out."""
        if self._try_key is None:
            return None
        try:
            await self._try_key()
        except AuthenticationError as error:
            return True if is_from_service(error) else None
        except LegnextError:
            return None
        return False


def _rank(error: APIError) -> int:
    kinds = [isinstance(error, kind) for kind in REFUSALS]
    return kinds.index(True) if any(kinds) else len(kinds)


def is_from_service(error: APIError) -> bool:
    """Whether an error has the service's own JSON, not a proxy's page or nothing at all."""
    return not isinstance(error.body, str)


class TransientError(Exception):
    """An error inside the client that a retry may fix.

    Attributes:
        retry_after: Seconds that the other side asks to wait, or None when it gave no time.
    """

    def __init__(self, reason: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


def is_transient(error: BaseException) -> bool:
    """Check whether a retry may help."""
    if isinstance(error, RateLimitError | ServerError):
        return (error.retry_after or 0) <= RETRY_AFTER_CAP
    if isinstance(error, PermanentTransportError):
        return False
    return isinstance(error, TransientError | TransportError | InvalidResponseError)


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


def delay_after_failure(failures: int, chance: float, *, pace: Pace = DEFAULT_PACE) -> float:
    """Compute the seconds to wait after a poll that failed: doubling from 2 s to 30 s, with jitter.

    Args:
        failures: How many polls of the job failed in a row, from 1.
        chance: A random number from 0 to 1.
        pace: The bounds.
    """
    longest = max(pace.longest_failing, pace.shortest)
    wait = backoff(failures, first=pace.shortest, longest=longest, chance=chance)
    return max(pace.shortest, wait)


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
            error: The last error; it may hold the service's `Retry-After`.
        """
        asked: float | None = getattr(error, "retry_after", None)
        if asked is not None:
            return min(asked, RETRY_AFTER_CAP) + 0.25 * self.chance()
        return backoff(failures, first=self.first, longest=self.longest, chance=self.chance())

    async def run(
        self,
        call: Callable[[], Awaitable[T]],
        *,
        give_up: Callable[[int], bool] | None = None,
        repeat: Callable[[BaseException], bool] = is_transient,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> T:
        """Await `call()`, again while its error is transient and tries are left.

        Args:
            call: What to do.
            give_up: Asked with the number of tries so far; by default tries end with `max_retries`.
            repeat: Tells the errors after which to try again.
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
            retry=retry_if_exception(repeat),
            reraise=True,
        )
        return await retrying(once)

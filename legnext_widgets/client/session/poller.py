"""Following jobs: asks for each at the right moment, until it is done."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legnext_widgets.client.api.transport import HTTPClientClosedError
from legnext_widgets.client.errors import (
    AuthenticationError,
    LegnextError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
)

from .schedule import FIRST, LONGEST, Expectation, after_trouble, expectation, next_delay

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from legnext_widgets.client.api.models import Task

    from .job_state import JobState

POLLS_PER_SECOND = 5.0
"""At the real service, in all, however many jobs are followed."""

_SANDBOX_POLLS_PER_SECOND = 25.0
_TOLD_AT_ONCE = (
    AuthenticationError,
    PermissionDeniedError,
    NotFoundError,
    HTTPClientClosedError,
)
_LOOK = 2.0
"""Seconds at most between looks at the clock, so that a machine that slept is noticed soon."""

_SLEPT = 10.0
"""Seconds the wall clock must be ahead of the monotonic one to mean that the machine slept."""

_IN_TURN = 5
"""One in so many questions to queued jobs goes to who waited longest for one, the others to who
queues longest: those start next."""

_log = logging.getLogger("legnext_widgets")


@dataclass(eq=False)
class _Followed:
    """A job and when to ask for it next.

    Attributes:
        since: When it began to queue, on the monotonic clock.
        queued: Whether it waits for its turn at the service, as far as is known.
    """

    job: JobState
    ask_at: float
    failures: int = 0
    asking: bool = False

    since: float = 0.0
    queued: bool = False


class Poller:
    """Polls any number of jobs from one task, within the limits of `schedule`.

    Args:
        fetch: Asks the service for a job.
        durations: Seconds that earlier jobs of a kind took, newest first.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Task]],
        durations: Callable[[str], Sequence[float]],
        *,
        speed: float = 1.0,
    ) -> None:
        self.speed = speed
        self._fetch = fetch
        self._durations = durations
        self._followed: dict[str, _Followed] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._turning: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._not_before = 0.0
        self._slow = 1.0
        self._queue_turn = 0

    def follow(self, job: JobState, *, now: bool = False) -> None:
        """Begins to follow a job, or goes on after trouble; does nothing for one that is done.

        Args:
            job: The job.
            now: Ask at once instead of after the usual first wait.
        """
        if job.done:
            return
        job.stopped_by = None
        self._expect(job)
        ask_at = time.monotonic() + (0.0 if now else max(0.1, FIRST / self.speed))
        followed = self._followed.get(job.id)
        if followed is None:
            self._followed[job.id] = _Followed(
                job, ask_at, since=time.monotonic() - job.age, queued=job.status == "pending"
            )
        elif now and not followed.failures:
            followed.ask_at = min(followed.ask_at, ask_at)
        self._wake.set()
        if self._turning is None or self._turning.done():
            self._turning = asyncio.create_task(self._turn())

    def let_go(self, job: JobState) -> None:
        """Stops following a job; it goes on at the service."""
        self._followed.pop(job.id, None)
        self._wake.set()

    @property
    def count(self) -> int:
        """How many jobs are followed now."""
        return len(self._followed)

    async def aclose(self) -> None:
        """Stops all work; who still waits for a job is told."""
        for followed in list(self._followed.values()):
            followed.job.stop(
                LegnextError("The client was closed; the job goes on at the service.")
            )
        self._followed.clear()
        tasks = [*self._asking, *([self._turning] if self._turning else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _turn(self) -> None:
        wall, steady = time.time(), time.monotonic()
        while self._followed:
            now = time.monotonic()
            if time.time() - wall - (now - steady) > _SLEPT:
                self._ask_all_soon(now)
            wall, steady = time.time(), now
            sleep = _LOOK
            if now < self._not_before:
                sleep = self._not_before - now
            elif (followed := self._next(now)) is not None:
                self._ask(followed)
                self._not_before = now + self._gap
                sleep = self._gap
            else:
                resting = (f.ask_at - now for f in self._followed.values() if not f.asking)
                sleep = min(resting, default=_LOOK)
            await self._sleep(min(max(sleep, 0.001), _LOOK))

    def _next(self, now: float) -> _Followed | None:
        """Whom to ask of those whose time has come: who likely runs, then who queues."""
        due = [f for f in self._followed.values() if f.ask_at <= now and not f.asking]
        running = [f for f in due if not f.queued]
        if running or not due:
            return min(running, key=_asking_time, default=None)
        self._queue_turn += 1
        in_turn = self._queue_turn % _IN_TURN == 0
        return min(due, key=_asking_time if in_turn else _queueing_time)

    @property
    def _gap(self) -> float:
        rate = POLLS_PER_SECOND
        if self.speed > 1:
            rate = min(_SANDBOX_POLLS_PER_SECOND, POLLS_PER_SECOND * self.speed)
        return self._slow / rate

    async def _sleep(self, seconds: float) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    def _ask_all_soon(self, now: float) -> None:
        for followed in self._followed.values():
            followed.ask_at = min(followed.ask_at, now)

    def _ask(self, followed: _Followed) -> None:
        followed.asking = True
        task = asyncio.create_task(self._ask_one(followed))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask_one(self, followed: _Followed) -> None:
        job = followed.job
        try:
            task = await self._fetch(job.id)
        except _TOLD_AT_ONCE as error:
            self._followed.pop(job.id, None)
            job.stop(error)
        except Exception as error:
            self._tolerate(followed, error)
        else:
            followed.failures = 0
            self._slow = max(1.0, self._slow * 0.8)
            job.update(task)
            followed.queued = job.status == "pending"
            if job.done:
                self._followed.pop(job.id, None)
            else:
                delay = next_delay(job.age, self._expect(job), speed=self.speed)
                if job.status == "pending":
                    delay = min(delay, LONGEST / self.speed)
                followed.ask_at = time.monotonic() + max(delay, self._shortest)
        finally:
            followed.asking = False
            self._wake.set()

    def _tolerate(self, followed: _Followed, error: Exception) -> None:
        followed.failures += 1
        delay = max(after_trouble(followed.failures, random.random()) / self.speed, self._shortest)
        now = time.monotonic()
        if isinstance(error, RateLimitError):
            self._slow = min(8.0, self._slow * 2)
            pause = min(error.retry_after or delay, 120.0)
            self._not_before = max(self._not_before, now + pause)
            delay = max(delay, pause)
        followed.ask_at = now + delay
        if isinstance(error, LegnextError):
            followed.job.poll_failed(error)
            _log.info("Poll %d of job %s failed: %s", followed.failures, followed.job.id, error)
        else:
            _log.exception("Asking for job %s raised an unexpected error.", followed.job.id)

    @property
    def _shortest(self) -> float:
        return 0.1 if self.speed > 1 else 0.0

    def _expect(self, job: JobState) -> Expectation:
        job.speed = self.speed
        job.expected = expectation(job.task_type, self._durations(job.task_type))
        return job.expected


def _asking_time(followed: _Followed) -> float:
    return followed.ask_at


def _queueing_time(followed: _Followed) -> float:
    return followed.since

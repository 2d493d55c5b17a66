"""Poll jobs until they are done: one background task for all of them."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from legnext_widgets.client.api.failures import PermanentTransportError
from legnext_widgets.client.errors import LegnextError, NotFoundError, RateLimitError, ServerError
from legnext_widgets.client.schedule import (
    DEFAULT_PACE,
    Clock,
    Expectation,
    Pace,
    expectation,
    next_delay,
)
from legnext_widgets.client.session.retry import (
    LEAST_ANSWERS_FOR_OLD,
    PATIENCE,
    PATIENCE_FOR_OLD,
    UNEXPLAINED_FAILURES,
    KeyCheck,
    RetryPolicy,
    delay_after_failure,
    is_from_service,
    is_refusal,
)

from .poll_order import Polled, PollOrder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.errors import APIError
    from legnext_widgets.client.session.classroom.feed import ChangeFeed
    from legnext_widgets.client.session.identity import CurrentIdentity
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.receiver import Receiver

_SLEPT = 10.0
"""Seconds the wall clock must be ahead of the monotonic one to mean that the machine slept."""

_SHORTEST_SPED_UP = 0.1
"""Seconds between two polls of one job of a sandbox, at least, however fast that runs."""

_log = logging.getLogger("legnext_widgets")


class Poller:
    """Ask for jobs: any number of them in the background, or one at once.

    Args:
        fetch: Asks the service for a job, once; `Transport.get_task`.
        receiver: Takes in the answers.
        identity: Of the service; a sandbox may run faster than the real one.
        durations: Gives the seconds that earlier jobs of a kind took, newest first.
        pace: How fast to poll in the background.
        retry: The policy of `ask`.
        clock: The clocks to use.
        check_key: Asks the service for something that needs only the key, such as the balance.
    """

    feed: ChangeFeed | None = None
    """Receives changes from a gateway; the jobs that it covers are not polled."""

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Task]],
        receiver: Receiver,
        identity: CurrentIdentity,
        durations: Callable[[str], Sequence[float]],
        *,
        pace: Pace = DEFAULT_PACE,
        retry: RetryPolicy | None = None,
        clock: Clock = time,
        check_key: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self.pace = pace
        self.retry = retry or RetryPolicy()
        self._fetch = fetch
        self._receiver = receiver
        self._identity = identity
        self._durations = durations
        self._clock = clock
        self._key_check = KeyCheck(check_key)
        self._polled: dict[str, Polled] = {}
        self._polls: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._not_before = 0.0
        self._slow_down = 1.0
        self._order = PollOrder()

    @property
    def count(self) -> int:
        """How many jobs are polled now."""
        return len(self._polled)

    async def ask(self, job_id: str, state: JobState | None = None) -> JobState:
        """Ask for a job now, a few times if need be.

        Args:
            job_id: The job.
            state: Its state, where it is known.

        Raises:
            TransportError, APIError, InvalidResponseError: As documented.
        """
        try:
            task = await self.retry.run(lambda: self._fetch(job_id))
        except NotFoundError as error:
            self._not_found(job_id, state or self._receiver.jobs.get(job_id), error)
            raise
        return self._receiver.receive(task, source="poll", state=state)

    def on_task(self, task: Task) -> None:
        """Take in a change that a gateway reports."""
        polled = self._polled.get(task.job_id)
        if polled is not None:
            self._receiver.receive(task, source="poll", state=polled.job)
            self._wake.set()

    def follow(self, job: JobState, *, now: bool = False, known_at: float | None = None) -> None:
        """Poll a job until it is done, also one whose polling had stopped.

        Args:
            job: The job.
            now: Poll at once instead of after the usual first wait.
            known_at: When its newest answer was asked for, on the monotonic clock.
        """
        if job.done:
            return
        job.stopped_by = None
        self._expect(job)
        first = max(_SHORTEST_SPED_UP, self.pace.first / self._speed)
        poll_at = self._clock.monotonic() + (0.0 if now else first)
        polled = self._polled.get(job.id)
        if polled is None:
            since = self._clock.monotonic() - job.age
            queued = job.status == "pending"
            self._polled[job.id] = Polled(job, poll_at, 0, known_at, since=since, queued=queued)
        elif now and not polled.failures:
            polled.poll_at = min(polled.poll_at, poll_at)
        self._wake.set()
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())

    async def aclose(self) -> None:
        """Stop polling; callers that wait for a job get an error."""
        closed = "The client was closed; the job continues at the service."
        for polled in list(self._polled.values()):
            polled.job.stop(LegnextError(closed))
        self._polled.clear()
        if self.feed is not None:
            await self.feed.aclose()
        tasks = [*self._polls, *([self._running] if self._running else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        wall, steady = self._clock.time(), self._clock.monotonic()
        while self._polled:
            if self.feed is not None:
                self.feed.begin()
            now = self._clock.monotonic()
            if self._clock.time() - wall - (now - steady) > _SLEPT:
                for polled in self._polled.values():
                    polled.poll_at = min(polled.poll_at, now)
            wall, steady = self._clock.time(), now
            sleep = self.pace.clock_check
            if now < self._not_before:
                sleep = self._not_before - now
            elif (chosen := self._next(now)) is not None:
                self._start_poll(chosen)
                sleep = self._gap
                self._not_before = now + sleep
            else:
                resting = (one.poll_at - now for one in self._polled.values() if not one.asking)
                sleep = min(resting, default=sleep)
            await self._sleep(min(max(sleep, 0.001), self.pace.clock_check))

    def _next(self, now: float) -> Polled | None:
        """Pick the next job to poll, and leave out those that need none."""
        due = []
        for polled in list(self._polled.values()):
            if polled.poll_at > now or polled.asking:
                continue
            if polled.job.done:  # by an answer that came in another way
                del self._polled[polled.job.id]
            elif self.feed is not None and self.feed.covers(polled):
                polled.poll_at = now + self.pace.clock_check
            else:
                due.append(polled)
        return self._order.pick(due)

    async def _sleep(self, seconds: float) -> None:
        self._wake.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _start_poll(self, polled: Polled) -> None:
        polled.asking = True
        self._polls.add(task := asyncio.create_task(self._poll(polled)))
        task.add_done_callback(self._polls.discard)

    async def _poll(self, polled: Polled) -> None:
        job = polled.job
        asked = self._clock.monotonic()
        try:
            task = await self._fetch(job.id)
            if self._recheck_failure(task, polled):
                return
            self._receiver.receive(task, source="poll", state=job)
        except PermanentTransportError as error:
            self._stop(polled, error)
        except Exception as error:
            if is_refusal(error):
                await self._refused(polled, error)
            else:
                self._poll_failed(polled, error)
        else:
            polled.known_at = asked
            self._poll_succeeded(polled)
        finally:
            polled.asking = False
            self._wake.set()

    def _poll_succeeded(self, polled: Polled) -> None:
        job = polled.job
        polled.failures = 0
        self._slow_down = max(1.0, self._slow_down * 0.8)
        polled.queued = job.status == "pending"
        if job.done:
            self._polled.pop(job.id, None)
        elif job.awaits_output:
            self._await_output(polled)
        else:
            polled.empty.clear()
            delay = next_delay(job.age, self._expect(job), pace=self.pace, speed=self._speed)
            polled.poll_at = self._clock.monotonic() + max(delay, self._shortest)

    def _recheck_failure(self, task: Task, polled: Polled) -> bool:
        """Whether to ask again for a job that failed without a reason, which may come later."""
        unexplained = task.status == "failed" and not task.reason
        polled.unexplained = polled.unexplained + 1 if unexplained else 0
        if not 0 < polled.unexplained < UNEXPLAINED_FAILURES:
            return False
        polled.poll_at = self._clock.monotonic() + self._delay_after(polled.unexplained)
        return True

    def _await_output(self, polled: Polled) -> None:
        """Ask again for a job that is completed without output, or give its output up."""
        now = self._clock.monotonic()
        polled.empty.add(now)
        if polled.empty.are_final(now, self._patience):
            self._polled.pop(polled.job.id, None)
            self._receiver.receive_no_output(polled.job)
            return
        polled.poll_at = now + self._delay_after(polled.empty.count)

    async def _refused(self, polled: Polled, error: APIError) -> None:
        """Go on after an answer that may pass, such as 404; end when it is final."""
        job = polled.job
        job.refusals.add(self._clock.monotonic(), error)
        refused = await self._key_check.is_refused(job.refusals, error)
        if refused or self._is_final(job, error):
            error = job.refusals.most_telling or error
            self._stop(polled, error)
            if isinstance(error, NotFoundError):
                self._receiver.receive_not_found(job.id, error)
        else:
            self._poll_failed(polled, error)

    def _not_found(self, job_id: str, job: JobState | None, error: NotFoundError) -> None:
        """Count a 404 to a single question about a job that is not polled in the background."""
        if job is not None and job.stopped_by is None and job_id not in self._polled:
            job.refusals.add(self._clock.monotonic(), error)
        if job is None or job.stopped_by is not None or self._is_final(job, error):
            self._receiver.receive_not_found(job_id, error)

    def _is_final(self, job: JobState, error: APIError) -> bool:
        """Whether a refusal was repeated so often, and for so long, that it is final."""
        now = self._clock.monotonic()
        if self._receiver.is_young(job) or not is_from_service(error):
            return job.refusals.are_final(now, self._patience)
        patience = PATIENCE_FOR_OLD * self.pace.shortest / self._speed
        return job.refusals.are_final(now, patience, least=LEAST_ANSWERS_FOR_OLD)

    def _stop(self, polled: Polled, error: LegnextError) -> None:
        self._polled.pop(polled.job.id, None)
        polled.job.stop(error)

    def _poll_failed(self, polled: Polled, error: Exception) -> None:
        polled.failures += 1
        delay = self._delay_after(polled.failures)
        now = self._clock.monotonic()
        asked = error.retry_after if isinstance(error, RateLimitError | ServerError) else None
        if asked is not None or isinstance(error, RateLimitError):
            pause = min(delay if asked is None else asked, 120.0)
            delay = max(delay, pause)
            if isinstance(error, RateLimitError):
                self._slow_down = min(8.0, self._slow_down * 2)
                self._not_before = max(self._not_before, now + pause)
        polled.poll_at = now + delay
        if isinstance(error, LegnextError):
            polled.job.poll_failed(error)
            _log.info("Poll %d of job %s failed: %s", polled.failures, polled.job.id, error)
            if polled.failures == 1 and is_refusal(error):
                _log.warning("Job %s: %s", polled.job.id, polled.job.warning)
        else:
            _log.exception("A poll of job %s raised an unexpected error.", polled.job.id)

    def _delay_after(self, failures: int) -> float:
        """Seconds to the next poll after so many without a usable answer."""
        delay = delay_after_failure(failures, self.retry.chance(), pace=self.pace)
        return max(delay / self._speed, self._shortest)

    def _expect(self, job: JobState) -> Expectation:
        job.speed = self._speed
        job.expected = expectation(job.task_type, self._durations(job.task_type))
        return job.expected

    @property
    def _patience(self) -> float:
        return PATIENCE * self.pace.longest_failing / self._speed

    @property
    def _speed(self) -> float:
        return self._identity.value.speed

    @property
    def _gap(self) -> float:
        """Seconds between two polls, of the same job or of two."""
        rate = self.pace.per_second
        if self._speed > 1:
            rate = min(self.pace.per_second_sandbox, rate * self._speed)
        return self._slow_down / rate

    @property
    def _shortest(self) -> float:
        return _SHORTEST_SPED_UP if self._speed > 1 else 0.0

"""Jobs over time: taken in, given a place, moved from status to status, ended and paid."""

from __future__ import annotations

import logging
import random
import threading
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import timetable
from .accounts import RUNNING_AT_ONCE, Account, NotEnoughPointsError
from .jobs import PRICES, Job, Order, Output, Trouble
from .orders import Refusal

if TYPE_CHECKING:
    from .production import Production

_LOG = logging.getLogger(__name__)
_DOOM_AFTER = 0.6
"""A job that ends failed does so after this part of the time it would have taken."""


class Scheduler:
    """All jobs and what is due for them. Every method may be called from any thread.

    Nothing here runs by itself: `advance` does what is due by now.

    Args:
        clock: Gives unix seconds.
        speed: How many times faster than the real service.
        seed: Makes ids, times and pictures the same in every run.
        production: Makes what jobs are to have made.
        ended: Told of every job that reached a final status, outside the lock.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        speed: float,
        seed: int | str | None,
        production: Production,
        ended: Callable[[Job], None],
    ) -> None:
        self.lock = threading.RLock()
        self.changed: Callable[[], None] = lambda: None
        self.found_without_submitting: Callable[[Account, str, float], Job | None] = _nothing
        self._clock = clock
        self._speed = speed
        self._random = random.Random(seed)
        self._production = production
        self._ended = ended
        self._jobs: dict[str, Job] = {}
        self._active: list[Job] = []
        self._own: dict[tuple[int, str], Job] = {}

    def submit(
        self, account: Account, order: Order, source: Job | None, doom: Trouble | None = None
    ) -> Job:
        """Takes a job in and freezes its points.

        Args:
            account: Who pays.
            order: What is asked for.
            source: The earlier job that it begins from.
            doom: With this it will end failed.

        Raises:
            Refusal: 402, the account has too few points.
        """
        price = PRICES[order.kind]
        with self.lock:
            try:
                account.freeze(price)
            except NotEnoughPointsError as error:
                raise Refusal(402, f"Insufficient credits: {error}") from None
            drawn = timetable.draw(order.kind, self._random)
            job = Job(
                id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
                number=len(self._jobs) + 1,
                account=account,
                order=order,
                timetable=drawn.at_speed(self._speed),
                created=self._clock(),
                seed=self._random.randrange(10**7, 4 * 10**9),
                secret=f"{self._random.getrandbits(128):032x}" if order.callback else "",
                source=source,
                doom=doom,
                frozen=price,
            )
            self._jobs[job.id] = job
            self._active.append(job)
        self.changed()
        return job

    def find(self, account: Account, job_id: str) -> Job | None:
        """The account's job with this id."""
        with self.lock:
            job = self._jobs.get(job_id.lower())
            if job is not None:
                return job if job.account is account else None
            mark = (account.number, job_id.lower())
            if mark not in self._own:
                found = self.found_without_submitting(account, job_id, self._clock())
                if found is None:
                    return None
                self._own[mark] = found
            return self._own[mark]

    def active(self, account: Account) -> list[Job]:
        """The account's jobs that are not final."""
        with self.lock:
            return [job for job in self._active if job.account is account]

    def count(self) -> int:
        """How many jobs were ever accepted."""
        with self.lock:
            return len(self._jobs)

    def advance(self) -> float | None:
        """Does what is due and gives the seconds until something is, or None."""
        with self.lock:
            now = self._clock()
            ended = [job for job in self._active if self._move(job, now)]
            self._active = [job for job in self._active if not job.done]
            admitted = [job for job in list(self._active) if self._admit(job, now)]
            dues = [due for job in self._active if (due := _next_due(job)) is not None]
        for job in admitted:
            if job.doom is None:
                self._start(job)
        for job in ended:
            self._ended(job)
        return max(0.0, min(dues) - now) if dues else None

    def _start(self, job: Job) -> None:
        try:
            self._production.start(job, self._made)
        except Exception as error:  # it ends this job, not all that is due after it
            _LOG.exception("a job of the sandbox could not be started")
            message = f"the sandbox could not make it: {type(error).__name__}: {error}"
            self._made(job, Trouble(500, message), None)

    def _admit(self, job: Job, now: float) -> bool:
        account = job.account
        if job.admitted is not None or len(account.running) >= RUNNING_AT_ONCE:
            return False
        account.running.add(job.id)
        job.admitted = now
        return True

    def _move(self, job: Job, now: float) -> bool:
        """Changes the status as far as it is due; True when that made it final."""
        if job.admitted is None:
            return False
        past = now - job.admitted
        if job.status == "pending" and past >= job.timetable.staged:
            job.status, job.started = "staged", job.admitted + job.timetable.staged
        if job.status == "staged" and past >= job.timetable.processing:
            job.status = "processing"
        if job.doom is not None and past >= job.timetable.final * _DOOM_AFTER:
            job.trouble = job.doom
        if job.trouble is not None:
            self._end(job, "failed", now)
        elif job.outputs is not None and past >= job.timetable.final:
            self._end(job, "completed", now)
        return job.done

    def _end(self, job: Job, status: str, now: float) -> None:
        job.status, job.ended = status, now
        job.started = job.started or now
        job.account.running.remove(job.id)
        if status == "completed":
            job.consumed = job.frozen
        else:
            job.account.give_back(job.frozen)

    def _made(self, job: Job, made: list[Output] | Trouble, grid: Output | None) -> None:
        with self.lock:
            if isinstance(made, Trouble):
                job.trouble = made
            else:
                job.outputs, job.grid = made, grid
        self.changed()


def _nothing(_account: Account, _job_id: str, _now: float) -> Job | None:
    return None


def _next_due(job: Job) -> float | None:
    """When this job is to be looked at again; None when something else will say so."""
    if job.admitted is None:
        return None
    if job.status == "pending":
        return job.admitted + job.timetable.staged
    if job.status == "staged":
        return job.admitted + job.timetable.processing
    if job.doom is not None:
        return job.admitted + job.timetable.final * _DOOM_AFTER
    return job.admitted + job.timetable.final if job.outputs is not None else None

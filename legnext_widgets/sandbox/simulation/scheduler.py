"""Jobs over time: accepted, admitted, moved from status to status, ended and paid."""

from __future__ import annotations

import logging
import random
import threading
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from .accounts import MAX_RUNNING, Account
from .durations import Durations, draw_durations
from .jobs import PRICES, Failure, Job, MediaFile, Order

if TYPE_CHECKING:
    from legnext_widgets.sandbox.media.producer import Producer

    from .clock import Clock

_LOG = logging.getLogger(__name__)
_FAILS_AT = 0.6
"""A job with a planned failure ends after this part of its duration."""

FindElsewhere: TypeAlias = Callable[["Scheduler", Account, str], Job | None]


class Scheduler:
    """All jobs and what is due for them. Every method may be called from any thread.

    Nothing runs on its own: `advance` does what is due.

    Args:
        clock: Gives unix seconds.
        speed: How many times faster than the real service.
        seed: Makes ids, durations and pictures the same in every run.
        producer: Makes the files of jobs.
        on_ended: Called with every job that reached a final status, outside of the lock.
        find_elsewhere: Returns a job that an account has without submitting it here, by its id.

    Attributes:
        on_change: Called when something new may be due.
    """

    def __init__(
        self,
        clock: Clock,
        speed: float,
        *,
        seed: int | str | None,
        producer: Producer,
        on_ended: Callable[[Job], None],
        find_elsewhere: FindElsewhere = lambda _scheduler, _account, _job_id: None,
    ) -> None:
        self.lock = threading.RLock()
        self.on_change: Callable[[], object] = lambda: None
        self._clock = clock
        self._speed = speed
        self._random = random.Random(seed)
        self._producer = producer
        self._on_ended = on_ended
        self._find_elsewhere = find_elsewhere
        self._jobs: dict[str, Job] = {}
        self._active: list[Job] = []
        self._earlier_jobs: dict[tuple[int, str], Job] = {}

    def submit(
        self, account: Account, order: Order, source: Job | None, failure: Failure | None = None
    ) -> Job:
        """Accept a job and freeze its points.

        Args:
            account: Pays for it.
            order: What to make.
            source: The earlier job whose image or clip is used.
            failure: With this the job will end `failed`.

        Raises:
            NotEnoughPointsError: The account has too few points.
        """
        price = PRICES[order.kind]
        with self.lock:
            account.freeze(price)
            # The order of the draws is part of what a seed promises.
            durations = draw_durations(order.kind, self._random)
            job = Job(
                id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
                number=len(self._jobs) + 1,
                account=account,
                order=order,
                durations=durations.at_speed(self._speed),
                created=self._clock(),
                seed=self._random.randrange(10**7, 4 * 10**9),
                secret=f"{self._random.getrandbits(128):032x}" if order.callback else "",
                source=source,
                planned_failure=failure,
                frozen=price,
            )
            self._jobs[job.id] = job
            self._active.append(job)
        self.on_change()
        return job

    def find(self, account: Account, job_id: str) -> Job | None:
        """Return the account's job with this id."""
        with self.lock:
            job = self._jobs.get(job_id.lower())
            if job is not None:
                return job if job.account is account else None
            key = (account.number, job_id.lower())
            if key in self._earlier_jobs:
                return self._earlier_jobs[key]
            found = self._find_elsewhere(self, account, job_id)
            if found is None:
                return None
            self._earlier_jobs[key] = found
            if not found.done:
                self._active.append(found)
        self.on_change()
        return found

    @property
    def now(self) -> float:
        """Unix seconds, by the sandbox's clock."""
        return self._clock()

    def draw_durations(self, kind: str) -> Durations:
        """Draw how long a job of a kind takes at the sandbox's speed."""
        with self.lock:
            return draw_durations(kind, self._random).at_speed(self._speed)

    def active(self, account: Account) -> list[Job]:
        """Return the account's jobs that are not final."""
        with self.lock:
            return [job for job in self._active if job.account is account]

    def count(self) -> int:
        """Return how many jobs were ever accepted."""
        with self.lock:
            return len(self._jobs)

    def advance(self) -> float | None:
        """Do what is due and return the seconds until something is, or None."""
        with self.lock:
            now = self._clock()
            ended = [job for job in self._active if self._move(job, now)]
            self._active = [job for job in self._active if not job.done]
            admitted = [job for job in list(self._active) if self._admit(job, now)]
            due_times = [due for job in self._active if (due := _next_due(job)) is not None]
        for job in admitted:
            if job.planned_failure is None:
                self._start(job)
        for job in ended:
            self._on_ended(job)
        return max(0.0, min(due_times) - now) if due_times else None

    def run_due(self) -> None:
        """Advance until nothing is due at this moment."""
        while self.advance() == 0:
            pass

    def _start(self, job: Job) -> None:
        try:
            self._producer.start(job, self._on_done)
        except Exception as error:  # it ends this job only
            _LOG.exception("a job of the sandbox could not be started")
            message = f"the sandbox could not make it: {type(error).__name__}: {error}"
            self._on_done(job, Failure(500, message), None)

    def _admit(self, job: Job, now: float) -> bool:
        account = job.account
        if job.admitted is not None or len(account.running) >= MAX_RUNNING:
            return False
        account.running.add(job.id)
        job.admitted = now
        return True

    def _move(self, job: Job, now: float) -> bool:
        """Change the status as far as it is due; return whether that made it final."""
        if job.admitted is None:
            return False
        # The same sums as in _next_due: a rounding error must not leave a due job undone.
        staged = job.admitted + job.durations.staged
        if job.status == "pending" and now >= staged:
            job.status, job.started = "staged", staged
        if job.status == "staged" and now >= job.admitted + job.durations.processing:
            job.status = "processing"
        fails = job.admitted + job.durations.final * _FAILS_AT
        if job.planned_failure is not None and now >= fails:
            job.failure = job.planned_failure
        if job.failure is not None:
            self._end(job, "failed", now)
        elif job.outputs is not None and now >= job.admitted + job.durations.final:
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

    def _on_done(self, job: Job, result: list[MediaFile] | Failure, grid: MediaFile | None) -> None:
        with self.lock:
            if isinstance(result, Failure):
                job.failure = result
            else:
                job.outputs, job.grid = result, grid
        self.on_change()


def _next_due(job: Job) -> float | None:
    """Return when this job must be looked at again; None if `on_change` will say so."""
    if job.admitted is None:
        return None
    if job.status == "pending":
        return job.admitted + job.durations.staged
    if job.status == "staged":
        return job.admitted + job.durations.processing
    if job.planned_failure is not None:
        return job.admitted + job.durations.final * _FAILS_AT
    return job.admitted + job.durations.final if job.outputs is not None else None

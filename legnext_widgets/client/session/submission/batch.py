"""Submit many requests, a few at a time, and wait for their jobs. Nothing is sent twice."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from legnext_widgets.client.api.requests import Request
from legnext_widgets.client.api.validation import take_of
from legnext_widgets.client.errors import (
    AuthenticationError,
    InsufficientCreditsError,
    LegnextError,
    RateLimitError,
    SubmissionUncertainError,
    TransportError,
)
from legnext_widgets.client.messages import Message
from legnext_widgets.client.runtime.callbacks import call_guarded
from legnext_widgets.client.session.job_state import JobState

if TYPE_CHECKING:
    from legnext_widgets.client.session.session import Session

    from .reuse import Reuse
    from .submitter import Submitted

BatchProgress = Callable[[int, int], object]
"""Called with how many jobs are done, and of how many."""

NOT_ACCEPTED = (
    AuthenticationError,
    InsufficientCreditsError,
    RateLimitError,
    TransportError,
)
"""Errors that each further request is likely to meet, too. They prove that nothing was started and
nothing charged, so such a request may be sent again."""

_IN_A_ROW = 3
"""So many such errors with no accepted request between them stop a batch. One alone does not: the
points may suffice for a cheaper request, or come back from a job that failed. Of answers with 429
only those count that come after the batch has waited."""

_log = logging.getLogger("legnext_widgets")


class Batch:
    """The requests of one `submit_many`, in order.

    Args:
        session: Sends the requests and waits for the jobs.
        requests: What to send.
        progress: Called on the loop whenever a job is done.
        changed: Called on the loop whenever a request was sent, or could not be.
        reuse: As for `Session.obtain`. The same request twice is one take and the next.
        take: The take of a request that is in the batch once.

    Attributes:
        stopped_by: Why nothing more is sent; None while the batch continues.
        held_by: Why nothing is sent for a moment, as a sentence; None while nothing is in the way.

    Raises:
        TypeError: An item is not a request object.
    """

    def __init__(
        self,
        session: Session,
        requests: Sequence[Request],
        progress: BatchProgress | None = None,
        changed: Callable[[], object] | None = None,
        *,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> None:
        self.requests = _checked(requests)
        self.stopped_by: LegnextError | None = None
        self.held_by: Message | None = None
        self._session = session
        self._progress = progress
        self._changed = changed
        self._reuse = session.config.reuse_of(reuse)
        self._takes = self._numbered(take_of(take))
        self._submissions: dict[int, asyncio.Task[Submitted]] = {}
        self._done: set[int] = set()
        self._refused_in_a_row = 0
        self._held_until = 0.0
        self._holds = 0
        self._stopped = asyncio.Event()

    @property
    def jobs(self) -> list[JobState]:
        """A job for each request: running, done, or failed because it could not be started."""
        return [self._job(index) for index in range(len(self.requests))]

    @property
    def reused(self) -> list[bool]:
        """For each request whether its job was made from the same request before."""
        ended = [self._submissions.get(index) for index in range(len(self.requests))]
        return [_is_reused(submission) for submission in ended]

    @property
    def unsent(self) -> int:
        """How many requests were not sent yet."""
        return len(self.requests) - len(self._submissions)

    @property
    def left(self) -> int:
        """How many requests `run` sends when it is called again: not sent, or not accepted."""
        ended = self._submissions.values()
        return self.unsent + sum(isinstance(_error_of(sent), NOT_ACCEPTED) for sent in ended)

    @property
    def not_started(self) -> int:
        """How many requests were sent, or should have been, and certainly did not become a job."""
        failed = sum(_error_of(sent) is not None for sent in self._submissions.values())
        return failed - len(self.uncertain)

    @property
    def uncertain(self) -> list[SubmissionUncertainError]:
        """The errors of the requests whose outcome is unknown."""
        errors = [_error_of(sent) for sent in self._submissions.values()]
        return [error for error in errors if isinstance(error, SubmissionUncertainError)]

    async def run(self) -> list[JobState]:
        """Send what was not sent yet and wait until all jobs are done.

        It may be cancelled and called again. It stops sending after three errors in a row for the
        key, the credits, the connection or the rate limit; called again, it sends what was not
        accepted and the rest. After an answer with 429 all of it waits first.
        """
        self._take_up_not_accepted()
        # A long batch leaves places to the others of its client.
        own = asyncio.Semaphore(self._session.config.max_concurrent)

        async def run_one(index: int) -> None:
            async with own, self._session.submitter.places:
                if not await self._send_and_wait(index):
                    return
            self._done.add(index)
            if self._progress is not None:
                call_guarded(self._progress, len(self._done), len(self.requests))

        async with asyncio.TaskGroup() as group:
            for index in range(len(self.requests)):
                if index not in self._done:
                    group.create_task(run_one(index))
        return self.jobs

    def _numbered(self, first: int) -> list[int]:
        """Number the takes: the next one where the same request stands in the batch before."""
        seen: Counter[str] = Counter()
        takes = []
        for request in self.requests:
            key = self._session.submitter.key_of(request)
            takes.append(first + seen[key])
            seen[key] += 1
        return takes

    def _take_up_not_accepted(self) -> None:
        self.stopped_by, self._refused_in_a_row = None, 0
        self.held_by, self._held_until = None, 0.0
        self._stopped.clear()
        for index, submission in list(self._submissions.items()):
            if isinstance(_error_of(submission), NOT_ACCEPTED):
                del self._submissions[index]
                self._done.discard(index)

    def _hold(self, error: RateLimitError, since: int) -> None:
        """Let the whole batch wait, as long as a single request would.

        Args:
            error: The answer.
            since: The number of waits before its request was sent. Of several requests on their way
                at once, the first has the batch wait for all.
        """
        if since < self._holds:
            return
        self._holds += 1
        self._count_refusal(error)
        if self.stopped_by is not None:
            return
        wait = self._session.submitter.retry.wait(self._refused_in_a_row, error)
        self._held_until = time.monotonic() + wait
        reason, seconds = error.localizable, max(1, round(wait))
        self.held_by = Message("batch_held", reason=reason, seconds=seconds)
        _log.warning("%s", self.held_by)
        self._report_change()

    async def _wait_while_held(self) -> None:
        while self.stopped_by is None and (left := self._held_until - time.monotonic()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), left)
        if self.held_by is not None:
            self.held_by = None
            self._report_change()

    def _count_refusal(self, error: LegnextError) -> None:
        self._refused_in_a_row += 1
        if self.stopped_by is None and self._refused_in_a_row >= _IN_A_ROW:
            self.stopped_by = error
            self._stopped.set()
            _log.warning("%d requests of a batch are not sent: %s", self.unsent, error)

    def _sent(self, submission: asyncio.Task[Submitted]) -> None:
        _error_of(submission)  # read, so that asyncio reports none after the batch was cancelled
        self._report_change()

    def _report_change(self) -> None:
        if self._changed is not None:
            self._changed()

    async def _send_and_wait(self, index: int) -> bool:
        """Send one request, unless it was sent, and wait for its job.

        Returns:
            Whether it was sent, or could not be; not while the batch is stopped.
        """
        try:
            job = await self._obtained(index)
            if job is not None:
                self._refused_in_a_row = 0
                await self._session.wait(job, None)
        except LegnextError:
            pass  # it stays in its place as a failed job, or as one that cannot be polled
        except Exception as error:  # a request that cannot be sent must not lose the others
            _log.warning("Request %d of a batch failed: %r", index, error)
        return index in self._submissions

    async def _obtained(self, index: int) -> JobState | None:
        """Return the job of a request; None where it was not accepted, or not sent."""
        while True:
            submission = self._submissions.get(index)
            if submission is None:
                await self._wait_while_held()
                if self.stopped_by is not None:
                    return None
                obtaining = self._session.obtain(
                    self.requests[index], reuse=self._reuse, take=self._takes[index]
                )
                submission = asyncio.create_task(obtaining)
                self._submissions[index] = submission
                submission.add_done_callback(self._sent)
            since = self._holds
            try:
                return (await asyncio.shield(submission)).state
            except RateLimitError as error:
                if len(self.requests) == 1:  # as a single request: nothing else waits for it
                    return None
                self._hold(error, since)
                if self.stopped_by is not None:
                    return None
                del self._submissions[index]  # it was not accepted, and is sent again
            except NOT_ACCEPTED as error:
                self._count_refusal(error)
                return None

    def _job(self, index: int) -> JobState:
        submission = self._submissions.get(index)
        error = _error_of(submission)
        if error is None and submission is not None and submission.done():
            return submission.result().state
        if error is None and submission is None and self.stopped_by is not None:
            error = LegnextError(Message("batch_refused", reason=self.stopped_by.localizable))
        if error is None:
            error = LegnextError(Message("not_sent"))
        refused = JobState("", request=self.requests[index])
        if isinstance(error, LegnextError):
            refused.submit_error = error
        else:
            reason = f"{error}." if isinstance(error, ValueError) else repr(error)
            refused.submit_error = LegnextError(Message("not_started", reason=reason))
            refused.submit_error.__cause__ = error
        return refused


def _checked(requests: Sequence[Request]) -> list[Request]:
    for index, given in enumerate(requests):
        if not isinstance(given, Request):
            raise TypeError(
                f"requests must be request objects; item {index} is {type(given).__name__}. "
                "Nothing was sent."
            )
    return list(requests)


def _error_of(submission: asyncio.Task[Submitted] | None) -> BaseException | None:
    """Return the error of a submission that failed; None for any other."""
    if submission is None or not submission.done():
        return None
    if submission.cancelled():
        return LegnextError(Message("not_sent"))
    return submission.exception()


def _is_reused(submission: asyncio.Task[Submitted] | None) -> bool:
    if submission is None or _error_of(submission) is not None or not submission.done():
        return False
    return submission.result().reused

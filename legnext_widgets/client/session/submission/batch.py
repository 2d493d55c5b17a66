"""Submit many requests, a few at a time, and wait for their jobs. Nothing is sent twice."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from legnext_widgets.client.api.requests import Request
from legnext_widgets.client.api.validation import take_of
from legnext_widgets.client.errors import (
    AuthenticationError,
    InsufficientCreditsError,
    LegnextError,
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

_REFUSES_ALL = (AuthenticationError, InsufficientCreditsError)
"""Errors that each further request is likely to meet, too. Nothing was charged."""

_IN_A_ROW = 3
"""So many such errors with no accepted request between them stop a batch. One alone does not: the
points may suffice for a cheaper request, or come back from a job that failed."""

_log = logging.getLogger("legnext_widgets")


class Batch:
    """The requests of one `submit_many`, in order.

    Args:
        session: Sends the requests and waits for the jobs.
        requests: What to send.
        at_once: How many jobs may run at the same time.
        progress: Called on the loop whenever a job is done.
        changed: Called on the loop whenever a request was sent, or could not be.
        reuse: As for `Session.obtain`. The same request twice is one take and the next.
        take: The take of a request that is in the batch once.

    Attributes:
        stopped_by: Why nothing more is sent; None while the batch continues.

    Raises:
        TypeError: An item is not a request object.
    """

    def __init__(
        self,
        session: Session,
        requests: Sequence[Request],
        at_once: int,
        progress: BatchProgress | None = None,
        changed: Callable[[], object] | None = None,
        *,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> None:
        self.requests = _checked(requests)
        self.stopped_by: LegnextError | None = None
        self._session = session
        self._at_once = at_once
        self._progress = progress
        self._changed = changed
        self._reuse = session.config.reuse_of(reuse)
        self._takes = self._numbered(take_of(take))
        self._submissions: dict[int, asyncio.Task[Submitted]] = {}
        self._done: set[int] = set()
        self._refused_in_a_row = 0

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
    def not_started(self) -> int:
        """How many requests were sent, or should have been, and did not become a job."""
        ended = [sent for sent in self._submissions.values() if sent.done()]
        return sum(sent.cancelled() or sent.exception() is not None for sent in ended)

    async def run(self) -> list[JobState]:
        """Send what was not sent yet and wait until all jobs are done.

        It may be cancelled and called again. It stops sending after three errors in a row for the
        key or the credits; called again, it sends what was refused so and the rest.
        """
        self._take_up_refused()
        places = asyncio.Semaphore(self._at_once)

        async def run_one(index: int) -> None:
            async with places:
                if self.stopped_by is not None and index not in self._submissions:
                    return
                await self._see_through(index)
            self._done.add(index)
            if self._progress is not None:
                call_guarded(self._progress, len(self._done), len(self.requests))

        async with asyncio.TaskGroup() as group:
            for index in range(len(self.requests)):
                if index not in self._done:
                    group.create_task(run_one(index))
        return self.jobs

    def _numbered(self, first: int) -> list[int]:
        """Give each request its take: the next one where the same stands in the batch before."""
        seen: Counter[str] = Counter()
        takes = []
        for request in self.requests:
            key = self._session.submitter.key_of(request)
            takes.append(first + seen[key])
            seen[key] += 1
        return takes

    def _take_up_refused(self) -> None:
        if self.stopped_by is None:
            return
        self.stopped_by, self._refused_in_a_row = None, 0
        for index, submission in list(self._submissions.items()):
            if isinstance(_error_of(submission), _REFUSES_ALL):
                del self._submissions[index]
                self._done.discard(index)

    def _count_refusal(self, error: LegnextError) -> None:
        self._refused_in_a_row += 1
        if self.stopped_by is None and self._refused_in_a_row >= _IN_A_ROW:
            self.stopped_by = error
            _log.warning("%d requests of a batch are not sent: %s", self.unsent, error)

    def _sent(self, submission: asyncio.Task[Submitted]) -> None:
        _error_of(submission)  # read, so that asyncio reports none after the batch was cancelled
        if self._changed is not None:
            self._changed()

    async def _see_through(self, index: int) -> None:
        submission = self._submissions.get(index)
        if submission is None:
            obtaining = self._session.obtain(
                self.requests[index], reuse=self._reuse, take=self._takes[index]
            )
            submission = asyncio.create_task(obtaining)
            self._submissions[index] = submission
            submission.add_done_callback(self._sent)
        try:
            try:
                job = (await asyncio.shield(submission)).state
            except _REFUSES_ALL as error:
                self._count_refusal(error)
                return
            self._refused_in_a_row = 0
            await self._session.wait(job, None)
        except LegnextError:
            return  # it stays in its place as a failed job, or as one that cannot be polled
        except Exception as error:  # a request that cannot be sent must not lose the others
            _log.warning("Request %d of a batch failed: %r", index, error)

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
    """Give the error of a submission that failed; None for any other."""
    if submission is None or not submission.done():
        return None
    if submission.cancelled():
        return LegnextError("It was not sent, or no response arrived.")
    return submission.exception()


def _is_reused(submission: asyncio.Task[Submitted] | None) -> bool:
    if submission is None or _error_of(submission) is not None or not submission.done():
        return False
    return submission.result().reused

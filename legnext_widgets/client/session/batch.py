"""A batch: many requests, a few running at a time, each sent once whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from legnext_widgets.client.errors import (
    AuthenticationError,
    InsufficientCreditsError,
    LegnextError,
)
from legnext_widgets.client.messages import Message

from .job_state import JobState

if TYPE_CHECKING:
    from legnext_widgets.client.api.requests import Request

    from .session import Session

BatchProgress = Callable[[int, int], object]

_MEETS_ALL = (AuthenticationError, InsufficientCreditsError)
"""What is likely to refuse each further request as it refused this one. Nothing was taken."""

_IN_A_ROW = 3
"""So many such refusals with no request taken between them end a batch. One alone does not: the
points may suffice for a cheaper request, or come back from a job that failed."""

_log = logging.getLogger("legnext_widgets")


class Batch:
    """The requests of one `submit_many`, in order. `run` may be cancelled and called again.

    Args:
        service: Where they are sent.
        requests: What to send.
        at_once: How many jobs may run at the same time.
        progress: Called on the loop with how many jobs are done, and of how many.
        changed: Called on the loop whenever one more was sent, or could not be.
    """

    def __init__(
        self,
        service: Session,
        requests: Sequence[Request],
        at_once: int,
        progress: BatchProgress | None = None,
        changed: Callable[[], object] | None = None,
    ) -> None:
        self.requests = list(requests)
        self._service = service
        self._at_once = at_once
        self._progress = progress
        self._changed = changed
        self._submissions: dict[int, asyncio.Task[JobState]] = {}
        self._done: set[int] = set()
        self._refused_in_a_row = 0
        self.stopped_by: LegnextError | None = None
        """Why nothing more is sent: an error that each further request is likely to meet, too."""

    @property
    def jobs(self) -> list[JobState]:
        """A job for each request: running, done, or failed because it could not be started."""
        return [self._job(index) for index in range(len(self.requests))]

    @property
    def unsent(self) -> int:
        """How many requests were not sent yet."""
        return len(self.requests) - len(self._submissions)

    @property
    def not_started(self) -> int:
        """How many were sent, or should have been, and did not become a job."""
        ended = [sent for sent in self._submissions.values() if sent.done()]
        return sum(sent.cancelled() or sent.exception() is not None for sent in ended)

    async def run(self) -> list[JobState]:
        """Sends what was not sent yet and waits until all jobs are done.

        It stops sending when the key or the credits do not suffice, three times in a row; called
        again, it sends what was refused so and the rest.
        """
        self._begin_again()
        places = asyncio.Semaphore(self._at_once)

        async def one(index: int) -> None:
            async with places:
                if self.stopped_by is not None and index not in self._submissions:
                    return
                await self._see_through(index)
            self._done.add(index)
            self._tell()

        async with asyncio.TaskGroup() as group:
            for index in range(len(self.requests)):
                if index not in self._done:
                    group.create_task(one(index))
        return self.jobs

    def _begin_again(self) -> None:
        if self.stopped_by is None:
            return
        self.stopped_by, self._refused_in_a_row = None, 0
        for index, submission in list(self._submissions.items()):
            if isinstance(_error_of(submission), _MEETS_ALL):
                del self._submissions[index]
                self._done.discard(index)

    def _count_refusal(self, error: LegnextError) -> None:
        self._refused_in_a_row += 1
        if self.stopped_by is None and self._refused_in_a_row >= _IN_A_ROW:
            self.stopped_by = error
            _log.warning("%d requests of a batch are not sent: %s", self.unsent, error)

    def _tell(self) -> None:
        if self._progress is None:
            return
        try:
            self._progress(len(self._done), len(self.requests))
        except Exception:  # a progress display must not end what was paid for
            _log.exception("Your progress callback raised an error.")

    def _say_changed(self, _: object) -> None:
        if self._changed is not None:
            self._changed()

    async def _see_through(self, index: int) -> None:
        submission = self._submissions.get(index)
        if submission is None:
            submission = asyncio.create_task(self._service.submit(self.requests[index]))
            self._submissions[index] = submission
            submission.add_done_callback(self._say_changed)
        try:
            try:
                job = await asyncio.shield(submission)
            except _MEETS_ALL as error:
                self._count_refusal(error)
                return
            self._refused_in_a_row = 0
            await self._service.wait(job, None)
        except LegnextError:
            return  # it stays in place as a failed job, or as one that cannot be followed
        except Exception as error:  # one that cannot be sent at all must not lose the others
            _log.warning("Request %d of a batch failed: %r", index, error)

    def _job(self, index: int) -> JobState:
        submission = self._submissions.get(index)
        error = _error_of(submission)
        if error is None and submission is not None and submission.done():
            return submission.result()
        if error is None and submission is None and self.stopped_by is not None:
            error = LegnextError(Message("batch_refused", reason=str(self.stopped_by)))
        if error is None:
            error = LegnextError(Message("not_sent"))
        refused = JobState("", request=self.requests[index])
        if isinstance(error, LegnextError):
            refused.submit_error = error
        else:
            refused.submit_error = LegnextError(Message("not_started", reason=repr(error)))
        return refused


def _error_of(submission: asyncio.Task[JobState] | None) -> BaseException | None:
    """What became of a submission that went wrong; None for any other."""
    if submission is None or not submission.done():
        return None
    if submission.cancelled():
        return LegnextError("It was not sent, or its answer never came.")
    return submission.exception()

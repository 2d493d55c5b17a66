"""A batch: many requests, a few running at a time, each sent once whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from .errors import LegnextError
from .requests import Request
from .service import Service
from .tracking import TrackedJob

BatchProgress = Callable[[int, int], object]

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
        service: Service,
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
        self._submissions: dict[int, asyncio.Task[TrackedJob]] = {}
        self._done: set[int] = set()

    @property
    def jobs(self) -> list[TrackedJob]:
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

    async def run(self) -> list[TrackedJob]:
        """Sends what was not sent yet and waits until all jobs are done."""
        places = asyncio.Semaphore(self._at_once)

        async def one(index: int) -> None:
            async with places:
                await self._see_through(index)
            self._done.add(index)
            self._tell()

        async with asyncio.TaskGroup() as group:
            for index in range(len(self.requests)):
                if index not in self._done:
                    group.create_task(one(index))
        return self.jobs

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
            job = await asyncio.shield(submission)
            await self._service.wait(job, None)
        except LegnextError:
            return  # it stays in place as a failed job, or as one that cannot be followed
        except Exception as error:  # one that cannot be sent at all must not lose the others
            _log.warning("Request %d of a batch failed: %r", index, error)

    def _job(self, index: int) -> TrackedJob:
        submission = self._submissions.get(index)
        error: BaseException | None = LegnextError("It was not sent, or its answer never came.")
        if submission is not None and submission.done() and not submission.cancelled():
            error = submission.exception()
            if error is None:
                return submission.result()
        refused = TrackedJob("", request=self.requests[index])
        if isinstance(error, LegnextError):
            refused.refusal = error
        else:
            refused.refusal = LegnextError(f"Not started: {error!r}")
        return refused

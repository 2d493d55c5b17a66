"""A batch: many requests, a few running at a time, each sent once whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from .errors import LegnextError
from .requests import Request
from .service import Service
from .tracking import TrackedJob

BatchProgress = Callable[[int, int], object]


class Batch:
    """The requests of one `submit_many`, in order. `run` may be cancelled and called again.

    Args:
        service: Where they are sent.
        requests: What to send.
        at_once: How many jobs may run at the same time.
        progress: Called on the loop with how many jobs are done, and of how many.
    """

    def __init__(
        self,
        service: Service,
        requests: Sequence[Request],
        at_once: int,
        progress: BatchProgress | None = None,
    ) -> None:
        self.requests = list(requests)
        self._service = service
        self._at_once = at_once
        self._progress = progress
        self._submissions: dict[int, asyncio.Task[TrackedJob]] = {}

    @property
    def jobs(self) -> list[TrackedJob]:
        """A job for each request: running, done, or failed because it could not be started."""
        return [self._job(index) for index in range(len(self.requests))]

    @property
    def unsent(self) -> int:
        """How many requests were not sent yet."""
        return len(self.requests) - len(self._submissions)

    async def run(self) -> list[TrackedJob]:
        """Sends what was not sent yet and waits until all jobs are done."""
        places = asyncio.Semaphore(self._at_once)
        done = 0

        async def one(index: int) -> None:
            nonlocal done
            async with places:
                await self._see_through(index)
            done += 1
            if self._progress is not None:
                self._progress(done, len(self.requests))

        async with asyncio.TaskGroup() as group:
            for index in range(len(self.requests)):
                group.create_task(one(index))
        return self.jobs

    async def _see_through(self, index: int) -> None:
        submission = self._submissions.get(index)
        if submission is None:
            submission = asyncio.create_task(self._service.submit(self.requests[index]))
            self._submissions[index] = submission
        try:
            job = await asyncio.shield(submission)
            await self._service.wait(job, None)
        except LegnextError:
            return  # it stays in place as a failed job, or as one that cannot be followed

    def _job(self, index: int) -> TrackedJob:
        submission = self._submissions.get(index)
        if submission is not None and submission.done() and not submission.cancelled():
            error = submission.exception()
            if error is None:
                return submission.result()
            refused = TrackedJob("", request=self.requests[index])
            refused.refusal = (
                error
                if isinstance(error, LegnextError)
                else LegnextError(f"Not started: {error!r}")
            )
            return refused
        return TrackedJob("", request=self.requests[index])

"""Take up the jobs of earlier sessions from the store."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .files.clip_keeper import ClipKeeper
    from .polling.poller import Poller
    from .receiver import Receiver
    from .store import JobRecord


TAKE_UP_AFTER = 1.0
"""Seconds after the first call of a client: that call comes first, and a short command ends before.
"""

_log = logging.getLogger("legnext_widgets")


class Restorer:
    """Takes up stored jobs, and polls those that were running.

    Args:
        receiver: Takes in the jobs.
        poller: Polls them.
        clip_keeper: Lists the stored jobs; None where nothing is stored.

    Attributes:
        take_up_after: See `TAKE_UP_AFTER`.
    """

    def __init__(
        self,
        receiver: Receiver,
        poller: Poller,
        clip_keeper: ClipKeeper | None,
    ) -> None:
        self._receiver = receiver
        self._poller = poller
        self._clip_keeper = clip_keeper
        self._limit = 0
        self.take_up_after = TAKE_UP_AFTER
        self._taking_up: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Take up the due jobs of earlier sessions in the background, once; on the client's loop.

        These are jobs that were running, and completed ones whose clips are still to be kept. After
        `restore`, as in a studio, this does nothing.
        """
        if self._clip_keeper is not None and self._taking_up is None and not self._limit:
            due = self._take_up_due(self._clip_keeper, self.take_up_after)
            self._taking_up = asyncio.get_running_loop().create_task(due)

    async def aclose(self) -> None:
        """Stop."""
        if self._taking_up is not None:
            self._taking_up.cancel()
            await asyncio.gather(self._taking_up, return_exceptions=True)

    async def _take_up_due(self, clip_keeper: ClipKeeper, wait: float = 0.0) -> None:
        await asyncio.sleep(wait)
        if self._limit:
            return
        try:
            due = await clip_keeper.due_jobs()
        except Exception as error:  # of a user's own store
            _log.warning("The store could not list the jobs of earlier sessions: %r", error)
            return
        for record in due.records:
            self.restore_job(record, keep_clips=record.job_id in due.unkept)

    async def restore(self, limit: int) -> None:
        """Take up running jobs and the newest `limit` that are completed."""
        self._limit = limit
        await self.restore_again()

    async def restore_again(self) -> None:
        """Take up what the account has got since: jobs of its other keys."""
        if self._clip_keeper is None:
            return
        if not self._limit:
            # Where the wait is not over yet, these jobs are among the others.
            if self._taking_up is not None and self._taking_up.done():
                await self._take_up_due(self._clip_keeper)
            return
        stored = await self._clip_keeper.stored_jobs(self._limit)
        for record in stored.records:
            self.restore_job(record, keep_clips=record.job_id in stored.unkept)

    def restore_job(self, record: JobRecord, *, keep_clips: bool) -> None:
        """Take up a stored job, and poll it if it was running.

        Args:
            record: The stored job.
            keep_clips: Whether its clips are still to be kept.
        """
        state = self._receiver.restore(record, keep_clips=keep_clips)
        if state is not None:
            self._poller.follow(state, now=True)

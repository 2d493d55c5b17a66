"""Take up the jobs of earlier sessions from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .files.clip_keeper import ClipKeeper
    from .polling.poller import Poller
    from .receiver import Receiver
    from .store import JobRecord


class Restorer:
    """Takes up stored jobs, and polls those that were running.

    Args:
        receiver: Takes in the jobs.
        poller: Polls them.
        clip_keeper: Lists the stored jobs; None where nothing is stored.
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

    async def restore(self, limit: int) -> None:
        """Take up running jobs and the newest `limit` that are completed."""
        self._limit = limit
        await self.restore_again()

    async def restore_again(self) -> None:
        """Take up what the account has got since: jobs of its other keys."""
        if self._clip_keeper is None or not self._limit:
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

"""Connect a session with its store: keep clips, take up earlier jobs, find out whose they are."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

from .files.clip_keeper import ClipKeeper
from .identity import AccountFinder
from .restorer import Restorer
from .store import ClipStore, TakeStore

if TYPE_CHECKING:
    from legnext_widgets.client.api.transport import Transport

    from .classroom.reconciler import Reconciler
    from .files.job_files import JobFiles
    from .identity import CurrentIdentity
    from .job_state import JobState
    from .polling.poller import Poller
    from .receiver import Receiver
    from .store import JobStore
    from .submission.reuse import ReusedJobs


class Persistence:
    """What a session does with its store.

    Args:
        store: The store; None stores nothing.
        transport: Asks the service.
        identity: Whose jobs.
        receiver: Takes in stored jobs, and records all jobs.
        poller: Polls stored jobs that were running.
        files: Fetches clips.
        embedded: Whether the service is an embedded sandbox, which has no accounts.

    Attributes:
        clip_keeper: Keeps clips in the store; None where the store keeps none.
        restorer: Takes up the jobs of earlier sessions.
        accounts: Finds out which account of the service it is.
    """

    def __init__(
        self,
        store: JobStore | None,
        *,
        transport: Transport,
        identity: CurrentIdentity,
        receiver: Receiver,
        poller: Poller,
        files: JobFiles,
        embedded: bool,
    ) -> None:
        self._store = store
        self._transport = transport
        self._receiver = receiver
        self._poller = poller
        self.clip_keeper: ClipKeeper | None = None
        if isinstance(store, ClipStore):
            self.clip_keeper = ClipKeeper(store, identity, files, receiver)
            receiver.clip_keeper = self.clip_keeper
        self.restorer = Restorer(receiver, poller, self.clip_keeper)
        own, again = None if embedded else store, self.restorer.restore_again
        self.accounts = AccountFinder(transport, identity, own, again, poller.retry)
        self._reconciler: Reconciler | None = None
        transport.on_gateway = self._reconcile

    @cached_property
    def reused(self) -> ReusedJobs | None:
        """The jobs of earlier requests; None where the store does not know them."""
        # Loaded with the first request: a studio is shown before.
        from .submission.reuse import ReusedJobs

        store, keeper = self._store, self.clip_keeper
        if keeper is None or not isinstance(store, TakeStore):
            return None
        return ReusedJobs(store.takes, self._receiver, self._poller, keeper, self.accounts)

    async def restore(self, limit: int) -> None:
        """Restore running jobs of earlier sessions and the newest `limit` that are completed."""
        await self.restorer.restore(limit)
        self.accounts.begin(look_for_jobs=True)
        self._reconcile()

    def require(self, state: JobState) -> JobState:
        """Keep a job's clips like those of new jobs: the caller works with the job now."""
        if self.clip_keeper is not None:
            self.clip_keeper.undefer(state)
        return state

    async def stop(self) -> None:
        """End all work in the background but the keeping of clips."""
        await asyncio.gather(self.accounts.aclose(), self.restorer.aclose())
        if self._reconciler is not None:
            await self._reconciler.aclose()

    async def finish_clips(self, patience: float) -> None:
        """End the keeping of clips; those that are being fetched get `patience` seconds."""
        if self.clip_keeper is not None:
            await self.clip_keeper.aclose(patience)

    def _reconcile(self) -> None:
        """Find out what unknown requests of earlier sessions became; behind a gateway alone."""
        if not self._transport.at_gateway:
            return
        if self._reconciler is None:
            from .classroom.reconciler import Reconciler

            self._reconciler = Reconciler(
                self._transport, self.accounts, self.restorer, self._poller, self._store
            )
        self._reconciler.begin()

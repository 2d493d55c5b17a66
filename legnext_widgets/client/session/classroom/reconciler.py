"""Reconcile earlier requests of unknown outcome: ask a gateway for their jobs."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.session.submission.post import (
    Outcome,
    OutcomeUnknownError,
    read_answer,
)
from legnext_widgets.environment import to_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.client.session.identity import AccountFinder, Identity
    from legnext_widgets.client.session.polling.poller import Poller
    from legnext_widgets.client.session.restorer import Restorer
    from legnext_widgets.client.session.store import Attempt, JobRecord, JobStore

_log = logging.getLogger("legnext_widgets")


@runtime_checkable
class UncertainStore(Protocol):
    """A job store that lists the requests of unknown outcome."""

    def uncertain_records(self, identity: Identity | None = None) -> Sequence[JobRecord]:
        """List the attempts that may have started a job, also of processes that died."""


class Reconciler:
    """Look up the unknown requests of one account in the background; nothing is sent again.

    A gateway keeps each request by its key. One that it does not know stays unknown, as does one of
    another service or account, or one that the gateway does not show to this student.

    Args:
        transport: Asks the gateway.
        accounts: Finds the account first: a student's token changes, the account does not.
        restorer: Takes up the jobs that are found.
        poller: Knows how often to ask.
        store: Where the requests are; one that does not list them is not used.
    """

    def __init__(
        self,
        transport: Transport,
        accounts: AccountFinder,
        restorer: Restorer,
        poller: Poller,
        store: JobStore | None,
    ) -> None:
        self._transport = transport
        self._accounts = accounts
        self._restorer = restorer
        self._poller = poller
        self._store = store
        listing: object = store
        self._listing = listing if isinstance(listing, UncertainStore) else None
        self._looking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look them up, if the service has shown itself as a gateway; on the client's loop."""
        if not self._transport.at_gateway or self._listing is None:
            return
        if self._looking is None or self._looking.done():
            looking = self._look_up_all(self._listing)
            self._looking = asyncio.get_running_loop().create_task(looking)

    async def aclose(self) -> None:
        """Stop."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look_up_all(self, store: UncertainStore) -> None:
        await self._accounts.find_out()
        try:
            for record in await to_thread(store.uncertain_records, self._accounts.identity.value):
                if record.attempt is not None:
                    await self._look_up(record.attempt)
        except Exception as error:  # of a user's own store
            _log.warning("Earlier requests were not looked up: %r", error)

    async def _look_up(self, attempt: Attempt) -> None:
        from .idempotent_retry import find_by_key  # loaded behind a gateway alone

        answer = await find_by_key(attempt, self._transport, self._poller.retry)
        if answer is None or self._store is None:
            return
        outcome = Outcome(attempt, self._store, self._accounts.identity, intended=True)
        try:
            task = await read_answer(attempt, answer, outcome)
        except (LegnextError, OutcomeUnknownError) as error:
            _log.info("The outcome of an earlier request is still unknown: %s", error)
            return
        record = await to_thread(self._store.record, task.job_id)
        if record is not None and record.job_id is not None:
            self._restorer.restore_job(record, keep_clips=True)

"""Ask for each running job of the class: one question at a time for all that wait."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from legnext_widgets.client.errors import APIError, LegnextError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.gateway.notifier import Notifier
    from legnext_widgets.gateway.store.models import Attempt
    from legnext_widgets.gateway.store.store import Store

_LEASE_SECONDS = 30.0
"""How long another process leaves a job to the one that asks. After a crash a job waits so long."""

_LONGEST_SLEEP = 1.0
_AT_ONCE = 12
_NOT_FOUND_SECONDS = 300.0
_FORGET_SECONDS = 3600.0
_AFTER_FAILURE = 3.0

_log = logging.getLogger("legnext_widgets.gateway")


class Poller:
    """Poll running jobs until they are done.

    Args:
        store: Where they are.
        transport: Asks the service.
        notifier: Wakes it when a job may have begun.
        interval: Gives the seconds to the next poll of a job.
    """

    def __init__(
        self,
        store: Store,
        transport: Transport,
        notifier: Notifier,
        interval: Callable[[Attempt], float],
    ) -> None:
        self._store = store
        self._transport = transport
        self._notifier = notifier
        self._interval = interval
        self._asking: set[asyncio.Task[None]] = set()
        self._missing: dict[str, float] = {}
        self._forgot = 0.0

    async def run(self) -> None:
        """Poll until cancelled. After a restart all running jobs are taken up."""
        while True:
            seen = self._notifier.count
            sleep = _LONGEST_SLEEP
            try:
                sleep = await self._poll_due()
                if time.time() - self._forgot > _FORGET_SECONDS:
                    self._forgot = time.time()
                    await self._store.run(self._store.queries.forget_old_changes, time.time())
            except Exception:
                _log.exception("Running jobs could not be asked for; it goes on in a moment.")
            if self._notifier.closed:
                await asyncio.sleep(sleep)
            await self._notifier.wait(seen, sleep)

    async def refresh(self, attempt: Attempt) -> Attempt:
        """Ask for a finished job again, for fresh links; gives it as stored where that fails."""
        if attempt.upstream_id is None:
            return attempt
        await self._ask(attempt)
        return await self._store.run(self._store.queries.get, attempt.id) or attempt

    async def _poll_due(self) -> float:
        free = _AT_ONCE - len(self._asking)
        if free > 0:
            due = await self._store.run(
                self._store.queries.claim_polls, time.time(), _LEASE_SECONDS, free
            )
            for attempt in due:
                task = asyncio.create_task(self._ask(attempt))
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
        following = await self._store.run(self._store.queries.next_poll)
        if following is None:
            return _LONGEST_SLEEP
        return min(_LONGEST_SLEEP, max(0.02, following - time.time()))

    async def _ask(self, attempt: Attempt) -> None:
        store, job = self._store, attempt.upstream_id or ""
        try:
            task = await self._transport.get_task(job)
        except NotFoundError:
            await self._not_found(attempt)
        except LegnextError as error:
            pause = getattr(error, "retry_after", None) if isinstance(error, APIError) else None
            pause = max(self._interval(attempt) * _AFTER_FAILURE, min(pause or 0.0, 120.0))
            await store.run(store.queries.set_poll, attempt.id, time.time() + pause)
        else:
            self._missing.pop(attempt.id, None)
            now = time.time()
            again_at = now + self._interval(attempt)
            await store.run(store.outcomes.receive, attempt.id, task, again_at, now)

    async def _not_found(self, attempt: Attempt) -> None:
        now = time.time()
        since = self._missing.setdefault(attempt.id, now)
        if now - since < _NOT_FOUND_SECONDS:
            at = now + self._interval(attempt) * _AFTER_FAILURE
            await self._store.run(self._store.queries.set_poll, attempt.id, at)
            return
        self._missing.pop(attempt.id, None)
        reason = "the service no longer knows the job"
        await self._store.run(self._store.outcomes.mark_uncertain, attempt.id, reason, now)

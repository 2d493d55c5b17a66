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
_REFRESH_SECONDS = 5.0

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
        self._refreshing: dict[str, asyncio.Task[None]] = {}
        self._missing: dict[str, float] = {}
        self._forget_at = 0.0

    async def run(self) -> None:
        """Poll until cancelled. After a restart all running jobs are taken up."""
        while True:
            seen = self._notifier.count
            sleep = _LONGEST_SLEEP
            try:
                sleep = await self._poll_due()
                if time.monotonic() >= self._forget_at:
                    self._forget_at = time.monotonic() + _FORGET_SECONDS
                    await self._store.run(self._store.queries.forget_old_changes, time.time())
            except Exception:
                _log.exception("Running jobs could not be polled. Trying again shortly.")
            if self._notifier.closed:
                await asyncio.sleep(sleep)
            await self._notifier.wait(seen, sleep)

    async def refresh(self, attempt: Attempt) -> Attempt:
        """Ask for a finished job again, for fresh links.

        Returns:
            The job as it is stored after some seconds at most, also where the service does not
            answer; its answer is stored when it comes.
        """
        if attempt.upstream_id is None:
            return attempt
        asking = self._refreshing.get(attempt.id)
        if asking is None:  # else the same answer serves all who ask
            asking = self._refreshing[attempt.id] = asyncio.create_task(self._ask(attempt))
            asking.add_done_callback(lambda _: self._refreshing.pop(attempt.id, None))
        await asyncio.wait([asking], timeout=_REFRESH_SECONDS)
        queries = self._store.queries
        found = await self._store.run(queries.get, attempt.id) or attempt
        if found.asked_at == attempt.asked_at:
            await self._store.run(queries.note_asked, attempt.id, time.time())
        return found

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
        following = await self._store.run(self._store.queries.next_poll, time.time())
        if following is None:
            return _LONGEST_SLEEP
        return min(_LONGEST_SLEEP, max(0.02, following - time.time()))

    async def _ask(self, attempt: Attempt) -> None:
        """Poll one job and store the answer; after any failure it is polled again."""
        try:
            task = await self._transport.get_task(attempt.upstream_id or "")
        except NotFoundError:
            await self._not_found(attempt)
        except LegnextError as error:
            pause = getattr(error, "retry_after", None) if isinstance(error, APIError) else None
            await self._ask_later(attempt, min(pause or 0.0, 120.0))
        else:
            self._missing.pop(attempt.id, None)
            now = time.time()
            again_at = now + self._interval(attempt)
            receive = self._store.outcomes.receive
            try:
                await self._store.run(receive, attempt.id, task, again_at, now)
            except Exception:
                _log.exception("An answer for attempt %s could not be stored.", attempt.id)
                await self._ask_later(attempt)

    async def _ask_later(self, attempt: Attempt, least: float = 0.0) -> None:
        pause = max(self._interval(attempt) * _AFTER_FAILURE, least)
        set_poll = self._store.queries.set_poll
        await self._store.run(set_poll, attempt.id, time.time() + pause)

    async def _not_found(self, attempt: Attempt) -> None:
        now = time.monotonic()
        since = self._missing.setdefault(attempt.id, now)
        if now - since < _NOT_FOUND_SECONDS:
            await self._ask_later(attempt)
            return
        self._missing.pop(attempt.id, None)
        reason = "the service no longer knows the job"
        lose = self._store.outcomes.mark_uncertain
        await self._store.run(lose, attempt.id, reason, time.time(), state="running")

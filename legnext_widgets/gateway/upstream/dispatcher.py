"""Send the requests of the queue, each once: stored as being sent before it leaves."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from legnext_widgets.client.api.failures import LostAnswerError
from legnext_widgets.client.api.models.tasks import kind_of
from legnext_widgets.client.errors import LegnextError, TransportError
from legnext_widgets.gateway.store.matching import ListedJob

from .verdicts import Accepted, Later, Refused, Unknown, Verdict, of_body, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from legnext_widgets.client.api.clock import ServiceClock
    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.gateway.notifier import Notifier
    from legnext_widgets.gateway.store.models import Attempt
    from legnext_widgets.gateway.store.store import Store

_CHECK_SECONDS = 1.0
_BEAT_SECONDS = 4.0
_MATCH_SECONDS = 20.0
_UNREACHED_PAUSE = 5.0
_FINISH_SECONDS = 20.0
_STORE_AGAIN_SECONDS = 1.0
_CLOSING_SECONDS = 0.1

_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)

_log = logging.getLogger("legnext_widgets.gateway")


class Dispatcher:
    """Send what waits, as long as slots are free.

    A lost answer makes its attempt uncertain; nothing is ever sent a second time, unless it
    provably did not arrive or was refused for the moment.

    Args:
        store: Where requests wait.
        transport: Sends with the key of the class.
        notifier: Wakes it when something may have come to wait.
        callback_base: Address for the service's callbacks, or None.
        first_poll: Gives the seconds until a new job is asked for first.
        clock: The service's clock, by which jobs are dated.

    Attributes:
        pause_reason: Why the queue waits, where the service makes it; else None.
    """

    def __init__(
        self,
        store: Store,
        transport: Transport,
        notifier: Notifier,
        *,
        callback_base: str | None,
        first_poll: Callable[[], float],
        clock: ServiceClock,
    ) -> None:
        self.pause_reason: str | None = None
        self._store = store
        self._transport = transport
        self._notifier = notifier
        self._callback_base = callback_base
        self._first_poll = first_poll
        self._clock = clock
        self._id = str(uuid.uuid4())
        # These are on the clock that no one sets.
        self._not_before = 0.0
        self._sending: set[asyncio.Task[None]] = set()
        self._beat_at = 0.0
        self._match_at = 0.0
        self._stopping = False

    async def run(self) -> None:
        """Send until `stop`; then see through what is on its way."""
        await self._begin()
        while not self._stopping:
            seen = self._notifier.count
            try:
                await self._keep_alive()
                await self._send_all()
            except Exception:
                _log.exception("The queue could not be served; it resumes in a moment.")
            if self._notifier.closed:
                await asyncio.sleep(_CLOSING_SECONDS)
            await self._notifier.wait(seen, _CHECK_SECONDS)

        if self._sending:
            await asyncio.wait(self._sending, timeout=_FINISH_SECONDS)

    def stop(self) -> None:
        """Send nothing more."""
        self._stopping = True
        self._notifier.notify()

    async def _begin(self) -> None:
        store, now = self._store, time.time()
        await store.run(store.queue.heartbeat, self._id, now)
        alone = store.database.is_sqlite  # its file is locked by this process
        lost = await store.run(store.queue.mark_lost_uncertain, self._id, now, all_others=alone)
        if lost:
            _log.warning("%d requests were being sent when the gateway ended.", lost)

    async def _keep_alive(self) -> None:
        now, instant = time.time(), time.monotonic()
        if instant >= self._beat_at:
            self._beat_at = instant + _BEAT_SECONDS
            await self._store.run(self._store.queue.heartbeat, self._id, now)
            await self._store.run(self._store.queue.mark_lost_uncertain, self._id, now)
        if instant >= self._match_at:
            self._match_at = instant + _MATCH_SECONDS
            if await self._store.run(self._store.queries.uncertain):
                await self._match()

    async def _send_all(self) -> None:
        while not self._stopping and time.monotonic() >= self._not_before:
            attempt = await self._store.run(self._store.queue.claim, self._id, time.time())
            if attempt is None:
                return
            task = asyncio.create_task(self._send(attempt))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, attempt: Attempt) -> None:
        try:
            verdict = await self._post(attempt)
        except Exception as error:
            _log.exception("Attempt %s could not be sent as it should.", attempt.id)
            verdict = Unknown(type(error).__name__)
        while True:
            try:
                await self._store_verdict(attempt, verdict)
            except _DATABASE_AWAY as error:  # what came must not be lost meanwhile
                _log.warning("An outcome could not be stored yet: %s", type(error).__name__)
                await asyncio.sleep(_STORE_AGAIN_SECONDS)
            except Exception as error:
                _log.exception("The outcome of attempt %s cannot be stored.", attempt.id)
                if isinstance(verdict, Unknown):
                    await asyncio.sleep(_STORE_AGAIN_SECONDS)
                verdict = Unknown(_why_not_stored(error))
            else:
                return

    async def _post(self, attempt: Attempt) -> Verdict:
        payload: dict[str, Any] = json.loads(attempt.payload)
        source = None
        if attempt.source is not None:
            source = attempt.source
            if source not in self._store.reservations.open_jobs:
                source = await self._job_of(source)
            if source is None:
                return Refused(404, "Job not found")
            payload["jobId"] = source
        if self._callback_base is not None:
            payload["callback"] = f"{self._callback_base}/callback/{attempt.secret}"
        try:
            response = await self._transport.post(attempt.endpoint, payload, key=attempt.id)
        except TransportError:
            return Later(_UNREACHED_PAUSE, "the service cannot be reached")
        except LostAnswerError as error:
            return of_body(error.partial, str(error.reason), source)
        return verdict_of(response, source)

    async def _job_of(self, attempt: str) -> str | None:
        """Return the service's id of an own attempt."""
        origin = await self._store.run(self._store.queries.get, attempt)
        return origin.upstream_id if origin is not None else None

    async def _store_verdict(self, attempt: Attempt, verdict: Verdict) -> None:
        store, outcomes, now = self._store, self._store.outcomes, time.time()
        # With each answer that does not ask to wait, the service takes requests again.
        self.pause_reason = verdict.reason if isinstance(verdict, Later) else None
        if isinstance(verdict, Accepted):
            poll_at = now + self._first_poll()
            await store.run(outcomes.accept, attempt.id, verdict.job_id, verdict.task, poll_at, now)
        elif isinstance(verdict, Refused):
            await store.run(outcomes.refuse, attempt.id, verdict.code, verdict.reason, now)
        elif isinstance(verdict, Later):
            self._not_before = max(self._not_before, time.monotonic() + verdict.seconds)
            _log.warning("The queue waits for %g s: %s.", verdict.seconds, verdict.reason)
            await store.run(outcomes.put_back, attempt.id, now + verdict.seconds, now)
        else:
            _log.warning("The outcome of attempt %s is unknown: %s", attempt.id, verdict.reason)
            await store.run(outcomes.mark_uncertain, attempt.id, verdict.reason, now)
            self._match_at = 0.0

    async def _match(self) -> None:
        try:
            listed = await self._transport.get_active_tasks()
        except LegnextError:
            return
        jobs = [self._listed(task) for task in listed if task.job_id]
        now = time.time()
        found = await self._store.run(self._store.outcomes.match, jobs, now, now)
        for attempt, job in found.items():
            _log.info("Attempt %s is job %s of the service.", attempt, job)

    def _listed(self, task: Task) -> ListedJob:
        began = task.began
        made_at = None if began is None else began.timestamp() - self._clock.skew
        return ListedJob(task.job_id, kind_of(task.task_type), made_at)


def _why_not_stored(error: Exception) -> str:
    """Say to the teacher why an answer is not stored."""
    if isinstance(error, IntegrityError):
        return "the response names a job that belongs to another request"
    return f"the response cannot be stored ({type(error).__name__})"

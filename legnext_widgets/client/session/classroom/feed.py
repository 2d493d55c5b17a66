"""Receive changes of jobs from a gateway by long poll, instead of asking for each job."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Protocol

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.session.retry import backoff

if TYPE_CHECKING:
    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.client.session.polling.poll_order import Polled

_WAIT_SECONDS = 25.0
_LEAST_SECONDS = 0.05

_log = logging.getLogger("legnext_widgets")


class Listener(Protocol):
    """Waits for jobs."""

    @property
    def count(self) -> int:
        """How many jobs it waits for."""

    def on_task(self, task: Task) -> None:
        """Take in a change of a job."""


class ChangeFeed:
    """Wait for changes as long as there are jobs to wait for.

    Args:
        transport: Asks the gateway.
        listener: Takes in what changed, while it waits for jobs.

    Attributes:
        live_since: Since when it receives all changes, on the monotonic clock; None while it does
            not. A job that was known since then needs no poll.
    """

    def __init__(self, transport: Transport, listener: Listener) -> None:
        self.live_since: float | None = None
        self._transport = transport
        self._listener = listener
        self._after = -1
        self._failures = 0
        self._listening: asyncio.Task[None] | None = None

    def covers(self, polled: Polled) -> bool:
        """Whether every change of a job since its newest answer has been received."""
        known, live_since = polled.known_at, self.live_since
        if known is None or live_since is None or polled.failures or polled.job.awaits_output:
            return False
        return known >= live_since

    def begin(self) -> None:
        """Listen, if the service has shown itself as a gateway; on the client's loop."""
        if not self._transport.at_gateway:
            return
        if self._listening is None or self._listening.done():
            self._listening = asyncio.get_running_loop().create_task(self._listen())

    async def aclose(self) -> None:
        """Stop."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        self.live_since = None

    async def _listen(self) -> None:
        try:
            while self._listener.count:
                begun = time.monotonic()
                try:
                    await self._deliver()
                except LegnextError as error:
                    self._failures += 1
                    self.live_since = None  # jobs are polled until it hears again
                    _log.info("The gateway's changes could not be fetched: %s", error)
                    await asyncio.sleep(
                        backoff(self._failures, first=1.0, longest=30.0, chance=1.0)
                    )
                else:
                    self._failures = 0
                    await asyncio.sleep(max(0.0, _LEAST_SECONDS - (time.monotonic() - begun)))
        finally:
            self.live_since, self._after = None, -1

    async def _deliver(self) -> None:
        from .gateway_models import parse_changes  # loaded behind a gateway alone

        seconds = min(_WAIT_SECONDS, 0.8 * self._transport.seconds)
        path = f"/gateway/changes?after={self._after}&wait={seconds:g}"
        asked = time.monotonic()
        changes = parse_changes(await self._transport.get(path))
        if changes.reset or self._after < 0 or self.live_since is None:
            self.live_since = asked  # what was known before may have changed unheard
        self._after = changes.next
        for task in changes.tasks:
            self._listener.on_task(task)

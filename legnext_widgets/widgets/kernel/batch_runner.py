"""A batch of the studio: one job for each prompt, a few at a time, its progress told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from legnext_widgets.client.session.batch import Batch

from .localized import told_of

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Callable, Sequence

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.session.job_state import JobState


class StudioBatch:
    """One batch under way.

    Args:
        client: What sends it.
        requests: What to send.
        click: The click that started it.
        tell: Called with its state for the browser, in whatever thread; must only hand on.
    """

    def __init__(
        self,
        client: Client,
        requests: Sequence[Request],
        click: str,
        tell: Callable[[dict[str, Any]], object],
    ) -> None:
        self._click = click
        self._tell = tell
        self._done = 0
        self._state = "running"
        self._batch = Batch(
            client.session,
            requests,
            client.config.max_concurrent,
            self._progressed,
            changed=self._say,
        )
        self._say()
        self._running = client.runtime.start(self._batch.run())
        self._running.add_done_callback(self._ended)

    @property
    def running(self) -> bool:
        """Whether something is still to be sent or waited for."""
        return not self._running.done()

    def stop(self) -> None:
        """Sends no more; jobs that run go on."""
        self._running.cancel()

    def _progressed(self, done: int, _total: int) -> None:
        self._done = done
        self._say()

    def _ended(self, running: concurrent.futures.Future[list[JobState]]) -> None:
        # What was on its way when it was stopped may still be counted after this.
        stopped = running.cancelled() or running.exception() or self._batch.stopped_by
        self._state = "stopped" if stopped else "done"
        self._say()

    def _say(self) -> None:
        total, reason = len(self._batch.requests), self._batch.stopped_by
        self._tell(
            {
                "click": self._click,
                "total": total,
                "sent": total - self._batch.unsent,
                "done": self._done,
                "failed": self._batch.not_started,
                "state": self._state,
                "reason": None if reason is None else told_of(reason),
            }
        )

"""Run a batch of the studio: one job for each prompt, a few at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.session.submission.batch import Batch

from .protocol.localized import localize_error

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Callable, Sequence

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.session.job_state import JobState

    from .protocol import traits


class BatchRunner:
    """Starts a batch and reports its progress.

    Args:
        client: Sends it.
        requests: What to send.
        click: The click that started it.
        report: Called with its state, in any thread; must return at once.
        reuse: Whether to give the jobs that the library has of the same requests.
    """

    def __init__(
        self,
        client: Client,
        requests: Sequence[Request],
        click: str,
        report: Callable[[traits.Batch], object],
        *,
        reuse: bool = False,
    ) -> None:
        self._click = click
        self._report = report
        self._done = 0
        self._state: traits.BatchState = "running"
        self._batch = Batch(
            client.session,
            requests,
            client.config.max_concurrent,
            self._progressed,
            changed=self._report_state,
            reuse=reuse,
        )
        self._report_state()
        self._running = client.runtime.start(self._batch.run())
        self._running.add_done_callback(self._ended)

    @property
    def running(self) -> bool:
        """Whether a request is still to be sent, or a job to be waited for."""
        return not self._running.done()

    def stop(self) -> None:
        """Stop sending; running jobs continue."""
        self._running.cancel()

    def _progressed(self, done: int, _total: int) -> None:
        self._done = done
        self._report_state()

    def _ended(self, running: concurrent.futures.Future[list[JobState]]) -> None:
        # A request that was on its way when the batch was stopped may still be counted later.
        stopped = running.cancelled() or running.exception() or self._batch.stopped_by
        self._state = "stopped" if stopped else "done"
        self._report_state()

    def _report_state(self) -> None:
        total, reason = len(self._batch.requests), self._batch.stopped_by
        self._report(
            {
                "click": self._click,
                "total": total,
                "sent": total - self._batch.unsent,
                "done": self._done,
                "failed": self._batch.not_started,
                "state": self._state,
                "jobs": [job.id for job in self._batch.jobs],
                "reason": None if reason is None else localize_error(reason),
            }
        )

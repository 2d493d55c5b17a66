"""Run the batches of a studio one after the other: one job for each prompt, a few at a time."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from .protocol.localized import localize, localize_error

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Callable, Sequence

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.errors import SubmissionUncertainError
    from legnext_widgets.client.session.job_state import JobState

    from .protocol import traits
    from .protocol.job_values import LocalizedMessage


class BatchRunner:
    """Starts a batch and reports its progress.

    Args:
        client: Sends it.
        requests: What to send.
        click: The click that started it.
        report: Called with its state, in any thread; must return at once.
        report_unknown: Called, likewise, with the error of each request of unknown outcome.
        reuse: Whether to give the jobs that the library has of the same requests.
    """

    def __init__(
        self,
        client: Client,
        requests: Sequence[Request],
        click: str,
        report: Callable[[traits.Batch], object],
        report_unknown: Callable[[SubmissionUncertainError], object],
        *,
        reuse: bool = False,
    ) -> None:
        from legnext_widgets.client.session.submission.batch import Batch

        self._click = click
        self._report = report
        self._report_unknown = report_unknown
        self._unknown: set[SubmissionUncertainError] = set()
        self._done = 0
        self._state: traits.BatchState = "running"
        self._client = client
        self._batch = Batch(
            client.session,
            requests,
            self._progressed,
            changed=self._changed,
            reuse=reuse,
        )
        self._running = self._begun()

    @property
    def running(self) -> bool:
        """Whether a request is still to be sent, or a job to be waited for."""
        return not self._running.done()

    @property
    def left(self) -> int:
        """How many requests can be sent still: not sent, or certainly not accepted."""
        return 0 if self._client.runtime.closed else self._batch.left

    def stop(self) -> None:
        """Stop sending; running jobs continue."""
        self._running.cancel()

    def resume(self) -> None:
        """Send what is left, after it has ended."""
        self._state = "running"
        self._running = self._begun()

    def _begun(self) -> concurrent.futures.Future[list[JobState]]:
        running = self._client.runtime.start(self._batch.run())
        self._report_state()
        running.add_done_callback(self._ended)
        return running

    def _progressed(self, done: int, _total: int) -> None:
        self._done = done
        self._report_state()

    def _changed(self) -> None:
        for error in self._batch.uncertain:
            if error not in self._unknown:
                self._unknown.add(error)
                self._report_unknown(error)
        self._report_state()

    def _ended(self, running: concurrent.futures.Future[list[JobState]]) -> None:
        # A request that was on its way when the batch was stopped may still be counted later.
        stopped = running.cancelled() or running.exception() or self._batch.stopped_by
        self._state = "stopped" if stopped else "done"
        self._report_state()

    def _report_state(self) -> None:
        total, batch = len(self._batch.requests), self._batch
        self._report(
            {
                "click": self._click,
                "total": total,
                "sent": total - batch.unsent,
                "done": self._done,
                "failed": batch.not_started,
                "uncertain": len(batch.uncertain),
                "state": self._state,
                "jobs": [job.id for job in batch.jobs],
                "reason": self._reason(),
                "waiting": 0,
                "left": 0 if self._state == "running" else self.left,
            }
        )

    def _reason(self) -> LocalizedMessage | None:
        """Return why it stopped by itself or waits, or in the end why a request made no job."""
        batch = self._batch
        if batch.stopped_by is not None:
            return localize_error(batch.stopped_by)
        if batch.held_by is not None:
            return localize(batch.held_by)
        errors = [job.submit_error for job in batch.jobs if job.status == "failed"]
        refusal = next(filter(None, errors), None) if self._state == "done" else None
        return None if refusal is None else localize_error(refusal)


class QueuedBatch(NamedTuple):
    """A batch that is to run.

    Attributes:
        client: Sends it.
        requests: What to send.
        click: The click that asked for it.
        reuse: Whether to give the jobs that the library has of the same requests.
    """

    client: Client
    requests: Sequence[Request]
    click: str
    reuse: bool


class BatchQueue:
    """Runs one batch at a time; others wait their turn.

    Args:
        report: Called with the client and the state of the batch that runs, in any thread; must
            return at once.
        report_unknown: Called, likewise, with the client and the error of each request of unknown
            outcome.
    """

    def __init__(
        self,
        report: Callable[[Client, traits.Batch], object],
        report_unknown: Callable[[Client, SubmissionUncertainError], object],
    ) -> None:
        self._report = report
        self._report_unknown = report_unknown
        self._lock = threading.RLock()
        self._waiting: deque[QueuedBatch] = deque()
        self._runner: BatchRunner | None = None
        self._last: traits.Batch | None = None

    @property
    def running(self) -> bool:
        """Whether a batch runs or waits."""
        return bool(self._waiting) or (self._runner is not None and self._runner.running)

    def add(self, wanted: QueuedBatch) -> bool:
        """Begin a batch, or have it wait for the one that runs.

        Returns:
            Whether it waits.
        """
        with self._lock:
            waits = self.running
            if waits:
                self._waiting.append(wanted)
                if self._last is not None:
                    self._publish(wanted.client, self._last)
            else:
                self._begin(wanted)
            return waits

    def stop(self) -> None:
        """Stop sending, and drop the batches that wait; running jobs continue."""
        with self._lock:
            self._waiting.clear()
            if self._runner is not None:
                self._runner.stop()

    def resume(self) -> None:
        """Send what is left of the last batch, if it has ended."""
        with self._lock:
            if self._runner is not None and not self.running and self._runner.left:
                self._runner.resume()

    def _begin(self, wanted: QueuedBatch) -> None:
        self._runner = BatchRunner(
            wanted.client,
            wanted.requests,
            wanted.click,
            lambda state: self._progressed(wanted.client, state),
            lambda error: self._report_unknown(wanted.client, error),
            reuse=wanted.reuse,
        )

    def _progressed(self, client: Client, state: traits.Batch) -> None:
        with self._lock:
            if state["state"] == "stopped":  # what stopped it would stop the others
                self._waiting.clear()
            self._publish(client, state)
            if state["state"] == "done" and self._waiting:
                self._begin(self._waiting.popleft())

    def _publish(self, client: Client, state: traits.Batch) -> None:
        self._last = {**state, "waiting": len(self._waiting)}
        self._report(client, self._last)

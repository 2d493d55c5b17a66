"""What is known of one job at this moment, and who is told when it changes."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models import FINAL_STATUSES, Task
from legnext_widgets.client.api.redaction import plain
from legnext_widgets.client.api.requests import Request, from_payload
from legnext_widgets.client.errors import SubmissionUncertainError

from .schedule import Expectation, expected_remaining

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from legnext_widgets.client.errors import LegnextError

    from .store import JobRecord

_log = logging.getLogger("legnext_widgets")


class JobState:
    """One job. It is changed on its client's event loop only and may be read from any thread.

    Attributes:
        id: The job id; empty for a job that was never accepted.
        request: What was submitted, or None for a job taken over by its id.
        task: The last answer, or None before the first one.
        submit_error: Why the job was not accepted, for a job of a batch that failed to start.
        stopped_by: Why it is not followed any more although it is not done (401, 403, 404).
        last_poll_error: What went wrong with the last poll, while polling goes on; None when it was fine.
        submitted_here: Whether this client submitted it, so that it counts for its budget.
        kept: Files of its videos that are on this machine, by their number.
        posters: Small pictures of these.
        sandbox: Whether a memory says that it belongs to the simulated service.
        favourite: Whether the person marked it.
        note: What the person wrote about it.
    """

    def __init__(
        self, job_id: str, *, request: Request | None = None, task: Task | None = None
    ) -> None:
        self.id = job_id
        self.request = request
        self.task = task
        self.submit_error: LegnextError | None = None
        self.stopped_by: LegnextError | None = None
        self.last_poll_error: LegnextError | None = None
        self.kept: Mapping[int, Path] = {}
        self.posters: Mapping[int, Path] = {}
        self.sandbox = False
        self.favourite = False
        self.note = ""
        self.speed = 1.0
        self.expected: Expectation | None = None
        self._seen_at = time.monotonic()
        self.submitted_here = request is not None
        self._watchers: list[Callable[[], object]] = []
        self._changed: asyncio.Event | None = None

    @classmethod
    def of_record(cls, record: JobRecord) -> JobState:
        """The job as a memory has it; its times run on the service's clock."""
        job = cls(record.job_id or "", task=Task.of(record.task) if record.task else None)
        if record.attempt is not None:
            try:
                job.request = from_payload(record.attempt.endpoint, record.attempt.payload)
            except ValueError:  # written by a version that allowed what this one does not
                job.request = None
        job.kept, job.posters = dict(record.kept), dict(record.posters)
        job.favourite, job.note = record.favourite, record.note
        job.sandbox = record.identity.sandbox
        if record.state == "accepted" and job.task is None:
            job.task = Task.of({"job_id": job.id, "status": "pending"})
        if record.state != "accepted" and job.request is not None:
            job.submit_error = SubmissionUncertainError(
                record.reason or "the program ended before the answer came",
                request=job.request,
                sent_at=record.created_at,
                candidates_known=False,
            )
        return job

    @property
    def status(self) -> str:
        """The service's word; `unknown` before it was asked, `failed` if it never started.

        `uncertain` is said of a request of which nobody knows whether it became a job.
        """
        if self.submit_error is not None:
            return (
                "uncertain" if isinstance(self.submit_error, SubmissionUncertainError) else "failed"
            )
        return self.task.status if self.task else "unknown"

    @property
    def done(self) -> bool:
        """Whether nothing will change any more."""
        return self.submit_error is not None or self.status in FINAL_STATUSES

    @property
    def task_type(self) -> str:
        """Such as `video_diffusion`; empty when nobody knows yet."""
        if self.task and self.task.task_type:
            return self.task.task_type.replace("-", "_")
        return self.request.endpoint.replace("-", "_") if self.request else ""

    @property
    def created_at(self) -> datetime | None:
        """When the service made the job, by its clock."""
        return self.task.began if self.task else None

    @property
    def elapsed(self) -> float | None:
        """Seconds since the job was made, or that it took; None when nobody knows.

        For a job submitted here it runs on this machine's clock, whatever the service's clock says.
        """
        if self.task and self.done and self.task.duration is not None:
            return self.task.duration
        if self.submitted_here:
            return time.monotonic() - self._seen_at
        if self.created_at is None:
            return None
        return max(0.0, (datetime.now(UTC) - self.created_at).total_seconds())

    @property
    def age(self) -> float:
        """Seconds since the job began to run, as far as is known, else since it was made."""
        # Where the service's clock is unknown, or ahead of ours, time still passes here.
        age = max(self.elapsed or 0.0, time.monotonic() - self._seen_at)
        if self.task and self.task.meta.started_at and self.task.meta.created_at:
            queued = (self.task.meta.started_at - self.task.meta.created_at).total_seconds()
            return max(0.0, age - max(0.0, queued))
        return age

    @property
    def expected_remaining(self) -> float | None:
        """Seconds the job is expected to run still; None when nobody can say."""
        if self.done or self.expected is None or self.status == "unknown":
            return None
        return expected_remaining(self.age, self.expected, speed=self.speed)

    @property
    def progress(self) -> float | None:
        """0 to 1: what the service says, else an estimate from how long such jobs take."""
        if self.done:
            return 1.0 if self.status == "completed" else None
        if self.task and self.task.progress is not None:
            return min(1.0, max(0.0, self.task.progress / 100))
        remaining = self.expected_remaining
        if remaining is None:
            return None
        return min(0.99, self.age / (self.age + remaining)) if self.age + remaining else 0.0

    def update(self, task: Task) -> None:
        """Takes in an answer of the service."""
        before = (
            self.status,
            self.task.raw if self.task else None,
            self.stopped_by,
            self.last_poll_error,
        )
        if not (self.done and not task.done):  # an old answer that arrives late changes nothing
            self.task = task
        self.stopped_by = self.last_poll_error = None
        if before != (self.status, self.task.raw if self.task else None, None, None):
            self.notify()

    def stop(self, trouble: LegnextError) -> None:
        """Remembers why the job cannot be followed any more."""
        self.stopped_by = trouble
        self.notify()

    def poll_failed(self, hiccup: LegnextError) -> None:
        """Remembers what went wrong with a poll, while polling goes on."""
        first = self.last_poll_error is None
        self.last_poll_error = hiccup
        if first:
            self.notify()

    def watch(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Calls `callback` after every change, on the client's loop; gives what stops it."""
        self._watchers.append(callback)

        def stop() -> None:
            if callback in self._watchers:
                self._watchers.remove(callback)

        return stop

    def notify(self) -> None:
        """Wakes all who wait and calls all who watch."""
        if self._changed is not None:
            self._changed.set()
            self._changed = None
        for watcher in list(self._watchers):
            try:
                watcher()
            except Exception:  # whoever watches must not end the following of the job
                _log.exception("What watches job %s raised an error.", self.id)

    async def settled(self) -> None:
        """Returns when the job is done; to be awaited on the client's loop.

        Raises:
            LegnextError: It cannot be followed any more.
        """
        while not self.done:
            if self.stopped_by is not None:
                raise plain(self.stopped_by)
            if self._changed is None:
                self._changed = asyncio.Event()
            await self._changed.wait()

"""Hold the current state of one job, and notify its subscribers of changes."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models import Task
from legnext_widgets.client.api.redaction import plain
from legnext_widgets.client.api.requests import Request, from_payload
from legnext_widgets.client.errors import SubmissionUncertainError
from legnext_widgets.client.runtime.callbacks import call_guarded

from .schedule import Expectation, expected_remaining

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from legnext_widgets.client.errors import LegnextError

    from .store import JobRecord


class JobState:
    """One job. It is changed on its client's event loop only and may be read from any thread.

    Attributes:
        id: The job id; empty for a job that was never accepted.
        request: What was submitted; None for a job taken over by its id.
        task: The last answer; None before the first one.
        submit_error: Why the job was not accepted, for a job of a batch that failed to start.
        stopped_by: Why it is not polled any more although it is not done (401, 403, 404).
        last_poll_error: Why the last poll failed, while polling continues; None when it succeeded.
        submitted_here: Whether this client submitted it, so that it counts for its budget.
        kept: Files of its videos on this machine, by their number.
        posters: Small pictures of these.
        attempt_id: Id of the attempt it is stored with; None for a job taken over by its id.
        sandbox: Whether it is stored as a job of a sandbox.
        favourite: Whether the user marked it.
        note: What the user wrote about it.
        speed: How many times faster than the real service its service runs.
        expected: How long such jobs take; None before it is polled.
        seen_at: When it became known here, on the monotonic clock.
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
        self.submitted_here = request is not None
        self.kept: Mapping[int, Path] = {}
        self.posters: Mapping[int, Path] = {}
        self.attempt_id: str | None = None
        self.sandbox = False
        self.favourite = False
        self.note = ""
        self.speed = 1.0
        self.expected: Expectation | None = None
        self.seen_at = time.monotonic()
        self._subscribers: list[Callable[[], object]] = []
        self._changed: asyncio.Event | None = None

    @classmethod
    def of_record(cls, record: JobRecord) -> JobState:
        """Make the state of a stored job; its times are those of the service's clock."""
        state = cls(record.job_id or "", task=Task.of(record.task) if record.task else None)
        if record.attempt is not None:
            state.attempt_id = record.attempt.id
            try:
                state.request = from_payload(record.attempt.endpoint, record.attempt.payload)
            except ValueError:  # stored by a version that allowed what this one does not
                state.request = None
        state.kept, state.posters = dict(record.kept), dict(record.posters)
        state.favourite, state.note = record.favourite, record.note
        state.sandbox = record.identity.sandbox
        if record.state == "accepted" and state.task is None:
            state.task = Task.of({"job_id": state.id, "status": "pending"})
        if record.state != "accepted" and state.request is not None:
            state.submit_error = SubmissionUncertainError(
                record.reason or "the program ended before a response arrived",
                request=state.request,
                sent_at=record.created_at,
                candidates_known=False,
            )
        return state

    @property
    def status(self) -> str:
        """The service's word; `unknown` before the first answer, `failed` if it never started.

        `uncertain` means that a request was sent and it is unknown whether it became a job.
        """
        if self.submit_error is not None:
            return (
                "uncertain" if isinstance(self.submit_error, SubmissionUncertainError) else "failed"
            )
        return self.task.status if self.task else "unknown"

    @property
    def done(self) -> bool:
        """Whether nothing will change any more."""
        return self.submit_error is not None or (self.task is not None and self.task.done)

    @property
    def completed(self) -> bool:
        """Whether it is done and has output."""
        return self.done and self.status == "completed"

    @property
    def task_type(self) -> str:
        """Such as `video_diffusion`; empty while unknown."""
        if self.task and self.task.task_type:
            return self.task.task_type.replace("-", "_")
        return self.request.endpoint.replace("-", "_") if self.request else ""

    @property
    def created_at(self) -> datetime | None:
        """When the service made the job, by its clock."""
        return self.task.began if self.task else None

    @property
    def elapsed(self) -> float | None:
        """Seconds since the job was made, or that it took; None while unknown.

        For a job submitted here it is counted on this machine's clock, not on the service's.
        """
        if self.task and self.done and self.task.duration is not None:
            return self.task.duration
        if self.submitted_here:
            return time.monotonic() - self.seen_at
        if self.created_at is None:
            return None
        return max(0.0, (datetime.now(UTC) - self.created_at).total_seconds())

    @property
    def age(self) -> float:
        """Seconds since the job began to run, where that is known, else since it was made."""
        # Where the service's clock is unknown, or ahead of ours, time still passes here.
        age = max(self.elapsed or 0.0, time.monotonic() - self.seen_at)
        if self.task and self.task.meta.started_at and self.task.meta.created_at:
            queued = (self.task.meta.started_at - self.task.meta.created_at).total_seconds()
            return max(0.0, age - max(0.0, queued))
        return age

    @property
    def expected_remaining(self) -> float | None:
        """Seconds the job is expected to run still; None when there is no estimate."""
        if self.done or self.expected is None or self.status == "unknown":
            return None
        return expected_remaining(self.age, self.expected, speed=self.speed)

    @property
    def progress(self) -> float | None:
        """0 to 1: as the service states it, else estimated from how long such jobs take."""
        if self.done:
            return 1.0 if self.completed else None
        if self.task and self.task.progress is not None:
            return min(1.0, max(0.0, self.task.progress / 100))
        remaining = self.expected_remaining
        if remaining is None:
            return None
        return min(0.99, self.age / (self.age + remaining)) if self.age + remaining else 0.0

    def take(self, task: Task) -> bool:
        """Take in an answer of the service without notifying subscribers.

        An old answer that arrives after a final one changes nothing.

        Returns:
            Whether anything changed.
        """
        before, error = self.task, self.stopped_by or self.last_poll_error
        if not self.done or task.done:
            self.task = task
        self.stopped_by = self.last_poll_error = None
        same = before is not None and self.task is not None and before.raw == self.task.raw
        return error is not None or not same

    def update(self, task: Task) -> None:
        """Take in an answer of the service and notify subscribers of a change."""
        if self.take(task):
            self.notify()

    def stop(self, error: LegnextError) -> None:
        """Remember why the job cannot be polled any more, and notify subscribers."""
        self.stopped_by = error
        self.notify()

    def poll_failed(self, error: LegnextError) -> None:
        """Record why a poll failed while polling continues; notify subscribers of the first one."""
        first = self.last_poll_error is None
        self.last_poll_error = error
        if first:
            self.notify()

    def watch(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call `callback` after every change, on the client's loop.

        Returns:
            A function that stops it.
        """
        self._subscribers.append(callback)

        def stop() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return stop

    def notify(self) -> None:
        """Wake all that wait and call all subscribers."""
        if self._changed is not None:
            self._changed.set()
            self._changed = None
        for callback in list(self._subscribers):
            call_guarded(callback)

    async def settled(self) -> None:
        """Return when the job is done; to be awaited on the client's loop.

        Raises:
            LegnextError: It cannot be polled any more.
        """
        while not self.done:
            if self.stopped_by is not None:
                raise plain(self.stopped_by)
            if self._changed is None:
                self._changed = asyncio.Event()
            await self._changed.wait()

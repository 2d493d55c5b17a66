"""Hold the current state of one job, and notify its subscribers of changes.

A job that is completed with output stays so despite later answers: see `task_updates`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models.task_updates import after_answer
from legnext_widgets.client.api.values.prompt import split
from legnext_widgets.client.errors import SubmissionUncertainError
from legnext_widgets.client.marks.model import JobMarks, MarkStore
from legnext_widgets.client.media.containers import Flaw, flaw_on_disk
from legnext_widgets.client.messages import Message, without_links
from legnext_widgets.client.redaction import strip_frames
from legnext_widgets.client.runtime.callbacks import Subscribers
from legnext_widgets.client.schedule import Expectation, expected_remaining

from .retry import UnusableAnswers, is_refusal
from .stored_job import request_of, task_of, uncertain_error_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.errors import LegnextError

    from .store import JobRecord

LATELY = 600.0
"""Seconds after a job's end in which a media host may not have its files yet."""


class JobState:
    """One job. It is changed on its client's event loop only and may be read from any thread.

    Attributes:
        id: The job id; empty for a job that was never accepted.
        submit_error: Why the job was not accepted, for a job of a batch that failed to start.
        stopped_by: Why it is not polled any more although it is not done: the service refuses to
            show it, again and again.
        last_poll_error: Why the last poll failed, while polling continues; None when it succeeded.
        refusals: The answers in a row that it is not there, or not for this key.
        output_given_up: Whether links are not awaited any more, of a job completed without any.
        submitted_here: Whether this client submitted it, so that it counts for its budget.
        kept: Files of its videos on this machine, by their number.
        sizes: Bytes that these files had when they were kept.
        posters: Small pictures of these.
        attempt_id: Id of the attempt it is stored with; None for a job taken over by its id.
        sandbox: Whether it is stored as a job of a sandbox.
        marks, mark_store: What the user marked, and where that is stored, or None.
        speed: How many times faster than the real service its service runs.
        skew: Seconds by which its service's clock is ahead of this machine's.
        expected: How long such jobs take; None before it is polled.
        seen_at: When it became known here, on the monotonic clock.
    """

    def __init__(
        self,
        job_id: str,
        *,
        request: Request | None = None,
        task: Task | None = None,
        record: JobRecord | None = None,
    ) -> None:
        self.id = job_id
        self._record = record  # read when first used: a list of many jobs is quick to make
        if request is not None:
            self.request = request
        if task is not None:
            self.task = task
        self.submit_error: LegnextError | None = None
        self.stopped_by: LegnextError | None = None
        self.last_poll_error: LegnextError | None = None
        self.refusals = UnusableAnswers()
        self.output_given_up = False
        self.submitted_here = request is not None
        self.kept: Mapping[int, Path] = {}
        self.sizes: Mapping[int, int] = {}
        self.posters: Mapping[int, Path] = {}
        self.attempt_id: str | None = None
        self.sandbox = False
        self.marks = JobMarks()
        self.mark_store: MarkStore | None = None
        self.speed = 1.0
        self.skew = 0.0
        self.expected: Expectation | None = None
        self.seen_at = time.monotonic()
        self._ended_at: float | None = None
        self._subscribers = Subscribers()

    @classmethod
    def of_record(cls, record: JobRecord) -> JobState:
        """Make the state of a stored job; its times are those of the service's clock."""
        state = cls(record.job_id or "", record=record)
        state.attempt_id = record.attempt.id if record.attempt is not None else None
        state.kept, state.posters = dict(record.kept), dict(record.posters)
        state.sizes, state.marks = dict(record.sizes), record.marks
        state.sandbox = record.identity.sandbox
        # Given up in an earlier session, as its reason says.
        state.output_given_up = record.state == "accepted" and record.reason is not None
        state.submit_error = uncertain_error_of(record)
        return state

    @cached_property
    def request(self) -> Request | None:
        """What was submitted; None for a job taken over by its id."""
        return request_of(self._record)

    @cached_property
    def task(self) -> Task | None:
        """The last answer; None before the first one."""
        return task_of(self._record)

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
        return self.submit_error is not None or (
            self.task is not None and self.task.done and not self.awaits_output
        )

    @property
    def awaits_output(self) -> bool:
        """Whether the service calls it completed, but has given no links yet."""
        return self._lacks_output and not self.output_given_up

    @property
    def completed(self) -> bool:
        """Whether it is done and has output."""
        return self.done and self.status == "completed" and not self._lacks_output

    @property
    def warning(self) -> Message | None:
        """What a person should know while it is still asked for; None when all is well."""
        if self.done or self.stopped_by is not None:
            return None
        error = self.last_poll_error
        if error is not None:
            key = "not_shown_yet" if is_refusal(error) else "asking_failed"
            return Message(key, reason=error.localizable)
        return Message("links_awaited") if self.awaits_output else None

    @property
    def task_type(self) -> str:
        """Such as `video_diffusion`; empty while unknown."""
        if self.task and self.task.task_type:
            return self.task.kind
        return self.request.kind if self.request else ""

    @property
    def prompt(self) -> str:
        """The words it was made from, without link and options; empty where they are unknown."""
        if self.request is not None:
            return self.request.parts.words
        sent = self.task.input if self.task else None
        words = sent.get("prompt") if isinstance(sent, dict) else None
        return split(words).words if isinstance(words, str) else ""

    @property
    def created_at(self) -> datetime | None:
        """When the service made the job, by its clock."""
        return self.task.began if self.task else None

    @property
    def elapsed(self) -> float | None:
        """Seconds since the job was made, or that it took; None when unknown.

        For a job submitted here it is counted on this machine's clock, not on the service's.
        """
        if self.done:
            if self.task is not None and self.task.duration is not None:
                return self.task.duration
            seen_here = self.submitted_here and self._ended_at is not None
            return self._ended_at - self.seen_at if seen_here and self._ended_at else None
        if self.submitted_here:
            return time.monotonic() - self.seen_at
        if self.created_at is None:
            return None
        return max(0.0, (self.service_time() - self.created_at).total_seconds())

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
    def ended_lately(self) -> bool:
        """Whether it ended in the last minutes, so that its files may not be everywhere yet."""
        if self._ended_at is not None:
            return (time.monotonic() - self._ended_at) * self.speed < LATELY
        ended = self.task.meta.ended_at if self.task and self.done else None
        return ended is not None and (self.service_time() - ended).total_seconds() < LATELY

    @property
    def elapsed_since_end(self) -> float:
        """Seconds since it ended, by its service's clock; 0 while unknown."""
        ended = self.task.meta.ended_at if self.task else None
        return 0.0 if ended is None else (self.service_time() - ended).total_seconds()

    @property
    def failure(self) -> str:
        """Why it is done without output, as a sentence; empty when it has output or still runs."""
        if self.task is None or not self.done or self.completed:
            return ""
        if self._lacks_output:
            return without_links(self.id, self.task.points)
        return self.task.reason or Message("no_reason")

    def kept_file(self, index: int) -> Path | None:
        """Return the file of a kept clip, if it is there and as it was when it was kept."""
        return None if self.kept_flaw(index) else self.kept.get(index)

    def kept_flaw(self, index: int) -> Flaw | None:
        """Find out what is wrong with the file of a kept clip; None for one that is not kept."""
        path = self.kept.get(index)
        if path is None:
            return None
        try:
            return flaw_on_disk(path, self.sizes.get(index))
        except OSError as error:
            return Flaw(f"it cannot be read: {error.strerror or error}")

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

        An answer that says less than is known changes nothing: one that is old and comes late, or
        one without the output that was there before.

        Returns:
            Whether anything changed.
        """
        before, error = self.task, self.stopped_by or self.last_poll_error
        was_done = self.done
        self.task = after_answer(before, task, has_files=bool(self.kept))
        self.refusals.clear()
        if self.done and not was_done and (before is not None or self.submitted_here):
            self._ended_at = time.monotonic()
        self.stopped_by = self.last_poll_error = None
        same = before is not None and before.raw == self.task.raw
        return error is not None or not same

    def update(self, task: Task) -> None:
        """Take in an answer of the service and notify subscribers of a change."""
        if self.take(task):
            self.notify()

    def stop(self, error: LegnextError) -> None:
        """Remember why the job cannot be polled any more, and notify subscribers."""
        self.stopped_by = error
        self.notify()

    def give_up_output(self) -> None:
        """Await no links any more, and notify subscribers."""
        self.output_given_up = True
        self.notify()

    def poll_failed(self, error: LegnextError) -> None:
        """Record why a poll failed while polling continues; notify subscribers of the first one."""
        first = self.last_poll_error is None
        self.last_poll_error = error
        if first:
            self.notify()

    @property
    def favourite(self) -> bool:
        """Whether any of it is a favourite."""
        return self.marks.favourite

    @property
    def note(self) -> str:
        """The note about it."""
        return self.marks.note

    @property
    def _lacks_output(self) -> bool:
        """Whether it is completed without links. A file of it shows that it had some."""
        return self.task is not None and self.task.lacks_output and not self.kept

    def service_time(self) -> datetime:
        """Return the time on the clock of its service."""
        return datetime.now(UTC) + timedelta(seconds=self.skew)

    def watch(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call `callback` after every change, on the client's loop.

        Returns:
            A function that stops it.
        """
        return self._subscribers.add(callback)

    def notify(self) -> None:
        """Wake all that wait and call all subscribers."""
        self._subscribers.notify()

    def call_subscribers(self) -> None:
        """Call all subscribers, but wake nothing that waits; from any thread."""
        self._subscribers.call()

    async def settled(self) -> None:
        """Return when the job is done; to be awaited on the client's loop.

        Raises:
            LegnextError: It cannot be polled any more.
        """
        while not self.done:
            if self.stopped_by is not None:
                raise strip_frames(self.stopped_by)
            await self._subscribers.changed()

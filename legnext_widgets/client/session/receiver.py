"""Take in every answer about a job: the one door.

A submission, a poll, a refresh, a listing of the account, a callback delivery and the store all
come in here, and each answer has the same effects in the same order: state, budget, store, clip
keeper, subscribers. An answer that says less than is known (see `task_updates`) has none.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from legnext_widgets.client.api.clock import ServiceClock
from legnext_widgets.client.api.models.task_updates import after_listing
from legnext_widgets.client.api.validation import job_id_of
from legnext_widgets.client.marks.model import MarkStore
from legnext_widgets.client.messages import without_links
from legnext_widgets.client.runtime.callbacks import call_guarded

from .job_state import JobState
from .store import ClipStore

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import datetime

    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.errors import NotFoundError

    from .files.clip_keeper import ClipKeeper
    from .identity import CurrentIdentity, Identity
    from .store import JobRecord, JobStore
    from .submission.budget import Budget

Source = Literal["submission", "poll", "listing", "callback", "store"]
"""Where an answer came from: a POST, a question for the job, the account's list of running tasks, a
delivery to a callback, or the store of an earlier session."""

YOUNG = 3600.0
"""Seconds after which a job that the service does not know is given up for good. Before, the next
session asks once more: a cache or proxy before the service can answer 404 for a moment, too."""

_MARGIN = timedelta(seconds=90)
"""How much earlier than the attempt a running task may seem to begin, on the service's clock."""

_WIDE_MARGIN = timedelta(minutes=15)
"""The same where no task matches otherwise: one candidate too few invites paying twice."""

_log = logging.getLogger("legnext_widgets")


class Receiver:
    """The jobs of one client, and the door for every answer about them.

    Args:
        identity: Whose jobs these are.
        budget: Counts the points of jobs that were submitted here.
        store: Where jobs are recorded; None records nothing.

    Attributes:
        jobs: Every job known, by its id.
        clip_keeper: Keeps the clips of completed jobs; None while there is none.
        young: See `YOUNG`.
        clock: The service's clock.
    """

    def __init__(self, identity: CurrentIdentity, budget: Budget, store: JobStore | None) -> None:
        self.jobs: dict[str, JobState] = {}
        self.clip_keeper: ClipKeeper | None = None
        self.young = YOUNG
        self.clock = ServiceClock()
        self._identity = identity
        self._budget = budget
        self._store = store
        # Asked once: a check against a protocol takes as long as all else done with an answer.
        marked: object = store
        self._mark_store = marked if isinstance(marked, MarkStore) else None
        self._clip_store = store if isinstance(store, ClipStore) else None
        self._writes: set[asyncio.Task[None]] = set()
        self._on_new_job: list[Callable[[JobState], object]] = []
        identity.on_change(self._reassign_all)

    def receive(
        self,
        task: Task,
        *,
        source: Source,
        state: JobState | None = None,
        request: Request | None = None,
        attempt_id: str | None = None,
    ) -> JobState:
        """Take in an answer about a job; on the client's loop.

        Args:
            task: The answer.
            source: Where it came from.
            state: The job, where the caller has it; else it is found by its id, or made.
            request: What was submitted, for the answer to a submission.
            attempt_id: The attempt that the store knows it by, for the answer to a submission.

        Returns:
            The state of the job.
        """
        new = False
        if state is None:
            state, new = self._find_or_make(task.job_id, stored=source != "submission")
        if source == "submission":
            state.request, state.attempt_id = request, attempt_id
            state.submitted_here, state.sandbox = True, self._identity.value.sandbox
        elif source == "listing":
            task = after_listing(state.task, task)
        before = state.task
        changed = state.take(task)
        known = state.task
        if known is not None and (known is task or known is not before):
            state.speed, state.skew = self._identity.value.speed, self.clock.skew
            if state.submitted_here:
                self._budget.count(known)
            # The answer to a submission was stored before it was read.
            if source != "submission" and (before is None or before.raw != known.raw):
                self._observe(state, known)
        if self.clip_keeper is not None:
            self.clip_keeper.keep_when_completed(state)
        if new:
            self._announce(state)
        if changed:
            state.notify()
        return state

    def receive_listing(self, tasks: Sequence[Task]) -> None:
        """Take in the account's running tasks, as far as they are known jobs.

        Such tasks have few fields. A final status is left to the next poll, which brings the output
        with it.
        """
        for task in tasks:
            state = self.jobs.get(task.job_id) or self.jobs.get(task.job_id.lower())
            if state is not None and state.task is not None and not (state.done or task.done):
                self.receive(task, source="listing", state=state)

    def receive_not_found(self, job_id: str, error: NotFoundError) -> None:
        """Take in the answer that the service does not know a job.

        An old job is given up in the store, so that the next session does not ask for it again.
        """
        state = self.jobs.get(job_id)
        if state is None or (state.elapsed or 0.0) * state.speed >= self.young:
            self._abandon(job_id, error.message)

    def receive_no_output(self, state: JobState) -> None:
        """Take in that a completed job has no output, however often the service is asked.

        A young job is asked for again by the next session.
        """
        state.give_up_output()
        if state.elapsed_since_end * state.speed >= self.young:
            points = state.task.points if state.task else None
            self._abandon(state.id, without_links(state.id, points))

    def is_young(self, state: JobState) -> bool:
        """Whether a job is known to exist, and was made so lately that it may not be shown yet."""
        known = state.submitted_here or state.task is not None
        return known and (state.elapsed or 0.0) * state.speed < self.young

    def handle(self, job_id: str) -> JobState:
        """Return the job of an id, whichever program submitted it; from any thread. Asks nothing.

        Raises:
            ValueError: It is not a job id.
        """
        if job_id not in self.jobs:
            job_id = job_id_of(job_id).lower()  # the form in which services write a UUID
        state, new = self._find_or_make(job_id)
        if new:
            self._announce(state)
        return state

    def restore(self, record: JobRecord, *, keep_clips: bool) -> JobState | None:
        """Take in a job as the store has it.

        Args:
            record: The stored job.
            keep_clips: Whether the clips of a completed job are still to be kept.

        Returns:
            Its state; None when the job is known already, or is no job.
        """
        if not record.job_id:
            return None
        known = self.jobs.get(record.job_id)
        state, new = (known, False) if known else self._add(JobState.of_record(record))
        if not new:
            if self.clip_keeper is not None and keep_clips:
                self.clip_keeper.keep_when_completed(state)
            return None
        if self.clip_keeper is not None:
            self.clip_keeper.defer(state)
            if state.done and not keep_clips:
                self.clip_keeper.exclude(state)
        if state.task is not None:
            self.receive(state.task, source="store", state=state)
        self._announce(state)
        return state

    def knows(self, job_id: str) -> bool:
        """Whether this client or an earlier session had the job."""
        return job_id in self.jobs or self._record(job_id) is not None

    def candidates(self, running: Sequence[Task], kind: str, sent_at: datetime) -> list[Task]:
        """List the running tasks that a request of unknown outcome may have become.

        Args:
            running: The account's running tasks.
            kind: Their kind, such as `video_diffusion`.
            sent_at: When the request was sent, on this machine's clock.
        """
        unknown = [
            task
            for task in running
            if task.job_id
            and not self.knows(task.job_id)
            and (task.kind == kind or not task.is_of_known_kind)
        ]
        sent_at = self.clock.of(sent_at)
        for margin in (_MARGIN, _WIDE_MARGIN):
            found = [task for task in unknown if not task.began or task.began >= sent_at - margin]
            if found:
                return found
        return []

    def on_new_job(self, callback: Callable[[JobState], object]) -> Callable[[], None]:
        """Call `callback` with each job that becomes known.

        Returns:
            A function that stops it.
        """
        self._on_new_job.append(callback)

        def stop() -> None:
            if callback in self._on_new_job:
                self._on_new_job.remove(callback)

        return stop

    async def written(self, timeout: float | None = None) -> None:
        """Return when everything received so far is stored, or after `timeout` seconds."""
        if self._writes:
            await asyncio.wait(self._writes, timeout=timeout)

    def _find_or_make(self, job_id: str, *, stored: bool = True) -> tuple[JobState, bool]:
        known = self.jobs.get(job_id) or self.jobs.get(job_id.lower())
        if known is not None:
            return known, False
        record = self._record(job_id) if stored else None
        return self._add(JobState.of_record(record) if record else JobState(job_id))

    def _add(self, state: JobState) -> tuple[JobState, bool]:
        # Read from its record before another thread can see the state, and change it.
        state.task  # noqa: B018
        # Two threads may bring in one job at the same moment; it must have one state.
        known = self.jobs.setdefault(state.id, state)
        if known.mark_store is None:
            known.mark_store = self._mark_store
        return known, known is state

    def _announce(self, state: JobState) -> None:
        for callback in list(self._on_new_job):
            call_guarded(callback, state)

    def _record(self, job_id: str) -> JobRecord | None:
        try:
            return self._store.record(job_id) if self._store else None
        except Exception as error:  # of a user's own store
            _log.warning("The store could not be read: %r", error)
            return None

    def _observe(self, state: JobState, task: Task) -> None:
        identity = self._identity.value
        self._reassign(state, identity)
        if self._store is not None:
            self._write(self._store.observe(identity, task.raw))

    def _reassign_all(self, identity: Identity) -> None:
        for state in list(self.jobs.values()):
            self._reassign(state, identity)

    def _reassign(self, state: JobState, identity: Identity) -> None:
        """Store a job as one of a sandbox, if it was stored before that was known."""
        if identity.sandbox and not state.sandbox:
            state.sandbox = True
            if state.attempt_id is not None and self._clip_store is not None:
                self._write(self._clip_store.reassign(state.attempt_id, identity))

    def _abandon(self, job_id: str, reason: str) -> None:
        if self._clip_store is not None:
            self._write(self._clip_store.abandon(job_id, reason, identity=self._identity.value))

    def _write(self, note: Coroutine[Any, Any, None]) -> None:
        """Store something in the background."""
        writing = asyncio.get_running_loop().create_task(note)
        self._writes.add(writing)
        writing.add_done_callback(self._written)

    def _written(self, writing: asyncio.Task[None]) -> None:
        self._writes.discard(writing)
        if not writing.cancelled() and (error := writing.exception()) is not None:
            _log.warning("The state of a job was not stored: %r", error)

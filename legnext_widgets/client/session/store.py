"""Declare what a session asks of a durable store of jobs and clips.

A session works with any object that has these methods and knows nothing of how it stores;
`legnext_widgets.library.Library` is the one that is used by default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

from legnext_widgets.client.marks.model import JobMarks

from .identity import Identity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from legnext_widgets.client.pictures.picture import Picture

__all__ = [
    "Attempt",
    "AttemptState",
    "ClipStore",
    "Holder",
    "Identity",
    "JobRecord",
    "JobStore",
    "SharedTakes",
    "TakeStore",
    "Takes",
    "VerifyingStore",
]

AttemptState = Literal["intended", "accepted", "refused", "uncertain"]


@dataclass(frozen=True)
class Attempt:
    """One paid request about to be sent.

    Attributes:
        id: A UUID made for this attempt; its `Idempotency-Key`, which a gateway alone reads.
        identity: Where it is sent, and by which account.
        endpoint: Such as `video-diffusion`.
        payload: The JSON body exactly as sent.
        sent_at: Aware UTC time at which the attempt began.
        pictures: The hash of each picture that was uploaded for it (`sha256:...`), by the argument
            that takes its link. A link changes with each upload; the hash does not.
        sources: These pictures themselves. The files of earlier sessions may be gone.
        request_key: What it asks for, by `request_key`; empty takes that of the payload.
        take: Which take of this request it is meant to be, from 1.
    """

    id: str
    identity: Identity
    endpoint: str
    payload: Mapping[str, Any]
    sent_at: datetime
    pictures: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Picture] = field(default_factory=dict)
    request_key: str = field(default="", compare=False)
    take: int = field(default=1, compare=False)


@dataclass(frozen=True)
class JobRecord:
    """What is stored of one attempt and of its job.

    Attributes:
        identity: Whose job it is.
        state: Of the attempt. `intended` after a crash means the same as `uncertain`.
        created_at: When the attempt began; for a job without one, when the service made it.
        job_id: None while the service named no job.
        attempt: None for a job that another program submitted and that was taken over by its id.
        task: The last task object of the service, as JSON; signed URLs without their query.
        kept: Path of each kept clip, by its index.
        reason: Why the attempt was refused, or why its outcome is unknown.
        sizes: Bytes that each kept clip had when it was kept, by its index.
        posters: Path of a small picture of each kept clip that has one, by the clip's index.
        marks: What the user marked: the job and its clips.
        clips_due: Whether clips of it are still to be kept.
        take: Which take of its request it is; None for one that holds none, such as a failed one.
    """

    identity: Identity
    state: AttemptState
    created_at: datetime
    job_id: str | None = None
    attempt: Attempt | None = None
    task: Mapping[str, Any] | None = None
    kept: Mapping[int, Path] = field(default_factory=dict)
    reason: str | None = None
    posters: Mapping[int, Path] = field(default_factory=dict)
    sizes: Mapping[int, int] = field(default_factory=dict)
    marks: JobMarks = field(default_factory=JobMarks)
    clips_due: bool = False
    take: int | None = None

    @property
    def favourite(self) -> bool:
        """Whether the job, or any of its clips, is a favourite."""
        return self.marks.favourite

    @property
    def note(self) -> str:
        """The note about the job."""
        return self.marks.note


class Holder(NamedTuple):
    """The attempt that holds a take of a request.

    Attributes:
        record: What is stored of it and of its job.
        working: Whether it is being sent now, by a process that lives.
    """

    record: JobRecord
    working: bool = False


@runtime_checkable
class JobStore(Protocol):
    """A durable store of attempts and jobs.

    Every coroutine may be awaited on any event loop; what it stores is durable when it returns. No
    method raises for a full, read-only or damaged disk: a paid answer in hand is worth more than
    its record.
    """

    async def intend(self, attempt: Attempt) -> None:
        """Store that `attempt` is about to be sent."""

    async def accept(self, attempt_id: str, job_id: str, answer: bytes) -> None:
        """Store the job that the service made of an attempt, before anything else is done."""

    async def refuse(self, attempt_id: str, reason: str) -> None:
        """Store that nothing was started and nothing charged."""

    async def mark_uncertain(self, attempt_id: str, reason: str) -> None:
        """Store that it is unknown whether the attempt started a job."""

    async def observe(self, identity: Identity, task: Mapping[str, Any]) -> None:
        """Store the task object as the service last sent it."""

    def record(self, job_id: str) -> JobRecord | None:
        """Read what is stored of a job; quick, from any thread."""

    def durations(self, task_type: str, *, sandbox: bool) -> Sequence[float]:
        """List the seconds from start to end of completed jobs of a kind, newest first."""


@runtime_checkable
class ClipStore(JobStore, Protocol):
    """A job store that also keeps clips, and lists what it holds for the next session.

    An `identity` stands for its origin and account, whether it is taken for a sandbox or not: a
    session restores its jobs before the first response says what the service is.
    """

    async def keep(
        self,
        job_id: str,
        index: int,
        fetch: Callable[[Path], Awaitable[object]],
        *,
        identity: Identity | None = None,
    ) -> Path | None:
        """Bring a clip into the store unless it is there; None when it is not to be kept.

        Raises:
            KeyError: The job is not known.
            Exception: What `fetch` raises.
        """

    def poster_path(
        self, job_id: str, index: int, *, identity: Identity | None = None
    ) -> Path | None:
        """Return the path of the poster of a kept clip; None when it has none."""

    def records(
        self, *, identity: Identity | None = None, limit: int | None = None
    ) -> Sequence[JobRecord]:
        """List stored jobs, newest first."""

    def unkept_records(self, identity: Identity | None = None) -> Sequence[JobRecord]:
        """List the completed jobs whose clips are still to be kept."""

    async def abandon(self, job_id: str, reason: str, *, identity: Identity | None = None) -> None:
        """Store that the service does not know a job any more."""

    def unfinished_records(self, identity: Identity | None = None) -> Sequence[JobRecord]:
        """List the jobs that were not final when last observed."""

    async def reassign(self, attempt_id: str, identity: Identity) -> None:
        """Store that an attempt belongs to another identity than it was stored with.

        A session first takes a sandbox for the real service; its first response says what it is.
        """

    def close(self) -> None:
        """Finish pending writes and close."""


class Takes(Protocol):
    """Which attempt holds which take of a request, of one account.

    A take is held by at most one attempt that was not refused and whose job did not fail, also when
    several threads and processes ask at the same moment.
    """

    async def claim(self, attempt: Attempt, *, instead_of: str | None = None) -> Holder | None:
        """Store that an attempt is about to be sent, unless another one holds its take.

        Args:
            attempt: The attempt, with its take.
            instead_of: Id of an attempt that is of no use: it loses the take to this one.

        Returns:
            Who holds the take; None when it is this attempt, which is stored as by `intend`.

        Raises:
            LegnextError: The store cannot be written; nothing may be sent.
        """

    async def is_working(self, attempt_id: str) -> bool:
        """Whether an attempt is being sent now, by a process that lives."""

    async def holders(self, identity: Identity, request_key: str) -> Sequence[Holder]:
        """List who holds the takes of a request, in the order of the takes."""


@runtime_checkable
class SharedTakes(Takes, Protocol):
    """Takes of several accounts, which may turn out to be one account."""

    async def is_held_elsewhere(self, attempt: Attempt) -> bool:
        """Whether another account of the same service holds the take of an attempt's request."""


@runtime_checkable
class TakeStore(ClipStore, Protocol):
    """A clip store that knows which request each job was made from."""

    @property
    def takes(self) -> Takes:
        """Which attempt holds which take of a request."""


@runtime_checkable
class VerifyingStore(ClipStore, Protocol):
    """A clip store that can check what it keeps."""

    def check_kept(self, job_id: str, *, identity: Identity | None = None) -> Sequence[int]:
        """Set aside the kept clips of a job that are damaged; they are to be kept again then.

        Returns:
            Their indices.
        """

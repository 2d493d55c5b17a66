"""What the client asks of a memory on disk.

The client works with any object that has these methods and knows nothing of how they remember;
`legnext_widgets.library.Library` is the one that is used by default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

AttemptState = Literal["intended", "accepted", "refused", "uncertain"]


@dataclass(frozen=True)
class Identity:
    """Whose jobs these are: one service and one account of it.

    Attributes:
        origin: Origin of the service, such as `https://api.legnext.ai`.
        account: One-way fingerprint of the API key, never the key.
        sandbox: Whether the service is the simulated one.
    """

    origin: str
    account: str
    sandbox: bool = False


@dataclass(frozen=True)
class Attempt:
    """One paid request about to be sent.

    Attributes:
        id: A UUID made for this attempt; the service never sees it.
        identity: Where it is sent, and by whom.
        endpoint: Such as `video-diffusion`.
        payload: The JSON body exactly as sent.
        sent_at: Aware UTC time at which the attempt began.
    """

    id: str
    identity: Identity
    endpoint: str
    payload: Mapping[str, Any]
    sent_at: datetime


@dataclass(frozen=True)
class JobRecord:
    """What is remembered of one attempt and of the job that came of it.

    Attributes:
        attempt: None for a job that somebody else submitted and that was taken over by its id.
        state: `intended` after a crash means the same as `uncertain`: nobody knows.
        task: The last task object the service sent, as JSON; signed URLs without their query.
        kept: Path of each kept clip, by its index.
        reason: Why the attempt was refused, or why its outcome is unknown.
        posters: Path of a small picture of each kept clip that has one, by the clip's index.
        favourite: Whether the person marked it.
        note: What the person wrote about it.
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
    favourite: bool = False
    note: str = ""


@runtime_checkable
class JobStore(Protocol):
    """A durable memory of attempts and jobs.

    Every coroutine may be awaited on any event loop; what it says is durable when it returns. None
    raises for a full, read-only or damaged disk: a paid answer in hand is worth more than its note.
    """

    async def intend(self, attempt: Attempt) -> None:
        """Remember that `attempt` is about to be sent."""

    async def accept(self, attempt_id: str, job_id: str, answer: bytes) -> None:
        """Remember the job that the service made of an attempt, before anything else is done."""

    async def refuse(self, attempt_id: str, reason: str) -> None:
        """Remember that nothing was started and nothing charged."""

    async def mark_uncertain(self, attempt_id: str, reason: str) -> None:
        """Remember that nobody knows whether the attempt started a job."""

    async def observe(self, identity: Identity, task: Mapping[str, Any]) -> None:
        """Remember the task object as the service last gave it."""

    def record(self, job_id: str) -> JobRecord | None:
        """What is remembered of a job; quick, from any thread."""

    def durations(self, task_type: str, *, sandbox: bool) -> Sequence[float]:
        """Seconds from started to ended of the newest completed jobs of a kind, newest first."""


@runtime_checkable
class ClipStore(JobStore, Protocol):
    """A journal that also keeps clips, and tells what it knows to the next session."""

    async def keep(
        self,
        job_id: str,
        index: int,
        fetch: Callable[[Path], Awaitable[object]],
        *,
        identity: Identity | None = None,
    ) -> Path | None:
        """Bring a clip into the archive unless it is there; None when it is not to be kept.

        Raises:
            KeyError: When the job is not known.
            Exception: What `fetch` raises.
        """

    def poster_path(self, job_id: str, index: int, *, identity: Identity | None = None) -> Path | None:
        """Tell where the poster of a kept clip lies, None when it has none."""

    def records(
        self, *, identity: Identity | None = None, limit: int | None = None
    ) -> Sequence[JobRecord]:
        """List remembered jobs, newest first."""

    def unkept_records(self, identity: Identity | None = None) -> Sequence[JobRecord]:
        """List the completed jobs whose clips are still to be kept."""

    async def reassign(self, attempt_id: str, identity: Identity) -> None:
        """Store that an attempt belongs to another identity than it was stored with."""

    async def abandon(self, job_id: str, reason: str, *, identity: Identity | None = None) -> None:
        """Remember that the service knows a job no more."""

    def unfinished_records(self, identity: Identity | None = None) -> Sequence[JobRecord]:
        """List the jobs that were running when last heard of."""

    def close(self) -> None:
        """Writes what is still to be written and ends."""

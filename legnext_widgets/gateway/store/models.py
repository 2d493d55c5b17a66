"""What the store gives: members, attempts, and the reasons to refuse a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from legnext_widgets.client.api.models.tasks import kind_of

State: TypeAlias = Literal["queued", "sending", "running", "uncertain", "completed", "failed"]

FINAL: tuple[State, ...] = ("completed", "failed")
TAKES_A_SLOT: tuple[State, ...] = ("sending", "running", "uncertain")

FAR_SECONDS = 900.0
"""Further ahead than any pause. A time that is so far ahead was written before the clock was set
back, and counts as past."""

POINTS = {"video-diffusion": 480, "extend-video": 480, "video-upscale": 120, "diffusion": 80}
"""Points that are held for a request of each endpoint, until the service has named its own."""


@dataclass(frozen=True)
class Member:
    """One student, or the whole class.

    Attributes:
        id: Of the row.
        name: The name at the Hub, or the one the teacher gave.
        limit: Points it may use in all; None for no limit.
        held: Points of its jobs that are not done.
        spent: Points of its jobs that are done.
        blocked: Whether the teacher lets it start nothing.
    """

    id: int
    name: str
    limit: int | None
    held: int
    spent: int
    blocked: bool

    @property
    def left(self) -> int | None:
        """Points it can still use; None for no limit."""
        return None if self.limit is None else max(0, self.limit - self.held - self.spent)


@dataclass(frozen=True)
class Order:
    """A paid request of a student, checked.

    Attributes:
        endpoint: Such as `video-diffusion`.
        payload: Its JSON body in canonical form, as the service gets it but for `jobId`.
        source: The attempt whose job it continues, from `jobId`.
        digest: Of endpoint and body: the same for the same request.
    """

    endpoint: str
    payload: str
    source: str | None
    digest: str


@dataclass(frozen=True)
class Attempt:
    """A paid request of a student, and what became of it.

    Attributes:
        id: The job's id for students.
        member: Id of the student's row.
        name: The student's name.
        endpoint: Such as `video-diffusion`.
        payload: JSON, as in `Order`.
        source: The attempt whose job it continues.
        state: Where it is.
        held: Points held for it.
        spent: Points it took.
        upstream_id: The job's id at the service.
        task: The service's last answer, JSON.
        reason: Why it failed, or why its outcome is unknown.
        secret: The last part of the address for its callback.
        created_at: Unix seconds, as all times here.
        sent_at: When it was sent.
        asked_at: When the service was asked for it last.
        ended_at: When it was done.
    """

    id: str
    member: int
    name: str
    endpoint: str
    payload: str
    source: str | None
    state: State
    held: int
    spent: int
    upstream_id: str | None
    task: str | None
    reason: str | None
    secret: str
    created_at: float
    sent_at: float | None
    asked_at: float | None
    ended_at: float | None

    @property
    def kind(self) -> str:
        """The task type, with underscores."""
        return kind_of(self.endpoint)


@dataclass(frozen=True)
class Gate:
    """The state of the queue.

    Attributes:
        class_id: Distinguishes this gateway's accounts from those of others.
        stopped: Whether the teacher lets nothing start.
        seq: Number of the last change.
    """

    class_id: str
    stopped: bool
    seq: int


@dataclass(frozen=True)
class Change:
    """A change of an attempt, or of the queue (then without one)."""

    seq: int
    attempt: str | None


class RefusedError(Exception):
    """A request was not accepted; nothing was stored.

    Attributes:
        status: HTTP status of the answer.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

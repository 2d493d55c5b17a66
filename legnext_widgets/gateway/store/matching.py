"""Decide which listed job a request of unknown outcome became. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BEFORE_SECONDS = 5.0
"""How much earlier than its request a job may seem to be made: clocks differ a little."""

AFTER_SECONDS = 125.0
"""How much later a job may be made: a whole request takes two minutes at most."""


@dataclass(frozen=True)
class ListedJob:
    """A running job of the account, as the service lists it.

    Attributes:
        id: At the service.
        kind: Its kind, with underscores.
        created_at: When it was made, Unix seconds of this machine; None where the list has no time.
    """

    id: str
    kind: str
    created_at: float | None


@dataclass(frozen=True)
class SentRequest:
    """A request that may have become a job.

    Attributes:
        id: Of the attempt.
        kind: The kind of its job, with underscores.
        sent_at: When it was sent, Unix seconds.
        open: Whether its outcome is unknown. One that is being sent, or that the teacher closed,
            gets no job, but a job may be its own.
    """

    id: str
    kind: str
    sent_at: float | None
    open: bool


def pairs(jobs: Sequence[ListedJob], requests: Sequence[SentRequest]) -> dict[str, str]:
    """Pair requests with jobs where neither has another possible partner.

    Args:
        jobs: The listed jobs that belong to no known request.
        requests: The requests that they may belong to.

    Returns:
        The job's id of each request that has one now.
    """
    found = {}
    for request in requests:
        possible = [job for job in jobs if _may_be(job, request)]
        if not request.open or len(possible) != 1 or possible[0].created_at is None:
            continue
        job = possible[0]
        if sum(_may_be(job, other) for other in requests) == 1:
            found[request.id] = job.id
    return found


def _may_be(job: ListedJob, request: SentRequest) -> bool:
    """Whether a request may have made a job; what is not known excludes nothing."""
    if job.kind not in (request.kind, ""):
        return False
    if job.created_at is None or request.sent_at is None:
        return True
    return -BEFORE_SECONDS <= job.created_at - request.sent_at <= AFTER_SECONDS

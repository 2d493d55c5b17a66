"""Pick the next job to poll: running before queued, and no job forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from legnext_widgets.client.session.retry import UnusableAnswers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from legnext_widgets.client.session.job_state import JobState

_FAIRNESS = 5
"""One in so many polls of queued jobs goes to the job that waited longest for a poll, the others to
the job that is queued longest: it starts next."""


@dataclass(eq=False)
class Polled:
    """A job that is polled.

    Attributes:
        poll_at: When to poll next, on the monotonic clock.
        failures: How many polls failed in a row.
        known_at: When its newest answer was asked for, on the monotonic clock.
        asking: Whether a poll is on its way.
        since: When it began to queue, on the monotonic clock.
        queued: Whether it waits for its turn at the service, as far as is known.
        empty: Polls in a row that showed it completed without output.
        unexplained: Polls in a row that showed it failed without a reason.
    """

    job: JobState
    poll_at: float
    failures: int = 0
    known_at: float | None = None
    asking: bool = False
    since: float = 0.0
    queued: bool = False
    empty: UnusableAnswers = field(default_factory=UnusableAnswers)
    unexplained: int = 0


class PollOrder:
    """The order of polls: running jobs before queued ones, and no job forgotten."""

    def __init__(self) -> None:
        self._queued_polls = 0

    def pick(self, due: Sequence[Polled]) -> Polled | None:
        """Pick the next job to poll; None where none is due."""
        running = [polled for polled in due if not polled.queued]
        if running or not due:
            return min(running, key=_poll_time, default=None)
        self._queued_polls += 1
        fair = self._queued_polls % _FAIRNESS == 0
        return min(due, key=_poll_time if fair else _queueing_time)


def _poll_time(polled: Polled) -> float:
    return polled.poll_at


def _queueing_time(polled: Polled) -> float:
    return polled.since

"""Decide when to poll a job next: a pure function of its kind, its age and earlier durations.

A poll costs a request; a late one costs the seconds between the job's end and our notice of it. If
a job of this age ends within the next second with probability h (its hazard), an interval d costs
d/2 * h seconds of lag and price/d of requests per second; their sum is least at
d = sqrt(2 * price / h). Bounds keep the interval between 2 s and 10 s, and never longer than the
job is old.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from statistics import NormalDist

POLL_PRICE = 0.17
"""Seconds of lag that one poll may cost."""

_STRAGGLERS = 0.03
_STRAGGLERS_TAKE = 1.8
"""A few jobs take about so many times as long as the others."""

_SURPRISING = 0.01
"""Share of jobs that end at an arbitrary time."""


@dataclass(frozen=True)
class Pace:
    """How fast to poll.

    Attributes:
        first: Seconds from submitting a job to its first poll.
        shortest: Seconds between two polls of one job, at least: the service asks for "every few
            seconds".
        longest: Seconds between two polls of one job, at most.
        longest_failing: Seconds after a poll that failed again and again, at most.
        per_second: Polls a second of all jobs together, at the real service.
        per_second_sandbox: The same at a sandbox, which also speeds it up.
        clock_check: Seconds between two looks at the clock, at most, so that the end of a sleep of
            the machine is noticed soon.
    """

    first: float = 2.0
    shortest: float = 2.0
    longest: float = 10.0
    longest_failing: float = 30.0
    per_second: float = 5.0
    per_second_sandbox: float = 25.0
    clock_check: float = 2.0


DEFAULT_PACE = Pace()


@dataclass(frozen=True)
class Expectation:
    """How long jobs of a kind take: a lognormal distribution.

    Attributes:
        middle: Median in seconds.
        spread: Standard deviation of the logarithm.
    """

    middle: float
    spread: float


DOCUMENTED = {
    "video_diffusion": Expectation(205.0, 0.25),
    "extend_video": Expectation(205.0, 0.25),
    "video_upscale": Expectation(297.0, 0.16),
    "diffusion": Expectation(49.0, 0.32),
}
"""From the service's documentation (videos 3 to 5 minutes, upscales 4 to 6) and recordings of real
jobs (videos 156 and 235 s, images 30 to 80 s)."""

_UNKNOWN_KIND = Expectation(200.0, 0.5)
_ENOUGH_HISTORY = 8


def expectation(task_type: str, history: Sequence[float] = ()) -> Expectation:
    """Estimate how long a job of a kind takes.

    Args:
        task_type: Such as `video_diffusion`.
        history: Seconds that earlier jobs of the kind took. Few of them are mixed with what is
            documented; a few very long ones have little weight.
    """
    documented = DOCUMENTED.get(task_type, _UNKNOWN_KIND)
    return _mixed(documented, tuple(seconds for seconds in history if seconds > 0))


def next_delay(
    age: float, expected: Expectation, *, pace: Pace = DEFAULT_PACE, speed: float = 1.0
) -> float:
    """Compute the seconds from now to the next poll of a job.

    Args:
        age: Seconds since the job was made, on the clock of this machine.
        expected: How long such jobs take at the real service.
        pace: The bounds.
        speed: How many times faster the clock of a sandbox runs; 1 at the real service.
    """
    age = max(0.0, age * speed)
    best = math.sqrt(2 * POLL_PRICE / hazard(age, expected))
    return max(pace.shortest, min(best, pace.longest, age)) / speed


def hazard(age: float, expected: Expectation) -> float:
    """Compute the chance per second that a job of this age ends now.

    Three things can happen: it ends as usual, late, or at an arbitrary time.
    """
    age, normal = max(age, 1.0), _normal()
    ending = running = 0.0
    for share, middle in (
        ((1 - _SURPRISING) * (1 - _STRAGGLERS), expected.middle),
        ((1 - _SURPRISING) * _STRAGGLERS, expected.middle * _STRAGGLERS_TAKE),
    ):
        place = (math.log(age) - math.log(middle)) / expected.spread
        ending += share * normal.pdf(place) / (age * expected.spread)
        running += share * normal.cdf(-place)
    surprise = _SURPRISING * math.exp(-age / (20 * expected.middle))
    ending += surprise / (20 * expected.middle)
    running += surprise
    return max(ending / running, 1e-9) if running > 0 else 1e-9


def expected_remaining(age: float, expected: Expectation, *, speed: float = 1.0) -> float | None:
    """Estimate how long a job of this age still runs, by the median of those that take longer.

    Returns:
        Seconds; None when the job is far older than such jobs get.
    """
    age *= speed
    place = (math.log(max(age, 1.0)) - math.log(expected.middle)) / expected.spread
    left = _normal().cdf(-place)
    if left < 0.005:
        return None
    end = math.exp(math.log(expected.middle) - expected.spread * _normal().inv_cdf(left / 2))
    return max(0.0, end - age) / speed


@cache
def _normal() -> NormalDist:
    # With the first job and not with this module: it takes 4 ms to import.
    from statistics import NormalDist

    return NormalDist()


@lru_cache(maxsize=64)
def _mixed(documented: Expectation, history: tuple[float, ...]) -> Expectation:
    if not history:
        return documented
    logs = sorted(math.log(seconds) for seconds in history)
    aside = len(logs) // 8  # the shortest and the longest ones say little about the middle
    usual = logs[aside : len(logs) - aside]
    middle = sum(usual) / len(usual)
    farthest = 3 * documented.spread
    apart = [min(abs(value - middle), farthest) ** 2 for value in logs]
    prior = _ENOUGH_HISTORY
    spread = math.sqrt((sum(apart) + prior * documented.spread**2) / (len(apart) + prior))
    share = len(logs) / (len(logs) + prior / 4)
    return Expectation(
        math.exp(share * middle + (1 - share) * math.log(documented.middle)), max(0.05, spread)
    )


class Clock(Protocol):
    """The two clocks of the module `time`."""

    def monotonic(self) -> float:
        """Return seconds that never go back, and may stand still while the machine sleeps."""

    def time(self) -> float:
        """Return Unix seconds."""

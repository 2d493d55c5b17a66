"""When to ask for a job again: a pure function of its kind, its age and how long such jobs took.

A question costs a request; a late one costs the person the seconds between the job's end and our
knowing. The plan with the least sum of both is found by dynamic programming over the ages a job can
have, given how its kind's durations are distributed. Bounds stand around it: no job is asked for
more often than every 2 s, and one that ends early is noticed before it is twice as old and within
30 s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from statistics import NormalDist, mean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST = 2.0
"""Seconds; no job is asked for more often (the service asks for "every few seconds")."""

LONGEST = 30.0
"""Seconds; a job that ends early or late is noticed within this."""

FIRST = 2.0
"""Seconds from submitting to the first question."""


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
    """How long a job of this kind takes.

    Args:
        task_type: Such as `video_diffusion`.
        history: Seconds that earlier jobs of the kind took. Few of them are mixed with what is
            documented; a few very long ones are not given weight.
    """
    documented = DOCUMENTED.get(task_type, _UNKNOWN_KIND)
    return _mixed(documented, tuple(seconds for seconds in history if seconds > 0))


@lru_cache(maxsize=64)
def _mixed(documented: Expectation, history: tuple[float, ...]) -> Expectation:
    if not history:
        return documented
    logs = sorted(math.log(seconds) for seconds in history)
    aside = len(logs) // 8  # the shortest and the longest ones tell nothing of the middle
    middle = mean(logs[aside : len(logs) - aside])
    farthest = 3 * documented.spread
    apart = [min(abs(value - middle), farthest) ** 2 for value in logs]
    prior = _ENOUGH_HISTORY
    spread = math.sqrt((sum(apart) + prior * documented.spread**2) / (len(apart) + prior))
    share = len(logs) / (len(logs) + prior / 4)
    return Expectation(
        math.exp(share * middle + (1 - share) * math.log(documented.middle)), max(0.05, spread)
    )


def next_delay(age: float, expected: Expectation, *, speed: float = 1.0) -> float:
    """Seconds from now to the next question.

    Args:
        age: Seconds since the job was made, on the clock of this machine.
        expected: How long such jobs take at the real service.
        speed: How many times faster the clock of the sandbox runs; 1 at the real service.
    """
    age = max(0.0, age * speed)
    plan = _plan(expected)
    step = int(age)
    wished = plan[step] if step < len(plan) else LONGEST
    return min(wished, max(SHORTEST, age * 0.95)) / speed


@lru_cache(maxsize=64)
def _plan(expected: Expectation) -> tuple[float, ...]:
    """The best delay for each age in whole seconds, found backwards from an age hardly any gets."""
    oldest = expected.middle * math.exp(4 * expected.spread) * _STRAGGLERS_TAKE
    horizon = math.ceil(min(oldest, _OLDEST)) + 60
    ended = [_ended_by(age, expected) for age in range(horizon + int(LONGEST) + 1)]
    area = list(accumulate(((a + b) / 2 for a, b in pairwise(ended)), initial=0.0))
    cost = [2 * LONGEST] * (horizon + int(LONGEST) + 1)
    plan = [LONGEST] * horizon
    for age in range(horizon - 1, -1, -1):
        running = 1 - ended[age]
        longest = min(LONGEST, max(SHORTEST, age * 0.95))
        best = math.inf
        for delay in range(int(SHORTEST), int(longest) + 1):
            later = age + delay
            lag = area[later] - area[age] - delay * ended[age]
            total = _PRICE + (lag + (1 - ended[later]) * cost[later]) / running
            if total < best:
                best, plan[age] = total, float(delay)
        cost[age] = best
    return tuple(plan)


def _ended_by(age: float, expected: Expectation) -> float:
    """The share of jobs that have ended at an age; a few take far longer, a very few any time."""
    if age <= 0:
        return 0.0
    place = (math.log(age) - math.log(expected.middle)) / expected.spread
    late = place - math.log(_STRAGGLERS_TAKE) / expected.spread
    usual = (1 - _STRAGGLERS) * _NORMAL.cdf(place) + _STRAGGLERS * _NORMAL.cdf(late)
    surprising = 1 - math.exp(-age / (20 * expected.middle))
    return min(1 - 1e-9, (1 - _SURPRISING) * usual + _SURPRISING * surprising)


_NORMAL = NormalDist()
_OLDEST = 1800.0
"""Seconds; beyond this age a job is asked for every half a minute, and planning would take long."""
_STRAGGLERS = 0.03
_STRAGGLERS_TAKE = 1.8
_SURPRISING = 0.01
_PRICE = 0.19
"""Seconds of lag that one request is worth."""


def expected_remaining(age: float, expected: Expectation, *, speed: float = 1.0) -> float | None:
    """Seconds a job of this age still runs, by the median of those that take longer.

    None when it is far older than such jobs get, so that nobody can say.
    """
    age *= speed
    place = (math.log(max(age, 1.0)) - math.log(expected.middle)) / expected.spread
    left = _NORMAL.cdf(-place)
    if left < 0.005:
        return None
    end = math.exp(math.log(expected.middle) - expected.spread * _NORMAL.inv_cdf(left / 2))
    return max(0.0, end - age) / speed


def after_trouble(failures: int, chance: float) -> float:
    """Seconds to wait after a poll that failed: doubling from 2 s to 30 s, with jitter.

    Args:
        failures: How many polls of the job failed in a row, from 1.
        chance: A random number from 0 to 1.
    """
    ceiling: float = min(LONGEST, SHORTEST * 2 ** min(failures - 1, 10))
    return max(SHORTEST, ceiling * (0.5 + chance / 2))

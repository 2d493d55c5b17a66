"""How soon the end of a job is known and what that costs, next to a fixed interval and the optimum.

Run it as `python -m benchmarks.polling [--jobs N]`. The jobs are drawn from distributions that
resemble the known ones: videos lognormal with a median of 200 s, three in a hundred 1.8 times as
long; images 30 to 80 s; upscales 240 to 360 s.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean

from legnext_widgets.client.session.schedule import (
    FIRST,
    SHORTEST,
    Expectation,
    expectation,
    next_delay,
)

NETWORK = 0.15
"""Seconds a question takes; the next delay begins when its answer is there."""

_LONGEST_OF_OPTIMUM = 150.0

Delay = Callable[[float], float]


@dataclass(frozen=True)
class Outcome:
    """What a plan costs over many jobs.

    Attributes:
        lag: Mean seconds from the end of a job to knowing of it.
        requests: Mean questions a job.
        longest_lag: Seconds, of all jobs.
        latest: The greatest lag as a share of the job's own duration.
        shortest: The least seconds between two questions about one job.
    """

    lag: float
    requests: float
    longest_lag: float
    latest: float
    shortest: float


def video(draw: random.Random) -> float:
    """Seconds a video takes."""
    seconds = draw.lognormvariate(math.log(200), 0.18)
    return seconds * 1.8 if draw.random() < 0.03 else seconds


def image(draw: random.Random) -> float:
    """Seconds an image takes."""
    return draw.uniform(30, 80)


def upscale(draw: random.Random) -> float:
    """Seconds an upscale takes."""
    return draw.uniform(240, 360)


KINDS: dict[str, Callable[[random.Random], float]] = {
    "video_diffusion": video,
    "diffusion": image,
    "video_upscale": upscale,
}


def followed(durations: Sequence[float], delay: Delay, first: float) -> Outcome:
    """What a plan costs for jobs of these durations."""
    lags, requests, gaps = [], [], [math.inf]
    for duration in durations:
        age, asked = first, 1
        while age < duration:
            gap = delay(age + NETWORK) + NETWORK
            gaps.append(gap)
            age += gap
            asked += 1
        lags.append(age - duration)
        requests.append(asked)
    shares = [lag / duration for lag, duration in zip(lags, durations, strict=True)]
    return Outcome(mean(lags), mean(requests), max(lags), max(shares), min(gaps))


def ours(expected: Expectation) -> Delay:
    """The plan of this package."""
    return lambda age: next_delay(age, expected)


def optimum(sample: Sequence[float], price: float) -> Delay:
    """The best plan there is when the distribution is known perfectly, by dynamic programming.

    It waits as long as it likes, so that a job that ends unusually early is noticed late.

    Args:
        sample: Durations from that distribution, very many.
        price: Seconds of lag that one question is worth.
    """
    step = 0.5
    most = math.ceil((max(sample) + _LONGEST_OF_OPTIMUM) / step) + 1
    ends = [0] * (most + 1)
    for duration in sample:
        ends[min(most, math.ceil(duration / step))] += 1
    ended, area = [0], [0]
    for place in range(1, most + 1):
        ended.append(ended[-1] + ends[place])
        area.append(area[-1] + ended[-2])
    shortest, longest = round(SHORTEST / step), round(_LONGEST_OF_OPTIMUM / step)
    cost = [0.0] * (most + 1)
    plan = [longest] * (most + 1)
    for place in range(most - longest - 1, -1, -1):
        running = len(sample) - ended[place]
        if not running:
            continue
        best = math.inf
        for wait in range(shortest, longest + 1):
            later = place + wait
            lag = (area[later] - area[place] - wait * ended[place]) * step
            left = len(sample) - ended[later]
            total = price + (lag + left * cost[later]) / running
            if total < best:
                best, plan[place] = total, wait
        cost[place] = best
    return lambda age: plan[min(most, round(age / step))] * step - NETWORK


def compared(jobs: int, seed: int = 5) -> dict[str, dict[str, Outcome]]:
    """All plans for all kinds of jobs."""
    table: dict[str, dict[str, Outcome]] = {}
    for kind, duration in KINDS.items():
        draw = random.Random(seed)
        history = [duration(draw) for _ in range(60)]
        durations = [duration(draw) for _ in range(jobs)]
        known = [duration(draw) for _ in range(20_000)]
        table[kind] = {
            "ours, with history": followed(durations, ours(expectation(kind, history)), FIRST),
            "ours, without history": followed(durations, ours(expectation(kind)), FIRST),
            "every 3 s": followed(durations, lambda _: 3.0 - NETWORK, 3.0),
            "optimum": followed(durations, optimum(known, 0.12), FIRST),
        }
    return table


def lines(table: dict[str, dict[str, Outcome]]) -> list[str]:
    """The table as text."""
    head = f"{'kind':16} {'plan':22} {'mean lag':>9} {'longest':>8} {'requests':>9}"
    shown = [head]
    for kind, plans in table.items():
        for plan, found in plans.items():
            shown.append(
                f"{kind:16} {plan:22} {found.lag:7.2f} s {found.longest_lag:6.1f} s "
                f"{found.requests:9.1f}"
            )
    return shown


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, default=5000)
    print("\n".join(lines(compared(parser.parse_args().jobs))))


if __name__ == "__main__":
    main()

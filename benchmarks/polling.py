"""Simulate polling: how soon the end of a job is noticed, and how many polls that takes.

Run it as `python -m benchmarks.polling [--jobs N]`. It compares our formula with fixed intervals
and with the optimum. The jobs are drawn from distributions that resemble the known ones: videos
lognormal with a median of 200 s, three in a hundred 1.8 times as long; images 30 to 80 s; upscales
240 to 360 s. The service may also be 0.4 or 2 times as slow as documented, with no history of that.
"""

from __future__ import annotations

import argparse
import math
import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks._table import Row
from legnext_widgets.client.schedule import (
    DEFAULT_PACE,
    DOCUMENTED,
    Expectation,
    expectation,
    next_delay,
)

NETWORK = 0.15
"""Seconds a poll takes; the next interval begins with its answer."""

FIRST = DEFAULT_PACE.first
SLOWNESS = (0.4, 2.0)
"""How many times as slow as documented the service may be."""

_LONGEST_OF_OPTIMUM = 150.0

Delay = Callable[[float], float]
Draw = Callable[[random.Random], float]


@dataclass(frozen=True)
class Outcome:
    """What a plan costs over many jobs.

    Attributes:
        lag: Mean seconds from the end of a job to the poll that sees it.
        requests: Mean polls of a job.
        longest_lag: Seconds, of all jobs.
        latest: The greatest lag as a share of the job's own duration.
        shortest: The least seconds between two polls of one job.
    """

    lag: float
    requests: float
    longest_lag: float
    latest: float
    shortest: float


def documented(draw: random.Random) -> float:
    """Draw the seconds of a video as documented."""
    video_takes = DOCUMENTED["video_diffusion"]
    return draw.lognormvariate(math.log(video_takes.middle), video_takes.spread)


def video(draw: random.Random) -> float:
    """Draw the seconds of a video as recorded."""
    seconds = draw.lognormvariate(math.log(200), 0.18)
    return seconds * 1.8 if draw.random() < 0.03 else seconds


def image(draw: random.Random) -> float:
    """Draw the seconds of an image."""
    return draw.uniform(30, 80)


def upscale(draw: random.Random) -> float:
    """Draw the seconds of an upscale."""
    return draw.uniform(240, 360)


KINDS: dict[str, Draw] = {
    "video_diffusion": video,
    "diffusion": image,
    "video_upscale": upscale,
}


def polled(durations: Sequence[float], delay: Delay, first: float = FIRST) -> Outcome:
    """Simulate a plan for jobs of these durations."""
    # A plan depends on the age alone, so all jobs are polled at the same ages.
    ages, gaps = [first], [math.inf]
    longest = max(durations)
    while ages[-1] < longest:
        gaps.append(delay(ages[-1] + NETWORK) + NETWORK)
        ages.append(ages[-1] + gaps[-1])
    noticed = [bisect_left(ages, duration) for duration in durations]
    lags = [ages[poll] - duration for poll, duration in zip(noticed, durations, strict=True)]
    shares = [lag / duration for lag, duration in zip(lags, durations, strict=True)]
    requests = [poll + 1 for poll in noticed]
    return Outcome(mean(lags), mean(requests), max(lags), max(shares), min(gaps))


def ours(expected: Expectation) -> Delay:
    """Return the plan of this package."""
    return lambda age: next_delay(age, expected)


def every(seconds: float) -> Delay:
    """Return the plan of simple clients: a fixed interval."""
    return lambda _: seconds - NETWORK


def optimum(sample: Sequence[float], price: float) -> Delay:
    """Find the best plan for a distribution that is known perfectly, by dynamic programming.

    It waits as long as it likes, so that a job that ends unusually early is noticed late.

    Args:
        sample: Durations from that distribution, very many.
        price: Seconds of lag that one poll is worth.
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
    shortest, longest = round(DEFAULT_PACE.shortest / step), round(_LONGEST_OF_OPTIMUM / step)
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
    """Simulate all plans for all kinds of jobs."""
    table: dict[str, dict[str, Outcome]] = {}
    for kind, draw_seconds in KINDS.items():
        draw = random.Random(seed)
        history = [draw_seconds(draw) for _ in range(60)]
        durations = [draw_seconds(draw) for _ in range(jobs)]
        known = [draw_seconds(draw) for _ in range(20_000)]
        plan = ours(expectation(kind))
        table[kind] = {
            "ours, with history": polled(durations, ours(expectation(kind, history))),
            "ours, without history": polled(durations, plan),
            "every 3 s": polled(durations, every(3.0), 3.0),
            "every 5 s": polled(durations, every(5.0), 5.0),
            "optimum": polled(durations, optimum(known, 0.12)),
        }
        for slowness in SLOWNESS:
            slow = [seconds * slowness for seconds in durations]
            table[kind][f"ours, {slowness:g} times as slow"] = polled(slow, plan)
    return table


def against_interval(seconds: float, jobs: int, seed: int = 5) -> tuple[Outcome, Outcome]:
    """Simulate videos as documented: our plan, and that of a client with a fixed interval."""
    draw = random.Random(seed)
    durations = [documented(draw) for _ in range(jobs)]
    ours_ = polled(durations, ours(expectation("video_diffusion")))
    return ours_, polled(durations, every(seconds), seconds)


def rows(jobs: int = 5000, seed: int = 5) -> list[Row]:
    """Simulate videos of the documented durations, and slower and faster ones without history."""
    draw = random.Random(seed)
    durations = [documented(draw) for _ in range(jobs)]
    plan = ours(expectation("video_diffusion"))
    found = polled(durations, plan)
    made = [
        Row("documented durations, mean lag", found.lag, "s", at_most=3.0),
        Row("documented durations, longest lag", found.longest_lag, "s", at_most=12.0),
        Row("documented durations, polls", found.requests, at_most=30.0),
    ]
    for slowness in SLOWNESS:
        lag = polled([seconds * slowness for seconds in durations], plan).lag
        made.append(Row(f"{slowness:g} times as slow, mean lag", lag, "s", at_most=5.5))
    return made


def lines(table: dict[str, dict[str, Outcome]]) -> list[str]:
    """Format the table."""
    head = f"{'kind':16} {'plan':24} {'mean lag':>9} {'longest':>8} {'polls':>9}"
    shown = [head]
    for kind, plans in table.items():
        for plan, found in plans.items():
            shown.append(
                f"{kind:16} {plan:24} {found.lag:7.2f} s {found.longest_lag:6.1f} s "
                f"{found.requests:9.1f}"
            )
    return shown


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, default=5000)
    print("\n".join(lines(compared(parser.parse_args().jobs))))


if __name__ == "__main__":
    main()

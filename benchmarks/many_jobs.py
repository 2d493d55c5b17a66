"""Measure the cost of following many jobs while a few run, and how soon their end is noticed.

Run it as `python -m benchmarks.many_jobs [--jobs N] [--seconds S]`. The service is an in-process
transport with the queue of an ordinary account: six jobs run at a time, the others wait.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import math
import random
import resource
import sys
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

import legnext_widgets as lw

if TYPE_CHECKING:
    from collections.abc import Callable

RUN_AT_ONCE = 6


@dataclass
class Queue:
    """The service: jobs wait, six run, each for as long as a video takes.

    Attributes:
        asked: When questions came, on the monotonic clock.
        running: When each running job will end.
    """

    duration: float
    waiting: deque[str] = field(default_factory=deque)
    running: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    made: dict[str, datetime] = field(default_factory=dict)
    started: dict[str, datetime] = field(default_factory=dict)
    asked: list[float] = field(default_factory=list)
    last_asked: dict[str, float] = field(default_factory=dict)
    shortest_gap: float = math.inf
    draw: random.Random = field(default_factory=lambda: random.Random(3))

    def turn(self) -> None:
        """Ends what is over and starts what waited longest."""
        now = time.monotonic()
        for job_id, end in list(self.running.items()):
            if end <= now:
                self.ended[job_id] = end
                del self.running[job_id]
        while self.waiting and len(self.running) < RUN_AT_ONCE:
            job_id = self.waiting.popleft()
            self.started[job_id] = datetime.now(UTC)
            self.running[job_id] = now + self.duration * math.exp(self.draw.gauss(0, 0.18))

    def add(self) -> str:
        """A job that was submitted before the measurement."""
        job_id = str(uuid.UUID(int=self.draw.getrandbits(128), version=4))
        self.waiting.append(job_id)
        self.made[job_id] = datetime.now(UTC)
        return job_id

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the service says of a job."""
        self.turn()
        job_id = request.url.path.rpartition("/")[2]
        now = time.monotonic()
        self.asked.append(now)
        self.shortest_gap = min(self.shortest_gap, now - self.last_asked.get(job_id, -math.inf))
        self.last_asked[job_id] = now
        status = "pending"
        if job_id in self.ended:
            status = "completed"
        elif job_id in self.running:
            status = "processing"
        return httpx.Response(200, content=json.dumps(self.task(job_id, status)))

    def task(self, job_id: str, status: str) -> dict[str, Any]:
        """The task object."""
        never = "0001-01-01T00:00:00Z"
        started, made = self.started.get(job_id), self.made[job_id].isoformat()
        times = {"created_at": made, "started_at": started.isoformat() if started else never}
        links = [f"https://cdn.example/temp/{job_id}_{n}.mp4" for n in range(4)]
        return {
            "job_id": job_id,
            "model": "midjourney",
            "task_type": "video_diffusion",
            "status": status,
            "config": {"service_mode": "public"},
            "input": None,
            "output": {"video_urls": links if status == "completed" else None},
            "meta": times | {"ended_at": never, "usage": {"frozen": 480, "consume": 0}},
            "logs": [],
            "error": {"code": 0, "message": ""},
        }


@dataclass(frozen=True)
class Figures:
    """What following cost.

    Attributes:
        core: Share of one core that it took over idle.
        megabytes: Memory that it took over idle.
        polls: Questions a second, the busiest second of ten.
        lags: Seconds from the end of each job to knowing of it.
    """

    how: str
    jobs: int
    seconds: float
    core: float
    megabytes: float
    polls: float
    polls_mean: float
    shortest_gap: float
    lags: list[float]

    @property
    def mean_lag(self) -> float:
        """Mean seconds from the end of a job to knowing of it."""
        return sum(self.lags) / len(self.lags) if self.lags else math.nan


def resident() -> float:
    """Megabytes of memory this process uses now; its peak where that is all the system reports."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


async def ask_every(seconds: float, job: lw.AsyncJob, note: Callable[[lw.AsyncJob], None]) -> None:
    """Follows a job as simple clients do: asks at a fixed interval until it is done."""
    await asyncio.sleep(random.uniform(0, seconds))
    while not job.done:
        await job.refresh()
        note(job)
        await asyncio.sleep(seconds)


async def measured(
    jobs: int, seconds: float, *, duration: float = 200.0, every: float | None = None
) -> Figures:
    """Follows jobs for some seconds.

    Args:
        jobs: How many.
        seconds: How long.
        duration: Median seconds a job runs; the six that run begin spread over it.
        every: Ask for each job at this fixed interval instead.
    """
    queue = Queue(duration)
    own = httpx.AsyncClient(transport=httpx.MockTransport(queue.answer))
    client = lw.AsyncClient("key", library=False, http_client=own)
    ids = [queue.add() for _ in range(jobs)]
    queue.turn()
    for number, job_id in enumerate(list(queue.running)):  # as if they had begun before
        earlier = duration * number / RUN_AT_ONCE
        soonest = time.monotonic() + 5
        queue.running[job_id] = max(soonest, queue.running[job_id] - earlier)
        queue.made[job_id] -= timedelta(seconds=earlier)
        queue.started[job_id] = queue.made[job_id]
    gc.collect()
    memory, cpu, begin = resident(), time.process_time(), time.monotonic()
    noticed: dict[str, float] = {}

    def note(job: lw.AsyncJob) -> None:
        if job.done:
            noticed.setdefault(job.id, time.monotonic())

    simple: list[asyncio.Task[None]] = []
    for job_id in ids:
        handle = await client.job(job_id)
        handle.state.update(lw.Task.parse(queue.task(job_id, "pending")))
        if every is None:
            handle.watch(note)
        else:
            simple.append(asyncio.create_task(ask_every(every, handle, note)))
    await asyncio.sleep(seconds)
    for task in simple:
        task.cancel()
    await asyncio.gather(*simple, return_exceptions=True)
    queue.turn()
    spent, passed = time.process_time() - cpu, time.monotonic() - begin
    used = resident() - memory
    await client.aclose()
    await own.aclose()
    windows = [
        sum(start <= at < start + 10 for at in queue.asked) / 10
        for start in (begin + second for second in range(max(1, int(seconds) - 9)))
    ]
    lags = [noticed[job_id] - end for job_id, end in queue.ended.items() if job_id in noticed]
    late = [begin + passed - end for job_id, end in queue.ended.items() if job_id not in noticed]
    how = "ours" if every is None else f"every {every:g} s"
    return Figures(
        how, jobs, passed, spent / passed, used, max(windows), len(queue.asked) / passed,
        queue.shortest_gap, lags + late,
    )  # fmt: skip


def lines(figures: list[Figures]) -> list[str]:
    """The figures as a table."""
    head = (
        f"{'':>12} {'jobs':>5} {'seconds':>8} {'of a core':>10} {'memory':>9} {'polls/s':>8} "
        f"{'at most':>8} {'least gap':>10} {'ended':>6} {'mean lag':>9}"
    )
    shown = [head]
    shown += [
        f"{f.how:>12} {f.jobs:5} {f.seconds:8.0f} {f.core:10.1%} {f.megabytes:6.1f} MB "
        f"{f.polls_mean:8.2f} "
        f"{f.polls:8.2f} {f.shortest_gap:8.2f} s {len(f.lags):6} {f.mean_lag:7.2f} s"
        for f in figures
    ]
    return shown


def main() -> None:
    """Prints the table: the six that run alone, and among very many, ours and every 3 s."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=240.0)
    given = parser.parse_args()
    alone = asyncio.run(measured(RUN_AT_ONCE, given.seconds))
    print(lines([alone])[0])
    print(lines([alone])[1], flush=True)
    print(lines([asyncio.run(measured(given.jobs, given.seconds))])[1], flush=True)
    print(lines([asyncio.run(measured(given.jobs, given.seconds, every=3.0))])[1])


if __name__ == "__main__":
    main()

"""Measure the library: writes, opening, listing, searching, and what kills leave behind.

Run it as `python -m benchmarks.library [--jobs N] [--kills N]`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._table import Row
from legnext_widgets.client.session.store import Attempt, Identity
from legnext_widgets.library import Filter, Library
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from legnext_widgets.library.db.statements import writes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ACCOUNT = Identity("https://api.legnext.ai", "benchmark")
WORDS = (
    *("cat", "dog", "whale", "lighthouse", "storm", "rain", "neon", "city", "forest", "dancer"),
    *("slow", "pan", "zoom", "golden", "light", "fog", "river", "mountain", "portrait", "macro"),
    *("drone", "night", "market", "paper", "boat", "猫", "雨", "海", "山", "夜", "舞"),
)
WRITES = 300
REPEATS = 15


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        name: The operation.
        milliseconds: The median.
        worst: The slowest run, in milliseconds.
        limit: Milliseconds that the median must stay below; None for none.
    """

    name: str
    milliseconds: float
    worst: float
    limit: float | None


def task_of(job_id: str, created: datetime, chance: random.Random) -> dict[str, Any]:
    """Make a completed task object of the size that the service sends."""
    ended = created + timedelta(seconds=chance.lognormvariate(5.3, 0.18))
    clips = [
        f"https://image.legnext.ai/20250922/{job_id}_0_{number}.mp4?Expires=1761107607&Signature="
        f"{chance.getrandbits(160):x}"
        for number in range(4)
    ]
    return {
        "job_id": job_id,
        "model": "midjourney",
        "task_type": "video_diffusion",
        "status": chance.choices(["completed", "failed", "processing"], [96, 3, 1])[0],
        "config": {"service_mode": "public", "webhook_config": {"endpoint": "", "secret": ""}},
        "input": None,
        "output": {"video_urls": clips, "seed": str(chance.getrandbits(30))},
        "meta": {
            "created_at": created.isoformat(),
            "started_at": created.isoformat(),
            "ended_at": ended.isoformat(),
            "usage": {"type": "point", "frozen": 480, "consume": 480},
        },
        "detail": None,
        "logs": [],
        "error": {"code": 0, "raw_message": "", "message": "", "detail": None},
    }


def attempt_of(when: datetime, chance: random.Random) -> Attempt:
    """Make an attempt with a prompt of usual length."""
    prompt = "https://example.com/still.png " + " ".join(chance.choices(WORDS, k=30))
    payload = {"prompt": prompt, "videoType": 0}
    return Attempt(str(uuid.uuid4()), ACCOUNT, "video-diffusion", payload, when)


def fill(folder: Path, jobs: int) -> None:
    """Write a library of so many jobs."""
    chance = random.Random(1)
    journal = Journal(Database(folder))
    with Library.of(journal):
        for number in range(jobs):
            when = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=10 * number)
            attempt, job_id = attempt_of(when, chance), str(uuid.uuid4())
            task = task_of(job_id, when, chance)
            for write in (
                partial(writes.intend, attempt=attempt, process=""),
                partial(
                    writes.accept, attempt_id=attempt.id, job_id=job_id, answer=b"", attempt=None
                ),
                partial(writes.observe, identity=ACCOUNT, task=task),
            ):
                outcome = journal.writer.submit(write)
        outcome.result()


async def measure_writes(library: Library) -> list[Figure]:
    """Measure how long the client waits for each kind of write."""
    chance = random.Random(2)
    spent: dict[str, list[float]] = {"intend": [], "accept": [], "observe": []}
    for _ in range(WRITES):
        attempt, job_id = attempt_of(datetime.now(UTC), chance), str(uuid.uuid4())
        answer = b'{"job_id": "%s", "status": "pending"}' % job_id.encode()
        task = task_of(job_id, attempt.sent_at, chance)
        for name, write in (
            ("intend", library.intend(attempt)),
            ("accept", library.accept(attempt.id, job_id, answer)),
            ("observe", library.observe(ACCOUNT, task)),
        ):
            begun = time.perf_counter()
            await write
            spent[name].append(time.perf_counter() - begun)
    return [figure(f"journal: {name}", times, 5.0) for name, times in spent.items()]


def measure(name: str, work: Callable[[], object], limit: float | None) -> Figure:
    """Run some work a few times."""
    spent = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return figure(name, spent, limit)


def figure(name: str, seconds: Sequence[float], limit: float | None) -> Figure:
    """Make a line of the table."""
    return Figure(name, statistics.median(seconds) * 1000, max(seconds) * 1000, limit)


def open_and_list(folder: Path) -> None:
    """Do the first things that a studio does."""
    with Library(folder) as library:
        library.page(limit=50)


def measure_library(folder: Path, jobs: int) -> list[Figure]:
    """Measure a library of so many jobs."""
    fill(folder, jobs)
    opened = measure("open, show the newest page of 50", partial(open_and_list, folder), 200.0)
    journal = Journal(Database(folder))
    with Library.of(journal) as library:
        some_job = library.page(limit=1, offset=jobs // 2).records[0]
        middle = library.page(limit=50, offset=jobs // 2 - 50)
        favourites = partial(library.records, search="cat", favourite=True, limit=50)
        without_index = Filter(search="猫 lighth")
        reads: list[tuple[str, Callable[[], object]]] = [
            ("newest page of 50", lambda: library.page(limit=50)),
            ("page in the middle, after the one before", lambda: library.page(after=middle.next)),
            ("page in the middle, by offset", lambda: library.page(limit=50, offset=jobs // 2)),
            ("search, two words", lambda: library.records(search="猫 lighth", limit=50)),
            ("search, nothing found", lambda: library.records(search="zeppelin", limit=50)),
            ("search, most are found", lambda: library.records(search="cat", limit=50)),
            ("search, one letter", lambda: library.records(search="c", limit=50)),
            ("search, most are found, favourites", favourites),
            ("count of a search", lambda: library.count(without_index)),
            ("count of a search, most are found", lambda: library.count(Filter(search="cat"))),
            ("failed jobs", lambda: library.records(status="failed", limit=50)),
            ("one job", lambda: library.record(str(some_job.job_id))),
            ("unfinished jobs", library.unfinished_records),
            ("uncertain attempts", library.uncertain_records),
            ("points by day and kind", library.points),
            ("durations", lambda: library.durations("video_diffusion", sandbox=False)),
            ("size of the kept clips", lambda: library.size),
        ]
        figures = [opened, *(measure(name, work, 50.0) for name, work in reads)]
        journal.database.full_text = False
        figures.append(
            measure("search without full text", lambda: library.page(without_index), 50.0)
        )
        figures.append(measure("all records", library.records, None))
        figures += asyncio.run(measure_writes(library))
    return figures


def rows(jobs: int = 10_000) -> list[Row]:
    """Measure all searches in a library of so many jobs."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure_library(Path(folder) / "library", jobs)
    return [
        Row(f"library of {jobs:,}: {each.name}", each.milliseconds, "ms", at_most=50.0)
        for each in found
        if "search" in each.name
    ]


def table(figures: Sequence[Figure]) -> str:
    """Compose the table."""
    lines = [f"{'library':<44}{'median ms':>11}{'worst ms':>11}{'limit ms':>11}"]
    for each in figures:
        limit = "" if each.limit is None else f"{each.limit:.0f}"
        verdict = "" if each.limit is None or each.milliseconds < each.limit else "  TOO SLOW"
        lines.append(
            f"{each.name:<44}{each.milliseconds:>11.2f}{each.worst:>11.2f}{limit:>11}{verdict}"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs in the library")
    parser.add_argument("--kills", type=int, default=200, help="sessions killed at random moments")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"a library of {chosen.jobs:,} jobs")
        print(table(measure_library(Path(folder) / "library", chosen.jobs)))
    if chosen.kills:
        # The tests are not installed with the package.
        from tests.library.killing import campaign

        outcomes = []
        for who, driver in (
            ("journal", campaign.JOURNAL_DRIVER),
            ("client", campaign.CLIENT_DRIVER),
        ):
            for how, killing in (
                ("at every step", campaign.at_every_step),
                ("at random moments", campaign.at_random_moments(chosen.kills, seed=1)),
            ):
                with tempfile.TemporaryDirectory() as folder:
                    outcomes.append(
                        campaign.run_campaign(f"{who}, {how}", killing, Path(folder) / "l", driver)
                    )
        print()
        print(campaign.table(outcomes))


if __name__ == "__main__":
    main()

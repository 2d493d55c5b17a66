"""Kill many sessions on one folder, then count what is left."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import multiprocessing
import multiprocessing.connection
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from legnext_widgets.library import Library
from tests.library.killing.deadly_database import MOMENTS, WRITES, When
from tests.library.killing.watched_service import EVENTS, WatchedService
from tests.support.processes import quick_processes

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

JOURNAL_DRIVER = "tests.library.killing.journal_driver"
CLIENT_DRIVER = "tests.library.killing.client_driver"
BATCH_DRIVER = "tests.library.killing.batch_driver"
PROMPTS_A_SESSION = 2
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Kill:
    """How one session ends.

    Attributes:
        event: When the service reports this event for the n-th time, where `earlier` is n - 1.
        write: At a write of this kind to the journal, and at which moment of it.
        after: After so many seconds. With none of the three, the session ends by itself.
        earlier: How many such events or writes pass first.
    """

    event: str | None = None
    write: tuple[str, str] | None = None
    after: float | None = None
    earlier: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a campaign left behind.

    Attributes:
        name: Of the campaign.
        kills: Sessions that were killed.
        accepted: Jobs that the service accepted.
        known: Jobs whose id a new process knows.
        uncertain: Jobs that it lists as attempts without a known outcome.
        lost: Jobs that it does not know at all.
        sent_twice: Prompts that were posted more than once.
        half_files: Files under a clip's name that are not that clip.
        unfinished: Known jobs without their result or without one of their clips.
    """

    name: str
    kills: int
    accepted: int
    known: int
    uncertain: int
    lost: int
    sent_twice: int
    half_files: int
    unfinished: int


KillSessions = Callable[["Sessions"], int]
"""Runs and kills sessions, and returns how many died by it."""


MOST_TRIES = 5
"""Sessions in which a step is looked for: a job that ends between two polls skips one."""


def kills_at_every_step() -> list[Kill]:
    """List the kills at each step of a job's life, for the first and for the second job."""
    at_events = [Kill(event=event, earlier=n) for event in EVENTS for n in (0, 1)]
    at_writes = [Kill(write=(write, moment)) for write in WRITES for moment in MOMENTS]
    return at_events + at_writes


def at_every_step(sessions: Sessions) -> int:
    """Kill one session at each step of a job's life."""
    return sum(reached(sessions, kill) for kill in kills_at_every_step())


def reached(sessions: Sessions, kill: Kill) -> bool:
    """Run sessions until one is killed; on a busy machine a session may lack a step."""
    return any(sessions.run_and_kill(kill) for _ in range(MOST_TRIES))


def at_random_moments(count: int, seed: int) -> KillSessions:
    """Kill so many sessions at random moments between their beginning and their end."""
    chance = random.Random(seed)

    def kill_them(sessions: Sessions) -> int:
        killed, begun = 0, time.monotonic()
        sessions.run_and_kill(Kill())
        longest = time.monotonic() - begun
        while killed < count:
            begun = time.monotonic()
            if sessions.run_and_kill(Kill(after=chance.uniform(0, longest))):
                killed += 1
                # On a busy machine sessions take longer, and their ends must be reached too.
                longest *= 1.05
            else:
                longest = time.monotonic() - begun
        return killed

    return kill_them


def run_campaign(
    name: str, kill_sessions: KillSessions, folder: Path, driver: str = JOURNAL_DRIVER
) -> Outcome:
    """Run one session after the other on one folder and kill each; then one that may finish.

    Args:
        name: What the table calls it.
        kill_sessions: How the sessions end.
        folder: The library's folder.
        driver: The module that has the session's `run`.

    Returns:
        What a new process knows afterwards, compared with what the service saw.
    """
    with contextlib.closing(WatchedService()) as service:
        sessions = Sessions(service, folder, driver)
        killed = kill_sessions(sessions)
        sessions.run_to_the_end()
        return count(name, killed, service, folder)


class Sessions:
    """Starts sessions in processes of their own.

    Args:
        service: What they talk to.
        folder: The library's folder.
        driver: The module that has the session's `run`.
        prompts: What each session makes; None for a few of its own.
    """

    def __init__(
        self,
        service: WatchedService,
        folder: Path,
        driver: str,
        prompts: list[str] | None = None,
    ) -> None:
        self.service = service
        self.folder = folder
        self.driver = driver
        self.prompts = prompts
        self.started = 0

    def run_and_kill(self, kill: Kill) -> bool:
        """Run a session until it is killed.

        Returns:
            Whether it was; it may have ended before.
        """
        self.started += 1
        own = [f"session {self.started} job {n}" for n in range(PROMPTS_A_SESSION)]
        prompts = own if self.prompts is None else self.prompts
        when = None if kill.write is None else (*kill.write, kill.earlier)
        process = processes().Process(
            target=session, args=(self.driver, self.service.url, self.folder, prompts, when)
        )
        seen = 0
        deadly = threading.Lock()
        started = threading.Event()

        def on_event(event: str) -> None:
            nonlocal seen
            with deadly:
                if event != kill.event:
                    return
                seen += 1
                if seen == kill.earlier + 1:
                    started.wait(PATIENCE_SECONDS)
                    kill_now(process)
                    # The answer goes on only when its reader is dead.
                    wait_for_end(process)

        if kill.event is not None:
            self.service.on_event = on_event
        process.start()
        started.set()
        if kill.after is not None:
            # The passing of time is what is tested here.
            time.sleep(kill.after)
            kill_now(process)
        wait_for_end(process)
        process.join(PATIENCE_SECONDS)
        self.service.on_event = lambda _: None
        if process.exitcode not in (0, -signal.SIGKILL):
            raise AssertionError(f"a session ended by itself, with {process.exitcode}")
        return process.exitcode == -signal.SIGKILL

    def run_to_the_end(self, patience: float = PATIENCE_SECONDS) -> None:
        """Run a session that is not killed and has no jobs of its own."""
        prompts = self.prompts or []
        process = processes().Process(
            target=session, args=(self.driver, self.service.url, self.folder, prompts, None)
        )
        process.start()
        process.join(patience)
        assert process.exitcode == 0


def kill_now(process: multiprocessing.process.BaseProcess) -> None:
    """Kill a process that may have ended already."""
    if process.pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def wait_for_end(process: multiprocessing.process.BaseProcess) -> None:
    """Wait until a process is gone, without taking its exit code from a later join."""
    multiprocessing.connection.wait([process.sentinel], PATIENCE_SECONDS)


def count(name: str, killed: int, service: WatchedService, folder: Path) -> Outcome:
    """Ask a new process what it knows, and compare that with the service."""
    here, there = processes().Pipe()
    process = processes().Process(target=send_what_is_known, args=(folder, there))
    process.start()
    assert here.poll(PATIENCE_SECONDS)
    known, uncertain, completed, clips = here.recv()
    process.join()
    jobs = service.prompts
    whole = {job: service.clips(job) for job in jobs}
    all_whole = {clip for clips_of_job in whole.values() for clip in clips_of_job}
    lost = [job for job, prompt in jobs.items() if job not in known and prompt not in uncertain]
    files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.mp4")]
    return Outcome(
        name=name,
        kills=killed,
        accepted=len(jobs),
        known=sum(job in known for job in jobs),
        uncertain=sum(job not in known and prompt in uncertain for job, prompt in jobs.items()),
        lost=len(lost),
        sent_twice=sum(count > 1 for count in service.posts().values()),
        half_files=sum(digest not in all_whole for digest in files),
        unfinished=sum(
            job not in completed
            or any(clips.get((job, number)) != clip for number, clip in enumerate(whole[job]))
            for job in known
        ),
    )


def send_what_is_known(folder: Path, results: Connection) -> None:
    """In a new process: send what the library in a folder knows."""
    with Library(folder) as library:
        records = library.records()
        results.send(
            (
                {record.job_id for record in records},
                {
                    record.attempt.payload["prompt"]
                    for record in library.uncertain_records()
                    if record.attempt
                },
                {record.job_id for record in records if record.status == "completed"},
                {
                    (record.job_id, number): hashlib.sha256(path.read_bytes()).hexdigest()
                    for record in records
                    for number, path in record.kept.items()
                },
            )
        )


def session(
    driver: str, base_url: str, folder: Path, prompts: list[str], when: When | None
) -> None:
    """In a process of its own: run one session of a driver."""
    importlib.import_module(driver).run(base_url, folder, prompts, when)


def processes() -> SpawnContext | ForkServerContext:
    """Return the context of the processes of a campaign."""
    return quick_processes(JOURNAL_DRIVER, CLIENT_DRIVER, BATCH_DRIVER, __name__)


def table(outcomes: Iterable[Outcome]) -> str:
    """Compose the table of what campaigns left behind."""
    columns = (
        *("kills", "accepted", "known", "uncertain", "lost"),
        *("sent_twice", "half_files", "unfinished"),
    )
    lines = [f"{'killed':<30}" + "".join(f"{name.replace('_', ' '):>12}" for name in columns)]
    for outcome in outcomes:
        figures = "".join(f"{getattr(outcome, name):>12}" for name in columns)
        lines.append(f"{outcome.name:<30}{figures}")
    return "\n".join(lines)

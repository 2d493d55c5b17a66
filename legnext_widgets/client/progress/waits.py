"""Describe what is waited for: a submission, a job, many jobs, a download. Each gives its line."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from .report import ProgressReport, counted, joined, points_of, quoted, size_of, time_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.session.files.partial_file import Progress
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.submission.batch import Batch
    from legnext_widgets.client.session.submission.reuse import Phase

Ending: TypeAlias = Literal["", "done", "stopped"]
"""How a wait ended: not yet, as it should, or by Ctrl-C, a timeout or an error."""

_log = logging.getLogger("legnext_widgets")

ENOUGH_DONE = 3
"""Jobs that must be done before the time of the others is estimated."""


class VideoLike(Protocol):
    """A video of a job, as far as its download names it."""

    @property
    def state(self) -> JobState:
        """Its job."""


class Wait(Protocol):
    """Something that is waited for."""

    @property
    def pending(self) -> bool:
        """Whether there is anything to wait for."""

    def report(self, elapsed: float, ending: Ending) -> ProgressReport:
        """Describe it now.

        Args:
            elapsed: Seconds since the wait began.
            ending: How the wait ended; empty while it lasts.
        """


def title_of(state: JobState) -> str:
    """Name a job by its words, else by its kind."""
    return quoted(state.prompt) or state.task_type.replace("_", " ") or "job"


def summary(state: JobState) -> str:
    """Describe a job in one line: words, status, what it made, and the start of its id."""
    task = state.task
    made = []
    if task is not None and state.completed:
        for urls, name in ((task.output.video_urls, "video"), (task.output.image_urls, "image")):
            if urls:
                made.append(counted(len(urls), name))
    made += ["last check failed"] if state.last_poll_error and not state.done else []
    return ", ".join([f"{title_of(state)} {state.status}", *made, state.id[:8] or no_id(state)])


def no_id(state: JobState) -> str:
    """Say why a job of a batch has no id: it may run without this client knowing it."""
    return "no id yet" if state.status == "uncertain" else "not started"


class JobWait:
    """The wait for one job.

    Args:
        state: The job.
    """

    def __init__(self, state: JobState) -> None:
        self._state = state

    @property
    def pending(self) -> bool:
        """Whether it still runs."""
        return not self._state.done

    def report(self, elapsed: float, ending: Ending) -> ProgressReport:
        """Return prompt, id, status, time and points; and that a job goes on whose wait ended."""
        state = self._state
        taken = state.elapsed if state.elapsed is not None else elapsed
        left = state.expected_remaining
        time = time_of(taken)
        if left and not ending:
            time += f", about {time_of(left)} left"
        status = state.status
        if state.awaits_output:
            status = "completed, waiting for links"
        elif state.done and not state.completed:
            status = "failed"
        goes_on = "it continues at the service" if ending and not state.done else ""
        asking = "cannot be checked at the moment" if state.last_poll_error and not ending else ""
        points = points_of(state.task.points if state.task else None)
        text = joined(title_of(state), state.id[:8], status, asking, time, points, goes_on)
        return ProgressReport("wait", text, elapsed, state.progress, ended=bool(ending))


@contextmanager
def logged_cancellation(jobs: Sequence[JobState]) -> Iterator[None]:
    """Name the jobs that continue when an awaiting task is cancelled, as with Ctrl-C.

    In the log at INFO: `asyncio.run` drops notes of the error.
    """
    try:
        yield
    except asyncio.CancelledError:
        left = [job.id for job in jobs if not job.done]
        if left:
            _log.info("A wait was cancelled. Still running at the service: %s", ", ".join(left))
        raise


class ManyJobs:
    """The wait for many jobs: a batch, or a list of jobs.

    Args:
        jobs: Gives the jobs that the service has accepted so far.
        total: How many there will be.
        refused: Gives how many of them could not be started.
        uncertain: Gives of how many of them the outcome is unknown.
        held: Gives whether nothing is sent for a moment.
    """

    def __init__(
        self,
        jobs: Callable[[], Sequence[JobState]],
        total: int,
        refused: Callable[[], int] = lambda: 0,
        uncertain: Callable[[], int] = lambda: 0,
        held: Callable[[], bool] = lambda: False,
    ) -> None:
        self._jobs = jobs
        self._total = total
        self._refused = refused
        self._uncertain = uncertain
        self._held = held

    @property
    def pending(self) -> bool:
        """Whether one of them is not done."""
        done = sum(job.done for job in self._jobs())
        return done + self._refused() + self._uncertain() < self._total

    def report(self, elapsed: float, ending: Ending) -> ProgressReport:
        """Return n of m, what runs, what failed, time and points."""
        jobs, refused, uncertain = self._jobs(), self._refused(), self._uncertain()
        ended = [job for job in jobs if job.done]
        running, done = len(jobs) - len(ended), len(ended) + refused + uncertain
        failed = sum(not job.completed for job in ended) + refused
        left = self._total - len(jobs) - refused - uncertain
        time = time_of(elapsed)
        if not ending and ENOUGH_DONE <= done < self._total:
            time += f", about {time_of(elapsed / done * (self._total - done))} left"
        points = [job.task.points or 0 for job in jobs if job.task]
        text = joined(
            f"{done} of {self._total} done",
            f"{running} running" if running else "",
            f"{failed} failed" if failed else "",
            f"{uncertain} with unknown outcome" if uncertain else "",
            f"{left} not sent" if left and ending else "",
            "the service asks to wait" if self._held() and not ending else "",
            time,
            points_of(sum(points)) if points else "",
            "running jobs continue at the service" if ending and running else "",
        )
        fraction = done / self._total if self._total else None
        return ProgressReport(
            "wait_many", text, elapsed, fraction, done, self._total, ended=bool(ending)
        )


def batch_wait(batch: Batch) -> ManyJobs:
    """The wait for the jobs of a batch."""
    return ManyJobs(
        lambda: [job for job in batch.jobs if job.id],
        len(batch.requests),
        lambda: batch.not_started,
        lambda: len(batch.uncertain),
        lambda: batch.held_by is not None,
    )


_BEGUN: Mapping[Phase, str] = {
    "sending": "Sending",
    "elsewhere": "Waiting for the same request, which is being sent elsewhere",
}


class Submission:
    """The sending of one request.

    Args:
        request: The request. It is not checked yet.

    Attributes:
        state: Its job, once the service has accepted it.
        phase: Whether it is sent here, or the same request elsewhere: in another kernel or thread.
    """

    pending = True

    def __init__(self, request: Request) -> None:
        self.state: JobState | None = None
        self.phase: Phase = "sending"
        parts = getattr(request, "parts", None)
        self._words = quoted(parts.words) if parts else ""

    def enter(self, phase: Phase) -> None:
        """Take in what is waited for now."""
        self.phase = phase

    def report(self, elapsed: float, ending: Ending) -> ProgressReport:
        """Return the words and the time, and in the end the id and the points."""
        state = self.state
        if state is None:
            begun = "Not sent, or no response" if ending else _BEGUN[self.phase]
            text = joined(f"{begun}: {self._words or 'a request'}", time_of(elapsed))
        else:
            points = points_of(state.task.points if state.task else None)
            text = joined(self._words, f"sent as job {state.id[:8]}", time_of(elapsed), points)
        return ProgressReport("submit", text, elapsed, ended=bool(ending))


class KeepingClips:
    """The wait for clips that are being kept while their client is closed.

    Args:
        jobs: Their jobs.
    """

    def __init__(self, jobs: Sequence[JobState]) -> None:
        self._jobs = jobs
        self._total = self._left

    @property
    def pending(self) -> bool:
        """Whether there is any clip."""
        return self._total > 0

    def report(self, elapsed: float, ending: Ending) -> ProgressReport:
        """Return n of m."""
        kept = self._total - self._left
        later = "the next session keeps the others" if ending and kept < self._total else ""
        what = f"{kept} of {counted(self._total, 'video')} kept in the library"
        text = joined(what, time_of(elapsed), later)
        return ProgressReport("download", text, elapsed, kept / self._total, ended=bool(ending))

    @property
    def _left(self) -> int:
        from legnext_widgets.client.session.files.clip_keeper import missing_clips

        return sum(len(missing_clips(job)) for job in self._jobs)


class Download:
    """The download of one or several files.

    Args:
        what: What they are, such as `4 videos of 97fda74c`.
        count: How many files.
        also: Called with the bytes so far and in all of a file, too.
    """

    def __init__(self, what: str, count: int, also: Progress | None = None) -> None:
        self._what = what
        self._count = count
        self._also = also
        self._files: dict[int, tuple[int, int | None]] = {}

    @classmethod
    def of(cls, videos: Sequence[VideoLike], also: Progress | None = None) -> Download:
        """Make the download of videos of one job."""
        if not videos:
            return cls("no videos", 0, also)
        first = videos[0]
        number = counted(len(videos), "video")
        return cls(f"{number} of {title_of(first.state)} {first.state.id[:8]}", len(videos), also)

    @property
    def pending(self) -> bool:
        """Whether there is any file."""
        return self._count > 0

    def counter(self, number: int) -> Progress:
        """Return what counts the bytes of one file.

        Args:
            number: Which of the files.
        """

        def count(have: int, total: int | None) -> None:
            self._files[number] = (have, total)
            if self._also is not None:
                self._also(have, total)

        return count

    def report(self, elapsed: float, ending: Ending) -> ProgressReport:
        """Return the bytes so far and in all."""
        files = list(self._files.values())
        have = sum(came for came, _ in files)
        totals = [total for _, total in files if total is not None]
        total = sum(totals) if len(totals) == self._count else None
        done = ending == "done"
        if files:
            size = size_of(have, None if done else total)
        else:  # the library had kept them
            size = "from the library" if done else ""
        text = joined(
            self._what, size, time_of(elapsed), "not complete" if ending == "stopped" else ""
        )
        fraction = 1.0 if done else min(1.0, have / total) if total else None
        return ProgressReport("download", text, elapsed, fraction, have, total, bool(ending))

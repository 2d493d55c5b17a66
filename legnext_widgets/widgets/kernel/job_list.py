"""The jobs that a widget shows: their order, their revisions, their snapshots."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .protocol.traits import PAGE_SIZE
from .snapshots import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from legnext_widgets.client.handles.jobs import Job

    from .protocol import job_values


class JobList:
    """Follows jobs and numbers their changes, so that a page gets only what is new to it.

    Each job is shown under an id: its own, or `attempt:<id>` for a request of unknown outcome.

    Args:
        on_change: Called with the id of a job that changed, in any thread; must return at once.
        only: The numbers of the media that are shown, by job id; all of a job not named there.
    """

    def __init__(
        self, on_change: Callable[[str], object], only: Mapping[str, Collection[int]] | None = None
    ) -> None:
        self._on_change = on_change
        self._only = only or {}
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._stops: list[Callable[[], object]] = []
        self._revision = 0
        self._changed_at: dict[str, int] = {}
        self._pinned: list[str] = []

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: Job, shown_id: str | None = None) -> None:
        """Show a job and follow its changes; one that is shown already stays as it is."""
        shown_id = shown_id or job.id
        with self._lock:
            if not shown_id or shown_id in self._jobs:
                return
            self._jobs[shown_id] = job
        self._stops.append(job.state.watch(lambda: self._on_change(shown_id)))
        self._on_change(shown_id)

    def get(self, shown_id: str) -> Job | None:
        """The job that is shown under an id."""
        return self._jobs.get(shown_id)

    def remove(self, shown_id: str) -> Job | None:
        """Remove a job from the list and give it."""
        with self._lock:
            return self._jobs.pop(shown_id, None)

    def pin(self, ids: Iterable[str]) -> None:
        """Have a page know these jobs from the start, also if they are older than its first page.

        Replaces those that were given before.
        """
        self._pinned = list(ids)

    def stop(self) -> None:
        """Follow no job any more."""
        stops, self._stops = self._stops, []
        for stop in stops:
            stop()

    def clear(self) -> None:
        """Show no job any more."""
        self.stop()
        with self._lock:
            self._jobs.clear()
            self._pinned.clear()

    def newest_first(self) -> list[str]:
        """The ids, newest job first."""
        with self._lock:
            numbered = list(enumerate(self._jobs.items()))

        def age(entry: tuple[int, tuple[str, Job]]) -> tuple[float, int]:
            number, (_, job) = entry
            created = job.state.created_at
            # The service's clock has whole seconds; within one, the job added later is newer.
            return (created.timestamp() if created else float("inf"), number)

        return [shown_id for _, (shown_id, _) in sorted(numbered, key=age, reverse=True)]

    def jobs(self) -> list[Job]:
        """The jobs that the service has accepted, without hidden ones, newest first."""
        found = (self._jobs.get(shown_id) for shown_id in self.newest_first())
        return [job for job in found if job is not None and job.id and not job.hidden]

    def with_media(self) -> int:
        """How many jobs a gallery shows: those with clips; where none has any, with images."""
        done = [job for job in self.jobs() if job.state.completed]
        clips = sum(any(not video.hidden for video in job.videos) for job in done)
        return clips or sum(bool(job.images) for job in done)

    def known(self, ids: Collection[str]) -> list[str]:
        """The given ids that are shown, in the order in which they were added."""
        with self._lock:
            return [shown_id for shown_id in self._jobs if shown_id in ids]

    def snapshots(self, ids: Iterable[str]) -> list[job_values.Job]:
        """Snapshots for the browser of those ids that are shown."""
        found = [(shown_id, self._jobs.get(shown_id)) for shown_id in ids]
        described = [
            snapshot(job.state, sandbox=is_sandbox(job), job_id=shown_id)
            for shown_id, job in found
            if job is not None
        ]
        for job in described:
            only = self._only.get(job["id"])
            if only is not None:
                job["media"] = [one for one in job["media"] if one["index"] in only]
        return described

    def change(self, ids: list[str]) -> job_values.Delta:
        """Return changed jobs the next revision, and what the browser must know of it."""
        with self._lock:
            since = self._revision
            self._revision += 1
            self._changed_at.update(dict.fromkeys(ids, self._revision))
            revision = self._revision
        return self._delta(since, revision, ids)

    def delta(self, since: int) -> job_values.Delta:
        """What changed after a revision; from 0 on, the first page of all jobs."""
        with self._lock:
            revision = self._revision
            later = [job_id for job_id, at in self._changed_at.items() if at > since]
        ids = self.newest_first()[:PAGE_SIZE] if since <= 0 else later
        return self._delta(max(0, since), revision, ids)

    def pinned_delta(self) -> job_values.Delta | None:
        """The pinned jobs that are not on the first page, to be sent after that; None without."""
        with self._lock:
            revision = self._revision
        first = set(self.newest_first()[:PAGE_SIZE])
        older = [shown_id for shown_id in self._pinned if shown_id not in first]
        return self._delta(revision, revision, older) if older else None

    def page(self, before: str | None) -> tuple[list[job_values.Job], str | None]:
        """A page of the jobs shown, newest first, and where the next one begins.

        Args:
            before: Where this page begins; None for the first.
        """
        start = int(before) if before is not None and before.isdecimal() else 0
        ids = self.newest_first()
        end = start + PAGE_SIZE
        return self.snapshots(ids[start:end]), str(end) if end < len(ids) else None

    def _delta(self, since: int, revision: int, ids: Iterable[str]) -> job_values.Delta:
        jobs = self.snapshots(ids)
        return {"revision": revision, "since": since, "jobs": jobs, "total": len(self._jobs)}


def is_sandbox(job: Job) -> bool:
    """Whether a job belongs to the sandbox."""
    return job.state.sandbox or (job.client is not None and job.client.session.identity.sandbox)

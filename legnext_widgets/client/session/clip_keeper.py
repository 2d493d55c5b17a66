"""Bringing finished clips into the library, and jobs of earlier sessions back out of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models import Task
from legnext_widgets.environment import to_thread

from .job_state import JobState

if TYPE_CHECKING:
    from .store import ClipStore, Identity, JobRecord

Fetch = Callable[[JobState, Callable[[], str | None], Path], Awaitable[Path]]

_log = logging.getLogger("legnext_widgets")

PAUSES = (60.0, 300.0, 1800.0, 7200.0)
"""Seconds after which clips that could not be kept are tried again: a network may be down for long,
and links die. What is missing then is kept by the next session."""


@dataclass(frozen=True)
class Recalled:
    """What a session takes up.

    Attributes:
        records: Jobs.
        due: Ids of those whose clips are still to be kept.
    """

    records: list[JobRecord]
    due: frozenset[str]


class ClipKeeper:
    """Keeps the clips of jobs as these are completed.

    Args:
        archive: Where they are kept.
        identity: Whose jobs.
        fetch: Downloads a file of a job to a path.
        written: Returns when what was told to the archive so far is written.
    """

    def __init__(
        self,
        archive: ClipStore,
        identity: Identity,
        fetch: Fetch,
        written: Callable[[], Awaitable[object]],
    ) -> None:
        self._archive = archive
        self._identity = identity
        self._fetch = fetch
        self._written = written
        self._keeping: dict[str, asyncio.Task[None]] = {}
        self._left: set[str] = set()

    def leave(self, job: JobState) -> None:
        """Does not keep a job's clips: they were pruned, or are not to be kept."""
        self._left.add(job.id)

    def look_at(self, job: JobState) -> None:
        """Begins to keep the clips of a job that is completed; on the client's loop."""
        if job.id in self._keeping or job.id in self._left:
            return
        if job.status == "completed" and _missing(job):
            self._keeping[job.id] = asyncio.get_running_loop().create_task(self._keep_all(job))

    async def recalled(self, limit: int) -> Recalled:
        """The jobs of earlier sessions: the newest `limit`, oldest first, and all unfinished."""

        def read() -> Recalled:
            newest = self._archive.records(identity=self._identity, limit=limit)
            unkept = list(self._archive.unkept_records(self._identity))[:limit]
            records = [*self._archive.unfinished_records(self._identity), *unkept, *reversed(newest)]
            by_id = {record.job_id: record for record in records if record.job_id}
            due = frozenset(record.job_id for record in unkept if record.job_id)
            return Recalled(list(by_id.values()), due)

        return await to_thread(read)

    async def abandon(self, job_id: str, reason: str) -> None:
        """Remembers that the service knows a job no more."""
        await self._archive.abandon(job_id, reason, identity=self._identity)

    async def aclose(self) -> None:
        """Stops; what is not kept yet is kept in a later session."""
        for task in self._keeping.values():
            task.cancel()
        await asyncio.gather(*self._keeping.values(), return_exceptions=True)

    async def _keep_all(self, job: JobState) -> None:
        await self._written()
        for pause in PAUSES:
            if not await self._keep_missing(job):
                return
            await asyncio.sleep(pause / job.speed)
        await self._keep_missing(job)

    async def _keep_missing(self, job: JobState) -> bool:
        """Keeps what is not kept yet; whether to try again later."""
        return any(await asyncio.gather(*(self._keep(job, index) for index in _missing(job))))

    async def _keep(self, job: JobState, index: int) -> bool:
        def link() -> str | None:
            links = job.task.output.video_urls if job.task else []
            return links[index] if index < len(links) else None

        async def fetch(path: Path) -> Path:
            return await self._fetch(job, link, path)

        try:
            path = await self._archive.keep(job.id, index, fetch, identity=self._identity)
        except KeyError:  # it was forgotten meanwhile
            return False
        except Exception as error:  # of a disk or a memory, too: none may end the others' keeping
            _log.warning("Clip %d of job %s could not be kept: %s", index, job.id, error)
            return True
        if path is not None:
            job.kept = {**job.kept, index: path}
            poster = self._archive.poster_path(job.id, index, identity=self._identity)
            if poster is not None:
                job.posters = {**job.posters, index: poster}
            job.notify()
        return False


def _missing(job: JobState) -> list[int]:
    count = len(job.task.output.video_urls) if job.task else 0
    return [index for index in range(count) if index not in job.kept]


def ended_with_its_sandbox(task: Task) -> Task:
    """What becomes of a running job of an embedded sandbox when its process has ended."""
    reason = "The sandbox it ran in has ended with its kernel. Nothing was charged."
    return Task.of(
        {**task.raw, "status": "failed", "error": {"code": 410, "message": reason, "detail": None}}
    )

"""Keep the clips of completed jobs in the store, and list the jobs of earlier sessions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.client.session.store import VerifyingStore
from legnext_widgets.environment import to_thread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from legnext_widgets.client.session.identity import CurrentIdentity, Identity
    from legnext_widgets.client.session.receiver import Receiver
    from legnext_widgets.client.session.store import ClipStore, JobRecord

    from .job_files import JobFiles

PAUSES = (60.0, 300.0, 1800.0, 7200.0)
"""Seconds after which clips that could not be kept are tried again: a network may be down for long,
and links expire. What is missing then is kept by the next session."""

CLOSING_PATIENCE = 15.0
"""Seconds in which clips that are being fetched may end when their client is closed."""

_MOST_TAKEN_UP = 20
_OLDEST_TAKEN_UP = timedelta(days=30)
"""Which jobs of earlier sessions a client takes up by itself: the newest running ones, and as many
completed ones. The service keeps files for up to 30 days."""

_log = logging.getLogger("legnext_widgets")


class StoredJobs(NamedTuple):
    """Jobs of earlier sessions.

    Attributes:
        records: The newest ones, oldest first, and all that were not final.
        unkept: Ids of those whose clips are still to be kept.
    """

    records: Sequence[JobRecord]
    unkept: frozenset[str]


class ClipKeeper:
    """Keep the clips of jobs as soon as these are completed.

    Args:
        store: Where clips are kept.
        identity: Whose jobs.
        files: Fetches clips.
        receiver: Stores the jobs; a clip is kept after its job.

    Attributes:
        pauses: See `PAUSES`.
    """

    def __init__(
        self,
        store: ClipStore,
        identity: CurrentIdentity,
        files: JobFiles,
        receiver: Receiver,
    ) -> None:
        self.pauses: Sequence[float] = PAUSES
        self._store = store
        self._identity = identity
        self._files = files
        self._receiver = receiver
        self._keeping: dict[str, asyncio.Task[None]] = {}
        self._left: set[str] = set()
        self._deferred: set[str] = set()
        self._pausing: set[str] = set()
        self._deferred_turn = asyncio.Semaphore()
        self._closing = False

    @property
    def count(self) -> int:
        """How many jobs have clips that are still to be kept."""
        return sum(not task.done() for task in self._keeping.values())

    def exclude(self, job: JobState) -> None:
        """Do not keep a job's clips: they were pruned, or are not to be kept."""
        self._left.add(job.id)

    def defer(self, job: JobState) -> None:
        """Keep a job's clips after those of other jobs, and do not wait for them on closing."""
        self._deferred.add(job.id)

    def undefer(self, job: JobState) -> None:
        """Keep a job's clips like those of others: the caller works with the job now."""
        self._deferred.discard(job.id)

    def keep_when_completed(self, job: JobState) -> None:
        """Begin to keep the clips of a job if it is completed; on the client's loop."""
        if job.id in self._keeping or job.id in self._left:
            return
        if job.completed and missing_clips(job):
            self._keeping[job.id] = asyncio.get_running_loop().create_task(self._keep_all(job))

    async def keep_now(self, job: JobState) -> None:
        """Try once to keep the clips of a job that are not kept, and wait for the result."""
        await self._receiver.written()
        await self._keep_missing(job)

    async def stored_jobs(self, limit: int) -> StoredJobs:
        """Read the jobs of earlier sessions: the newest `limit` ones and all unfinished ones."""
        identity = self._identity.value

        def read() -> StoredJobs:
            newest = self._store.records(identity=identity, limit=limit)
            if self._set_damaged_aside(newest):
                newest = self._store.records(identity=identity, limit=limit)
            unkept = list(self._store.unkept_records(identity))[:limit]
            records = [*self._store.unfinished_records(identity), *unkept, *reversed(newest)]
            by_id = {record.job_id: record for record in records if record.job_id}
            ids = frozenset(record.job_id for record in unkept if record.job_id)
            return StoredJobs(list(by_id.values()), ids)

        return await to_thread(read)

    async def due_jobs(self) -> StoredJobs:
        """Read the jobs of earlier sessions that were running, or have clips still to be kept."""
        identity, since = self._identity.value, datetime.now(UTC) - _OLDEST_TAKEN_UP

        def newest(records: Sequence[JobRecord]) -> list[JobRecord]:
            young = (record for record in records if record.job_id and record.created_at >= since)
            return sorted(young, key=lambda record: record.created_at)[-_MOST_TAKEN_UP:]

        def read() -> StoredJobs:
            unfinished = newest(self._store.unfinished_records(identity))
            unkept = newest(self._store.unkept_records(identity))
            ids = frozenset(record.job_id for record in unkept if record.job_id)
            return StoredJobs([*unfinished, *reversed(unkept)], ids)

        return await to_thread(read)

    def under_way(self) -> list[JobState]:
        """List the jobs whose clips are being fetched now, without those that were deferred."""
        known = [self._receiver.jobs.get(job_id) for job_id in self._awaited()]
        return [job for job in known if job is not None]

    def repair(self, job: JobState, index: int) -> None:
        """Keep a clip again whose file was found damaged; on the client's loop."""
        running = self._keeping.get(job.id)
        if index in job.kept and isinstance(self._store, VerifyingStore):
            job.kept = {number: path for number, path in job.kept.items() if number != index}
            if running is None or running.done():
                self._keeping[job.id] = asyncio.get_running_loop().create_task(self._repair(job))

    async def _repair(self, job: JobState) -> None:
        if isinstance(self._store, VerifyingStore):
            check = partial(self._store.check_kept, job.id, identity=self._identity.value)
            await to_thread(check)
        await self._keep_all(job)

    def _set_damaged_aside(self, records: Sequence[JobRecord]) -> bool:
        """Check the kept clips of stored jobs; whether any was damaged."""
        store, damaged = self._store, False
        if not isinstance(store, VerifyingStore):
            return False
        for record in records:
            if record.job_id and any(map(JobState.of_record(record).kept_flaw, record.kept)):
                found = store.check_kept(record.job_id, identity=record.identity)
                damaged = damaged or bool(found)
        return damaged

    async def aclose(self, patience: float = 0.0) -> None:
        """Stop; remaining clips are kept in a later session.

        Args:
            patience: Seconds in which clips that are being fetched may end.
        """
        self._closing = True
        self._files.end_retries()
        awaited = self._awaited()
        for job_id, task in self._keeping.items():
            if job_id not in awaited:
                task.cancel()
        if awaited and patience > 0:
            await asyncio.wait(awaited.values(), timeout=patience)
        for task in self._keeping.values():
            task.cancel()
        await asyncio.gather(*self._keeping.values(), return_exceptions=True)

    def _awaited(self) -> dict[str, asyncio.Task[None]]:
        return {
            job_id: task
            for job_id, task in list(self._keeping.items())
            if not (task.done() or job_id in self._pausing or job_id in self._deferred)
        }

    async def _keep_all(self, job: JobState) -> None:
        await self._receiver.written()
        for pause in self.pauses:
            if not await self._keep_in_turn(job) or self._closing:
                return
            self._pausing.add(job.id)
            try:
                await asyncio.sleep(pause / job.speed)
            finally:
                self._pausing.discard(job.id)
        await self._keep_in_turn(job)

    async def _keep_in_turn(self, job: JobState) -> bool:
        """Keep what is not kept yet, of deferred jobs one job at a time; see `_keep_missing`."""
        if job.id not in self._deferred:
            return await self._keep_missing(job)
        async with self._deferred_turn:
            return await self._keep_missing(job)

    async def _keep_missing(self, job: JobState) -> bool:
        """Keep what is not kept yet.

        Returns:
            Whether to try again later.
        """
        return any(await asyncio.gather(*(self._keep(job, index) for index in missing_clips(job))))

    async def _keep(self, job: JobState, index: int) -> bool:
        def link() -> str | None:
            links = job.task.output.video_urls if job.task else []
            return links[index] if index < len(links) else None

        async def fetch(path: Path) -> Path:
            return await self._files.save(job, link, path)

        identity: Identity = self._identity.value
        try:
            path = await self._store.keep(job.id, index, fetch, identity=identity)
        except KeyError:  # it was forgotten meanwhile
            return False
        except Exception as error:  # of a disk, too: the other clips must still be kept
            quiet = self._closing or job.id in self._deferred
            level = logging.INFO if quiet else logging.WARNING
            _log.log(level, "Clip %d of job %s could not be kept: %s", index, job.id, error)
            return True
        if path is not None:
            job.kept = {**job.kept, index: path}
            with contextlib.suppress(OSError):
                job.sizes = {**job.sizes, index: (await to_thread(path.stat)).st_size}
            poster = self._store.poster_path(job.id, index, identity=identity)
            if poster is not None:
                job.posters = {**job.posters, index: poster}
            job.notify()
        return False


def missing_clips(job: JobState) -> list[int]:
    """List the clips of a job that are not kept, but for those that the user deleted."""
    count = len(job.task.output.video_urls) if job.task else 0
    return [
        index for index in range(count) if index not in job.kept and not job.marks.is_deleted(index)
    ]

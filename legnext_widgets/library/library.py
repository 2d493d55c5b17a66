"""`Library`, the public interface: jobs and their kept clips."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Self, Unpack

from legnext_widgets import files
from legnext_widgets.client.display import bundles
from legnext_widgets.client.marks.model import MarkChange
from legnext_widgets.client.media.containers import flaw_on_disk
from legnext_widgets.client.messages import Message
from legnext_widgets.library.clips.clip_store import DiskClipStore
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from legnext_widgets.library.db.queries import Filter, PointsTotal

from . import paths
from .db import clip_writes, queries, writes
from .errors import UnknownJobError, reported
from .export import export
from .marks import MarkedJobStore, jobs_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime, timedelta
    from pathlib import Path

    from legnext_widgets.client.jobs import Job, Video
    from legnext_widgets.client.session.store import Identity

    from .clips.verification import Verification
    from .records import KeptClip, MoreFilters, RecordFilters


class Library(MarkedJobStore):
    """All jobs and the clips kept from them, in one folder.

    Several libraries, in one process or in many, may use the same folder at the same time. When the
    disk is full, read-only or damaged, work continues; `problem` says what is not recorded.

    Args:
        path: The folder; made when it is missing, with access for its owner only. By default the
            value of `LEGNEXT_LIBRARY`, else this system's folder for the data of programs. For a
            user without a home folder the library is in memory, and `problem` reports it.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        try:
            database = Database(paths.folder_of(path))
        except files.NoHomeError:
            if path is not None:
                raise
            why = "the system knows no home folder for this user"
            database = Database.without_folder(Message("library_nowhere", folder="~", error=why))
        self._use(Journal(database))

    @classmethod
    def of(cls, journal: Journal) -> Self:
        """Make a library of an open journal, such as one with a special database."""
        library = cls.__new__(cls)
        library._use(journal)  # noqa: SLF001 - it is being constructed
        return library

    def _use(self, journal: Journal) -> None:
        super().__init__(journal)
        self._clips = DiskClipStore(journal)

    @property
    def problems(self) -> list[Message]:
        """What is wrong with the disk and what that means, each in a sentence of its own."""
        found = self._clips.problem
        return [*super().problems, *([found] if found else [])]

    def _repr_mimebundle_(self, **_: object) -> bundles.MimeBundle:
        """Show the newest jobs in a gallery, in a notebook."""
        return bundles.gallery_bundle(self)

    def points(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        sandbox: bool = False,
        identity: Identity | None = None,
    ) -> list[PointsTotal]:
        """Add up points by day and kind, newest day first.

        Args:
            since: Of jobs submitted at this time or later.
            until: Of jobs submitted before this time.
            sandbox: The simulated points of a sandbox, or the real ones.
            identity: Of this account of this service.

        Returns:
            The totals; days are in the time zone of this machine.
        """
        wanted = Filter(since=since, until=until, sandbox=sandbox, identity=identity)
        nothing: list[PointsTotal] = []
        return self._journal.read(partial(queries.totals, wanted=wanted), nothing)

    # Jobs and videos. The client's classes are imported late, so that reading a library does not
    # load the whole client.

    def jobs(
        self,
        status: str | Iterable[str] | None = None,
        search: str | None = None,
        **more: Unpack[MoreFilters],
    ) -> list[Job]:
        """List jobs, newest first.

        Args:
            status: One status or several, such as `completed`.
            search: Words of the prompt or note, each as the beginning of a word; or a job id.
            **more: As for `records`.
        """
        return jobs_of(self, self.records(status=status, search=search, **more))

    def videos(self, search: str | None = None, **more: Unpack[MoreFilters]) -> list[Video]:
        """List the videos of completed jobs, newest job first, without those that were deleted.

        Args:
            search: As for `jobs`.
            **more: As for `records`, but `favourite` and `hidden` are those of the videos.
        """
        from legnext_widgets.client.display.lists import ReprList

        favourite, hidden = more.pop("favourite", None), more.pop("hidden", None)
        if favourite:
            more["favourite"] = True  # the index of the journal: a job with such a video
        jobs = self.jobs(status="completed", search=search, **more)
        return ReprList(
            video
            for job in jobs
            for video in job.videos
            if not job.state.marks.is_deleted(video.index)
            and favourite in (None, video.favourite)
            and hidden in (None, video.hidden)
        )

    def get(self, job_id: str) -> Job | None:
        """Give a job, or None when the library does not know it."""
        record = self.record(job_id)
        return None if record is None else jobs_of(self, [record])[0]

    def unfinished(self) -> list[Job]:
        """List the jobs that were running when they were last seen, oldest first."""
        return jobs_of(self, self.unfinished_records())

    def uncertain(self) -> list[Job]:
        """List the attempts that may have started a job, oldest first."""
        return jobs_of(self, self.uncertain_records())

    @reported()
    def forget(self, job_id: str, *, index: int | None = None) -> None:
        """Remove a job or an attempt from the library, together with its kept clips.

        The job itself continues at the service. Later responses about it are not recorded. An
        attempt whose outcome is unknown goes by its own id.

        Args:
            job_id: The job or the attempt.
            index: Number of a clip: only this clip goes then, and is not kept again.

        Raises:
            UnknownJobError: The library does not know it.
            LibraryError: The disk refuses.
        """
        if index is not None:
            self.mark(job_id, MarkChange(deleted=True), index=index)
            drop = partial(clip_writes.drop_clip, number=index)
            self._clips.delete_files(list(self._change(job_id, drop)))
            return
        names = self._change(job_id, writes.forget)
        self._forgotten.add(job_id)
        self._clips.delete_files(list(names))

    # Clips.

    @property
    def keep_clips(self) -> bool:
        """Whether finished clips are downloaded at once; stored in the library."""
        return self._clips.keep_clips

    @keep_clips.setter
    @reported()
    def keep_clips(self, keep: bool) -> None:
        self._clips.keep_clips = keep

    @property
    def max_bytes(self) -> int | None:
        """Bytes that kept clips may fill, None for any number; stored in the library."""
        return self._clips.max_bytes

    @max_bytes.setter
    @reported()
    def max_bytes(self, limit: int | None) -> None:
        self._clips.max_bytes = limit

    @property
    def size(self) -> int:
        """Bytes of all kept clips and their posters."""
        return self._clips.size

    async def keep(
        self,
        job_id: str,
        index: int,
        fetch: Callable[[Path], Awaitable[object]],
        *,
        identity: Identity | None = None,
    ) -> Path | None:
        """Bring a clip into the library unless it is there.

        Sessions that want the same clip fetch it once.

        Args:
            job_id: A job that the library knows.
            index: Index of the clip in the job, from 0.
            fetch: Writes the whole clip to the path it is given, which does not exist yet, or
                raises. It is not called when the clip is there.
            identity: The job's account; by default the newest job of that id.

        Returns:
            The path of the clip. None when it is not kept: the switch is off, the limit is reached
            or the disk refuses; `problem` reports the last two.

        Raises:
            UnknownJobError: The library does not know the job.
            Exception: What `fetch` raises. No part of the clip is left behind.
        """
        return await self._clips.keep(job_id, index, fetch, identity)

    def kept_path(
        self, job_id: str, index: int, *, identity: Identity | None = None
    ) -> Path | None:
        """Give the path of a kept clip; None when it is not kept, or its file gone or damaged."""
        record = self.record(job_id, identity=identity)
        path = _existing(record.kept.get(index)) if record else None
        if record is None or path is None or flaw_on_disk(path, record.sizes.get(index)) is None:
            return path
        self.check_kept(job_id, identity=identity)
        return None

    def poster_path(
        self, job_id: str, index: int, *, identity: Identity | None = None
    ) -> Path | None:
        """Give the path of a kept clip's poster, None when it has none."""
        record = self.record(job_id, identity=identity)
        return _existing(record.posters.get(index)) if record else None

    @reported()
    def add_poster(
        self, job_id: str, index: int, picture: bytes, *, identity: Identity | None = None
    ) -> Path:
        """Give a kept clip a poster made elsewhere, such as in a browser, and its path.

        Args:
            job_id: The job.
            index: Index of the clip in the job.
            picture: A WebP, JPEG or PNG picture of at most 64 KiB.
            identity: The job's account; by default the newest job of that id.

        Raises:
            UnknownJobError: The clip is not kept.
            ValueError: It is no such picture.
        """

        def read(connection: sqlite3.Connection) -> KeptClip | None:
            entry, _ = queries.owner_of(connection, job_id, identity)
            return clip_writes.kept_clip(connection, entry, index)

        clip = self._journal.database.read(read)
        if clip is None:
            raise UnknownJobError(f"Clip {index} of the job {job_id} is not kept.")
        return self._clips.put_poster(clip, picture)

    @reported()
    def verify(self) -> Verification:
        """Check all kept clips: their sizes, containers and hashes.

        A damaged clip is set aside in the folder `damaged` and counts as not kept, so that the next
        session keeps it again where the service still has it; `problem` says so. The hash of a clip
        that was kept by version 0.1 is computed and stored.

        Returns:
            How many clips were checked, and which are damaged or missing.
        """
        return self._clips.verify()

    @reported()
    def check_kept(self, job_id: str, *, identity: Identity | None = None) -> list[int]:
        """Set aside the kept clips of a job that are damaged, by their sizes and containers.

        Returns:
            The indices of the damaged clips.
        """
        return self._clips.check(job_id, identity)

    @reported()
    def prune(
        self, max_bytes: int | None = None, older_than: timedelta | datetime | None = None
    ) -> int:
        """Delete kept clips, those kept longest first, but no favourites.

        The jobs stay: a clip whose link still works can be kept again.

        Args:
            max_bytes: Delete until all kept clips together fill no more bytes than this.
            older_than: Delete what was kept before this time, or longer ago than this.

        Returns:
            The number of bytes freed.
        """
        return self._clips.prune(max_bytes, older_than)

    @reported()
    def export(
        self,
        folder: str | os.PathLike[str],
        *,
        clips: Iterable[Video] | None = None,
        **wanted: Unpack[RecordFilters],
    ) -> Path:
        """Copy kept clips out of the library, for people without this package.

        Each clip gets a readable name and a JSON file that says how it was made; the page
        `index.html` shows all of them without a network, also the jobs without kept clips.

        Args:
            folder: The target; made when it is missing. Files of an earlier export are reused.
            clips: Only these videos; by default all of the jobs.
            **wanted: Which jobs, as for `records`.

        Returns:
            The path of the page.

        Raises:
            LibraryError: The folder cannot be written.
        """
        records = self.records(**wanted) if clips is None else export.records_of(clips, self.record)
        return export.export(records, files.expand_user(folder))


def _existing(path: Path | None) -> Path | None:
    return path if path is not None and os.path.isfile(path) else None  # noqa: PTH113 - never raises

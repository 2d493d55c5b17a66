"""`Library`, the public interface: jobs and their kept clips."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self, Unpack

from legnext_widgets import files
from legnext_widgets.client.api.validation import require_known
from legnext_widgets.client.display import bundles
from legnext_widgets.client.marks.model import MarkChange
from legnext_widgets.client.messages import Message
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from legnext_widgets.library.db.statements.queries import Filter, PointsTotal

from . import paths
from .db.statements import clip_writes, queries, removal
from .errors import as_library_errors
from .kept_clips import KeptClips
from .marks import jobs_of
from .records import MoreFilters, RecordFilters

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from legnext_widgets.client.handles.jobs import Job, Video
    from legnext_widgets.client.session.store import Identity


class Library(KeptClips):
    """All jobs and the clips kept from them, in one folder.

    Several libraries, in one process or in many, may use the same folder at the same time. When the
    disk is full, read-only or damaged, work continues; `problem` says what is not recorded.

    For notebooks: `jobs`, `videos`, `get`, `unfinished`, `uncertain`, `points`, and as plain
    records `records`, `page`, `count`; the marks `favourite`, `annotate`, `hide`, `mark`, and
    `settle` and `forget`; for the files `export`, `verify`, `prune`, `keep_clips`, `max_bytes` and
    `size`.

    For sessions of a client, not for notebooks: `intend`, `accept`, `refuse`, `mark_uncertain`,
    `observe`, `keep` and what else the protocols `JobStore`, `ClipStore`, `VerifyingStore`,
    `TakeStore` and `AccountStore` name. Tab completion leaves these out.

    Args:
        path: The folder; made when it is missing, with access for its owner only. By default the
            value of `LEGNEXT_LIBRARY`, else this system's folder for the data of programs. For a
            user without a home folder the library is in memory, and `problem` reports it.

    Raises:
        ValueError: The path is empty.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        try:
            database = Database(paths.folder_of(path))
        except files.NoHomeError:
            if path is not None:
                raise
            why = "the system knows no home folder for this user"
            database = Database.without_folder(Message("library_nowhere", folder="~", error=why))
        super().__init__(Journal(database))

    @classmethod
    def of(cls, journal: Journal) -> Self:
        """Make a library of an open journal, such as one with a special database."""
        library = cls.__new__(cls)
        KeptClips.__init__(library, journal)
        return library

    def _repr_mimebundle_(self, **_: object) -> bundles.MimeBundle:
        """Show the newest jobs in a gallery, in a notebook."""
        return bundles.gallery_bundle(self)

    def points(
        self,
        *,
        since: date | None = None,
        until: date | None = None,
        sandbox: bool = False,
        identity: Identity | None = None,
    ) -> list[PointsTotal]:
        """Add up points by day and kind, newest day first.

        Args:
            since: Of jobs submitted at this time or later; a date is its first moment.
            until: Of jobs submitted before this time.
            sandbox: The simulated points of a sandbox, or the real ones.
            identity: Of this account of this service.

        Returns:
            The totals; days are in the time zone of this machine.

        Raises:
            TypeError: `since` or `until` is no time.
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

        Raises:
            TypeError: There is no such filter.
        """
        require_known("jobs", more, ("status", "search", *MoreFilters.__annotations__))
        return jobs_of(self, self.records(status=status, search=search, **more))

    def videos(self, search: str | None = None, **more: Unpack[MoreFilters]) -> list[Video]:
        """List the videos of completed jobs, newest job first, without those that were deleted.

        Args:
            search: As for `jobs`.
            **more: As for `records`, but `favourite` and `hidden` are those of the videos.

        Raises:
            TypeError: There is no such filter.
        """
        require_known("videos", more, ("search", *MoreFilters.__annotations__))
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
            and (favourite is None or video.favourite == favourite)
            and (hidden is None or video.hidden == hidden)
        )

    def get(self, job_id: str) -> Job | None:
        """Return a job, or None when the library does not know it.

        Args:
            job_id: The job; the newest one, where two accounts have this id.
        """
        record = self.record(job_id)
        return None if record is None else jobs_of(self, [record])[0]

    def unfinished(self) -> list[Job]:
        """List the jobs that were running when they were last seen, oldest first."""
        return jobs_of(self, self.unfinished_records())

    def uncertain(self) -> list[Job]:
        """List the attempts that may have started a job, oldest first."""
        return jobs_of(self, self.uncertain_records())

    @as_library_errors()
    def forget(self, job_id: str, *, index: int | None = None) -> None:
        """Remove a job or an attempt from the library, with its kept clips and pictures.

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
            self._clips.delete_files(self._change(job_id, drop))
            return
        gone = self._change(job_id, removal.forget_job)
        self._clips.delete_files(gone.files)
        self._clips.remove_pictures(gone.pictures)

    @as_library_errors()
    def export(
        self,
        folder: str | os.PathLike[str],
        *,
        clips: Iterable[Video] | None = None,
        **wanted: Unpack[RecordFilters],
    ) -> Path:
        """Copy kept clips out of the library, for people without this package.

        Each clip gets a readable name and a JSON file that says how it was made; the page
        `index.html` shows all of them without a network, also the jobs without kept clips. Where
        the folder has an `index.html` of its own, the page is `legnext-clips.html`.

        Args:
            folder: The target; made when it is missing. Files of an earlier export are reused.
            clips: Only these videos; by default all of the jobs.
            **wanted: Which jobs, as for `records`.

        Returns:
            The path of the page.

        Raises:
            TypeError: `clips` are not videos, or there is no such filter.
            UnknownJobError: The library does not know the job of one of `clips`.
            LibraryError: The folder cannot be written.
        """
        require_known("export", wanted, ("clips", *RecordFilters.__annotations__))
        from .export import export

        records = self.records(**wanted) if clips is None else export.records_of(clips, self.record)
        return export.export(records, files.expand_user(folder))

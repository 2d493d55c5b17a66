"""The library as people use it: what was made, and the clips kept of it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legnext_widgets.client import defaults
from legnext_widgets.library.clips.clip_store import KeptClips
from legnext_widgets.library.db.queries import Filter, Page, PointsTotal

from . import remembered
from .db import clip_rows, queries, settings, writes
from .export import export
from .store import PROCESS_ENDED, DiskJobStore

if TYPE_CHECKING:
    import os
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterable

    from legnext_widgets.client.jobs import Job, Video
    from legnext_widgets.client.session.store import Identity
    from legnext_widgets.library.db.clip_rows import Clip

    from .records import LibraryRecord


class Library(DiskJobStore):
    """The memory of all jobs and the clips kept of them, in one folder.

    Several libraries, in one process or in many, may use the same folder at the same time. What
    goes wrong with the disk never stops the work: `trouble` says what is not remembered.

    Args:
        path: The folder; made when it is missing, with access for its owner only. By default
            what `LEGNEXT_LIBRARY` says, else this system's folder for the data of programs.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        super().__init__(path)
        self._clips = KeptClips(self._database, self._writer, lambda: self._session)

    def _troubles(self) -> list[str]:
        said = self._clips.trouble
        return [*super()._troubles(), *([said] if said else [])]

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """Show the newest jobs in a gallery, in a notebook."""
        return defaults.gallery_bundle(self)

    # Asking.

    def records(
        self,
        *,
        status: str | Iterable[str] | None = None,
        search: str | None = None,
        kind: str | Iterable[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        favourite: bool | None = None,
        sandbox: bool | None = None,
        realm: Identity | None = None,
        oldest_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[LibraryRecord]:
        """List remembered jobs. All of them by default; the arguments narrow that down.

        Args:
            status: One status or several, such as `completed`.
            search: Words of the prompt or note, each as the beginning of a word; or a job id.
            kind: One kind or several, such as `video_diffusion`.
            since: Sent at this time or later.
            until: Sent before this time.
            favourite: Marked ones, or the others.
            sandbox: Those of a simulated service, or those of the real one.
            realm: Those of one account of one service.
            oldest_first: Newest first otherwise.
            limit: How many at most.
            offset: How many to leave out.

        Returns:
            The records.
        """
        wanted = Filter(status, search, kind, since, until, favourite, sandbox, realm)
        found = self.page(wanted, oldest_first=oldest_first, limit=limit, offset=offset)
        return found.records

    def page(
        self,
        wanted: Filter | None = None,
        *,
        oldest_first: bool = False,
        limit: int | None = 100,
        offset: int = 0,
        after: str | None = None,
    ) -> Page:
        """List remembered jobs a page at a time.

        Args:
            wanted: Which ones; by default all jobs.
            oldest_first: Newest first otherwise.
            limit: How many at most.
            offset: How many to leave out.
            after: The `next` of the page before.

        Returns:
            The page.

        Raises:
            ValueError: When `after` is not what a page gave.
        """
        return self._look(
            lambda connection: queries.page(
                connection,
                self.path,
                wanted or Filter(),
                full_text=self._database.full_text,
                oldest_first=oldest_first,
                limit=limit,
                offset=offset,
                after=after,
            ),
            Page([], None),
        )

    def count(self, wanted: Filter | None = None) -> int:
        """Count remembered jobs."""
        return self._look(
            lambda connection: queries.count(
                connection, wanted or Filter(), full_text=self._database.full_text
            ),
            0,
        )

    def unfinished_records(self, realm: Identity | None = None) -> list[LibraryRecord]:
        """List the jobs that were running when last heard of, oldest first."""
        nothing: list[LibraryRecord] = []
        return self._look(
            lambda connection: queries.unfinished(connection, self.path, realm), nothing
        )

    def unkept_records(self, realm: Identity | None = None) -> list[LibraryRecord]:
        """List the completed jobs of which some clips are still to be kept, newest first.

        Pruned clips are not among them, nor what completed while `keep_clips` was off.
        """
        nothing: list[LibraryRecord] = []
        return self._look(
            lambda connection: queries.with_clips_due(connection, self.path, realm), nothing
        )

    def uncertain_records(self, realm: Identity | None = None) -> list[LibraryRecord]:
        """List the attempts of which nobody knows whether they started a job, oldest first.

        Those whose process died before it could note the outcome are among them.
        """
        nothing: list[tuple[LibraryRecord, str]] = []
        found = self._look(
            lambda connection: queries.without_outcome(connection, self.path, realm), nothing
        )
        now = time.time()
        uncertain = []
        for record, session in found:
            if record.state == "uncertain":
                uncertain.append(record)
            elif not self._session.may_be_working(session, now - record.created_at.timestamp()):
                uncertain.append(replace(record, state="uncertain", reason=PROCESS_ENDED))
        return uncertain

    def points(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        sandbox: bool = False,
        realm: Identity | None = None,
    ) -> list[PointsTotal]:
        """Add up points by day and kind, newest day first.

        Args:
            since: Sent at this time or later.
            until: Sent before this time.
            sandbox: The simulated points of a sandbox, or the real ones.
            realm: Those of one account of one service.

        Returns:
            The totals, days in the time zone of this machine.
        """
        wanted = Filter(since=since, until=until, sandbox=sandbox, realm=realm)
        nothing: list[PointsTotal] = []
        return self._look(lambda connection: queries.totals(connection, wanted), nothing)

    # The same as jobs and videos of the client.

    def jobs(
        self, status: str | Iterable[str] | None = None, search: str | None = None, **more: Any
    ) -> list[Job]:
        """List remembered jobs, newest first; for the arguments see `records`."""
        return remembered.jobs(self.records(status=status, search=search, **more))

    def videos(self, search: str | None = None, **more: Any) -> list[Video]:
        """List the videos of remembered jobs, newest job first."""
        return remembered.videos(self.jobs(status="completed", search=search, **more))

    def get(self, job_id: str) -> Job | None:
        """Return a remembered job, None when the library does not know it."""
        record = self.record(job_id)
        return None if record is None else remembered.job(record)

    def unfinished(self) -> list[Job]:
        """List the jobs that were running when last heard of, oldest first."""
        return remembered.jobs(self.unfinished_records())

    def uncertain(self) -> list[Job]:
        """List the attempts of which nobody knows whether they started a job, oldest first."""
        return remembered.jobs(self.uncertain_records())

    # Marking.

    def favourite(self, job_id: str, marked: bool = True) -> None:
        """Make a job a favourite, or no longer one. Favourites are never pruned."""
        self._change(job_id, partial(writes.mark, favourite=marked))

    def annotate(self, job_id: str, note: str) -> None:
        """Write a note about a job; an empty one removes it."""
        self._change(job_id, partial(writes.annotate, note=note))

    def forget(self, job_id: str) -> None:
        """Remove a job, or an attempt by its id, from the library together with its kept clips.

        The job itself goes on at the service. What a client of this library still hears of it is
        not noted again.

        Args:
            job_id: The job; or the id of an attempt whose outcome is not known.

        Raises:
            KeyError: When the library does not know it.
            OSError: When a clip could not be deleted.
        """
        files = self._change(job_id, writes.forget)
        self._forgotten.add(job_id)
        self._clips.delete_files(list(files))

    # Clips.

    @property
    def keep_clips(self) -> bool:
        """Whether finished clips are to be downloaded at once; remembered in the library."""
        return self._look(partial(settings.read, name=settings.KEEP_CLIPS), None) != "no"

    @keep_clips.setter
    def keep_clips(self, keep: bool) -> None:
        self._set(settings.KEEP_CLIPS, "yes" if keep else "no")

    @property
    def max_bytes(self) -> int | None:
        """Bytes that kept clips may fill, None for any number; remembered in the library."""
        return settings.limit_from(
            self._look(partial(settings.read, name=settings.MAX_BYTES), None)
        )

    @max_bytes.setter
    def max_bytes(self, limit: int | None) -> None:
        if limit is not None and limit < 0:
            raise ValueError("max_bytes is a number of bytes from 0 on, or None.")
        self._set(settings.MAX_BYTES, "" if limit is None else str(int(limit)))

    @property
    def size(self) -> int:
        """Bytes of all kept clips and their posters."""
        return self._look(clip_rows.bytes_kept, 0)

    async def keep(
        self,
        job_id: str,
        index: int,
        fetch: Callable[[Path], Awaitable[object]],
        *,
        realm: Identity | None = None,
    ) -> Path | None:
        """Bring a clip into the library, unless it is there already.

        Args:
            job_id: A job that the library knows.
            index: Index of the clip in the job, from 0.
            fetch: Writes the whole clip to the path it is given, which does not exist yet, or
                raises. It is not called when the clip is there.
            realm: Whose job; by default the newest of that id.

        Returns:
            Where the clip lies. None when it is not kept: the switch is off, the limit is
            reached or the disk refuses; `trouble` says which of the last two.

        Raises:
            KeyError: When the library does not know the job.
            Exception: What `fetch` raises. Nothing half done is left behind.
        """
        if not self.keep_clips:
            return None
        return await self._clips.keep(job_id, index, fetch, realm, self.max_bytes)

    def kept_path(self, job_id: str, index: int, *, realm: Identity | None = None) -> Path | None:
        """Tell where a kept clip lies, None when it is not kept or was deleted by hand."""
        record = self.record(job_id, realm=realm)
        return existing(record.kept.get(index)) if record else None

    def poster_path(self, job_id: str, index: int, *, realm: Identity | None = None) -> Path | None:
        """Tell where the poster of a kept clip lies, None when it has none."""
        record = self.record(job_id, realm=realm)
        return existing(record.posters.get(index)) if record else None

    def add_poster(
        self, job_id: str, index: int, picture: bytes, *, realm: Identity | None = None
    ) -> Path:
        """Give a kept clip a poster made elsewhere, such as in a browser.

        Args:
            job_id: The job.
            index: Index of the clip in the job.
            picture: A WebP, JPEG or PNG picture of at most 64 KiB.
            realm: Whose job; by default the newest of that id.

        Returns:
            Where the poster lies.

        Raises:
            KeyError: When the clip is not kept.
            ValueError: When it is no such picture.
        """

        def read(connection: sqlite3.Connection) -> Clip | None:
            entry, _ = clip_rows.owner_of(connection, job_id, realm)
            return clip_rows.clip_of(connection, entry, index)

        clip = self._database.read(read)
        if clip is None:
            raise KeyError(f"Clip {index} of the job {job_id} is not kept.")
        return self._clips.put_poster(clip, picture)

    def prune(
        self, max_bytes: int | None = None, older_than: timedelta | datetime | None = None
    ) -> int:
        """Delete kept clips, those kept longest first. Favourites are spared.

        Jobs stay in the journal: a clip whose link still works can be kept again.

        Args:
            max_bytes: Delete until all kept clips together fill no more than this.
            older_than: Delete what was kept before this time, or longer ago than this.

        Returns:
            How many bytes were freed.
        """
        nothing: list[Clip] = []
        doomed = choose_clips(
            self._look(clip_rows.prunable, nothing), self.size, max_bytes, older_than, time.time()
        )
        return self._clips.remove(doomed)

    def export(self, folder: str | os.PathLike[str], **wanted: Any) -> Path:
        """Copy kept clips out of the library, to be looked at anywhere.

        Each clip gets a readable name and a JSON file beside it that says how it was made; the
        page `index.html` shows all of them without a network, also those that are not kept.

        Args:
            folder: Where to; made when it is missing. What an earlier export left is reused.
            **wanted: Which jobs, as for `records`.

        Returns:
            The page.

        Raises:
            OSError: When the folder cannot be written.
        """
        return export.export(self.records(**wanted), Path(folder).expanduser())

    def _set(self, name: str, value: str) -> None:
        write = partial(settings.write, name=name, value=value)
        self._writer.submit(write, postponable=False).result()


def existing(path: Path | None) -> Path | None:
    """Give a path back when there is a file."""
    return path if path is not None and path.is_file() else None


def choose_clips(
    oldest_first: list[Clip],
    size: int,
    max_bytes: int | None,
    older_than: timedelta | datetime | None,
    now: float,
) -> list[Clip]:
    """Choose which clips to delete.

    Args:
        oldest_first: The clips that may be deleted.
        size: Bytes of all clips, also of those that may not.
        max_bytes: What may remain at most; None for any number.
        older_than: What must go whatever the size; None for nothing.
        now: Unix seconds.

    Returns:
        The clips, oldest first.
    """
    limit = None
    if isinstance(older_than, datetime):
        limit = older_than.timestamp()
    elif older_than is not None:
        limit = now - older_than.total_seconds()
    doomed = []
    for clip in oldest_first:
        too_old = limit is not None and clip.kept_at < limit
        too_much = max_bytes is not None and size > max_bytes
        if too_old or too_much:
            doomed.append(clip)
            size -= clip.size
    return doomed

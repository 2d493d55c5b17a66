"""`KeptClips`, a job store on disk that keeps the clips of its jobs: fetched, checked, pruned."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from legnext_widgets.client.media.containers import flaw_on_disk
from legnext_widgets.library.clips.clip_store import DiskClipStore

from .db.statements import clip_writes, queries
from .errors import UnknownJobError, as_library_errors
from .marks import MarkedJobStore

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable
    from datetime import date, timedelta
    from pathlib import Path

    from legnext_widgets.client.messages import Message
    from legnext_widgets.client.session.store import Identity
    from legnext_widgets.library.db.journal import Journal

    from .clips.verification import Verification
    from .records import KeptClip


class KeptClips(MarkedJobStore):
    """The jobs of one journal, with their marks and kept clips.

    Args:
        journal: The open journal, which is closed with the store.
    """

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._clips = DiskClipStore(journal)

    @property
    def problems(self) -> list[Message]:
        """What is wrong with the disk and what that means, each in a sentence of its own."""
        found = self._clips.problem
        return [*super().problems, *([found] if found else [])]

    @property
    def keep_clips(self) -> bool:
        """Whether finished clips are downloaded at once; stored in the library."""
        return self._clips.keep_clips

    @keep_clips.setter
    @as_library_errors()
    def keep_clips(self, keep: bool) -> None:
        self._clips.keep_clips = keep

    @property
    def max_bytes(self) -> int | None:
        """Bytes up to which clips are kept, None for any number; stored in the library."""
        return self._clips.max_bytes

    @max_bytes.setter
    @as_library_errors()
    def max_bytes(self, limit: int | None) -> None:
        self._clips.max_bytes = limit

    @property
    def size(self) -> int:
        """Bytes of all kept clips, their posters, and the kept pictures of requests."""
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
        """Return the path of a kept clip.

        Args:
            job_id: The job.
            index: Index of the clip in the job, from 0.
            identity: The job's account; by default the newest job of that id.

        Returns:
            None when it is not kept, or its file gone or damaged.
        """
        record = self.record(job_id, identity=identity)
        path = _existing(record.kept.get(index)) if record else None
        if record is None or path is None or flaw_on_disk(path, record.sizes.get(index)) is None:
            return path
        self.check_kept(job_id, identity=identity)
        return None

    def poster_path(
        self, job_id: str, index: int, *, identity: Identity | None = None
    ) -> Path | None:
        """Return the path of a kept clip's poster, None when it has none; see `kept_path`."""
        record = self.record(job_id, identity=identity)
        return _existing(record.posters.get(index)) if record else None

    @as_library_errors()
    def add_poster(
        self, job_id: str, index: int, picture: bytes, *, identity: Identity | None = None
    ) -> Path:
        """Add a poster made elsewhere, such as in a browser, to a kept clip; return its path.

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

    @as_library_errors()
    def verify(self) -> Verification:
        """Check all kept clips: their sizes, containers and hashes.

        A damaged clip is set aside in the folder `damaged` and counts as not kept, so that the next
        session keeps it again where the service still has it; `problem` says so. The hash of a clip
        that was kept by version 0.1 is computed and stored.

        Returns:
            How many clips were checked, and which are damaged or missing.
        """
        return self._clips.verify()

    @as_library_errors()
    def check_kept(self, job_id: str, *, identity: Identity | None = None) -> list[int]:
        """Set aside the kept clips of a job that are damaged, by their sizes and containers.

        Returns:
            The indices of the damaged clips.
        """
        return self._clips.check(job_id, identity)

    @as_library_errors()
    def prune(
        self, max_bytes: int | None = None, older_than: timedelta | date | None = None
    ) -> int:
        """Delete kept clips, those kept longest first, but no favourites.

        The jobs stay: a clip whose link still works can be kept again. Pictures that no job uses
        any more are deleted first.

        Args:
            max_bytes: Delete clips until `size` is no more than this.
            older_than: Delete clips kept before this time or date, or longer ago than this.

        Returns:
            The number of bytes freed.

        Raises:
            TypeError: An argument is neither of these.
            ValueError: `max_bytes` is negative.
        """
        return self._clips.prune(max_bytes, older_than)


def _existing(path: Path | None) -> Path | None:
    return path if path is not None and os.path.isfile(path) else None  # noqa: PTH113 - never raises

"""Keep clips on disk: fetched completely or not at all, counted, pruned."""

from __future__ import annotations

import errno
import logging
import sqlite3
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from legnext_widgets.client.errors import DownloadError
from legnext_widgets.client.messages import Message
from legnext_widgets.environment import to_thread
from legnext_widgets.library.arguments import age_limit, switch, whole_number
from legnext_widgets.library.db.journal import outcome_of
from legnext_widgets.library.db.statements import clip_writes, mark_writes, queries, writes
from legnext_widgets.library.records import realm_columns

from . import clip_paths, pictures
from .partial_files import PartialFiles, move_into_place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable
    from datetime import date, timedelta
    from pathlib import Path

    from legnext_widgets.client.session.store import Identity
    from legnext_widgets.library.db.journal import Journal
    from legnext_widgets.library.records import KeptClip

    from .verification import ClipVerifier, Verification

log = logging.getLogger("legnext_widgets.library")

DEFAULT_MAX_BYTES = 20 * 2**30
"""Bytes that kept files may fill by default: some 15,000 clips."""

MAX_POSTER_BYTES = 64 * 1024

_DISK_ERRORS = frozenset(
    {errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPERM, errno.EROFS}
)


class _Place(NamedTuple):
    """Where a clip belongs.

    Attributes:
        entry: Number of its job's row.
        file: Its file, relative to the library's folder.
        size: Bytes that it had when it was kept; None while it is not recorded.
        max_bytes: Bytes that all kept clips may fill; None for any number.
    """

    entry: int
    file: str
    size: int | None
    max_bytes: int | None


class DiskClipStore:
    """The clips in the library's folder.

    Args:
        journal: The open journal, which records the clips.

    Attributes:
        problem: Why the last clip was not kept, None when it was.
    """

    def __init__(self, journal: Journal) -> None:
        self.problem: Message | None = None
        self._journal = journal
        self._partials = PartialFiles(journal.folder, journal.process)

    @property
    def folder(self) -> Path:
        """The library's folder."""
        return self._journal.folder

    @property
    def keep_clips(self) -> bool:
        """Whether finished clips are kept; a setting of the library."""
        return self._setting(queries.KEEP_CLIPS) != "no"

    @keep_clips.setter
    def keep_clips(self, keep: bool) -> None:
        self._set(queries.KEEP_CLIPS, "yes" if switch("keep_clips", keep) else "no")

    @property
    def max_bytes(self) -> int | None:
        """Bytes up to which clips are kept, None for any number; a setting of the library."""
        value = self._setting(queries.MAX_BYTES)
        if value is None:
            return DEFAULT_MAX_BYTES
        return int(value) if value.isdecimal() else None

    @max_bytes.setter
    def max_bytes(self, limit: int | None) -> None:
        size = whole_number("max_bytes", limit)
        self._set(queries.MAX_BYTES, "" if size is None else str(size))

    @property
    def size(self) -> int:
        """Bytes of all kept clips, their posters, and the pictures of requests."""
        return self._journal.read(clip_writes.kept_bytes, 0) + pictures.stored_bytes(self.folder)

    async def keep(
        self,
        job_id: str,
        number: int,
        fetch: Callable[[Path], Awaitable[object]],
        identity: Identity | None,
    ) -> Path | None:
        """Bring a clip into the library; see `Library.keep`."""
        if self._journal.database.in_memory:
            return None
        place = await to_thread(partial(self._place_of, job_id, number, identity))
        if place is None:
            return None
        from .verification import is_kept  # with the first clip: a studio is shown before it

        target = self.folder / place.file
        async with self._journal.process.claim(clip_paths.digest(place.file)):
            if not await to_thread(partial(is_kept, target, place.size)):
                if await to_thread(partial(self._is_full, place.max_bytes)):
                    return None
                try:
                    await self._fetch(fetch, target)
                except DownloadError as error:
                    if error.gone:
                        note = partial(clip_writes.note_gone, entry=place.entry, file=place.file)
                        await self._journal.write(note)
                    raise
                except OSError as error:
                    if error.errno not in _DISK_ERRORS:
                        raise
                    self._report(
                        Message("clip_not_kept", folder=str(self.folder), error=str(error))
                    )
                    return None
            self.problem = None
            await self._record(place.entry, number, place.file)
        return target

    def verify(self) -> Verification:
        """Check all kept clips; see `Library.verify`."""
        return self._verifier().verify()

    def check(self, job_id: str, identity: Identity | None) -> list[int]:
        """Check the kept clips of a job; see `Library.check_kept`."""

        def read(connection: sqlite3.Connection) -> int | None:
            return queries.entry_of_job(connection, job_id, identity)

        entry = self._journal.read(read, None)
        return [] if entry is None else self._verifier().check(entry)

    def put_poster(self, clip: KeptClip, picture: bytes) -> Path:
        """Store a poster beside its clip.

        Args:
            clip: A kept clip.
            picture: A WebP, JPEG or PNG picture of at most 64 KiB.

        Returns:
            The path of the poster.

        Raises:
            ValueError: It is no such picture.
            OSError: The disk refuses.
        """
        suffix = clip_paths.poster_suffix(picture)
        if suffix is None or len(picture) > MAX_POSTER_BYTES:
            raise ValueError("A poster must be a WebP, JPEG or PNG picture of at most 64 KiB.")
        file = clip.file.removesuffix(".mp4") + suffix
        target = self.folder / file
        partial_file = self._partials.path(suffix)
        try:
            partial_file.write_bytes(picture)
            move_into_place(partial_file, target)
        finally:
            partial_file.unlink(missing_ok=True)
        self._journal.writer.submit(
            partial(clip_writes.add_poster, clip=clip, file=file, size=len(picture))
        ).result()
        return target

    def prune(self, max_bytes: int | None, older_than: timedelta | date | None) -> int:
        """Delete kept clips and unused pictures; see `Library.prune`."""
        from .pruning import choose_clips

        limit = whole_number("max_bytes", max_bytes)
        oldest = age_limit("older_than", older_than, time.time())
        freed = self.remove_pictures()
        nothing: list[KeptClip] = []
        prunable = self._journal.read(clip_writes.prunable_clips, nothing)
        gone: list[KeptClip] = []
        for clip in choose_clips(prunable, self.size, limit, oldest):
            # A file that the system does not delete stays recorded.
            with suppress(OSError):
                self.delete_files([clip.file, clip.poster])
                gone.append(clip)
        self._journal.change(partial(clip_writes.remove_clips, clips=gone))
        return freed + sum(clip.size for clip in gone)

    def remove_pictures(self, names: Collection[str] | None = None) -> int:
        """Delete the pictures that no request uses any more.

        Args:
            names: The names of the only files to look at; by default all.

        Returns:
            The number of bytes freed.
        """
        if self._journal.database.in_memory or (names is not None and not names):
            return 0
        remove = partial(pictures.remove_unused, folder=self.folder, names=names)
        return self._journal.change(remove)

    def delete_files(self, names: Iterable[str | None]) -> None:
        """Delete files of clips, and the folder of a job when it is empty then.

        Args:
            names: As the journal names them; any other name is left alone.

        Raises:
            OSError: The system does not delete one.
        """
        for name in names:
            path = clip_paths.path_of(self.folder, name)
            if path is not None:
                path.unlink(missing_ok=True)
                with suppress(OSError):
                    path.parent.rmdir()

    def _place_of(self, job_id: str, number: int, identity: Identity | None) -> _Place | None:
        """Find out where a clip belongs; None when it is not to be kept."""
        if not self.keep_clips:
            return None

        def read(connection: sqlite3.Connection) -> tuple[int, str, int | None] | None:
            entry, owner = queries.owner_of(connection, job_id, identity)
            if mark_writes.read_marks(connection, entry).is_deleted(number):
                return None
            known = clip_writes.kept_clip(connection, entry, number)
            # A clip stays where it was kept, also when its job was moved to another identity.
            if known is not None and clip_paths.path_of(self.folder, known.file) is not None:
                sizes = {
                    clip.number: clip.size for clip in clip_writes.recorded_clips(connection, entry)
                }
                return entry, known.file, sizes.get(number)
            return entry, clip_paths.clip_file(realm_columns(owner), job_id, number), None

        found = self._journal.database.read(read)
        return None if found is None else _Place(*found, self.max_bytes)

    def _is_full(self, max_bytes: int | None) -> bool:
        if max_bytes is None or self.size < max_bytes:
            return False
        self._report(Message("clips_full", size=f"{max_bytes / 2**20:,.0f}"))
        return True

    def _verifier(self) -> ClipVerifier:
        from .verification import ClipVerifier

        return ClipVerifier(self._journal, self._report)

    async def _fetch(self, fetch: Callable[[Path], Awaitable[object]], target: Path) -> None:
        from .verification import require_clip

        await to_thread(self._partials.remove_stale)
        partial_file = await to_thread(partial(self._partials.path, ".mp4"))
        try:
            await fetch(partial_file)
            await to_thread(partial(require_clip, partial_file))
            await to_thread(partial(move_into_place, partial_file, target))
        finally:
            with suppress(OSError):
                partial_file.unlink(missing_ok=True)

    async def _record(self, entry: int, number: int, file: str) -> None:
        from .verification import hash_of

        path = self.folder / file
        try:
            size = (await to_thread(path.stat)).st_size
            sha256 = await to_thread(partial(hash_of, path))
            write = partial(
                clip_writes.keep_clip,
                entry=entry,
                number=number,
                file=file,
                size=size,
                sha256=sha256,
            )
            clip = await outcome_of(self._journal.writer.submit(write))
            if clip is not None and clip.poster is None:
                await to_thread(partial(self._make_poster, clip, path))
        except (sqlite3.Error, OSError) as error:
            # The clip itself is safe; the writer reports what is wrong with the disk.
            log.debug("A kept clip was not recorded.", exc_info=error)

    def _make_poster(self, clip: KeptClip, path: Path) -> None:
        from . import posters

        picture = posters.poster_of(path)
        if picture is not None:
            self.put_poster(clip, picture)

    def _setting(self, name: str) -> str | None:
        return self._journal.read(partial(queries.setting, name=name), None)

    def _set(self, name: str, value: str) -> None:
        self._journal.change(partial(writes.set_setting, name=name, value=value))

    def _report(self, problem: Message) -> None:
        if self.problem is None:
            log.warning("%s", problem)
        self.problem = problem

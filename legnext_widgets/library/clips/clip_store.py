"""The clips that the library keeps: fetched whole or not at all, counted, pruned."""

from __future__ import annotations

import asyncio
import errno
import logging
import sqlite3
import time
import uuid
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from legnext_widgets import files
from legnext_widgets.client.messages import Message
from legnext_widgets.environment import to_thread
from legnext_widgets.library import paths
from legnext_widgets.library.db import clip_rows
from legnext_widgets.library.db.file_lock import FileLock, Timeout
from legnext_widgets.library.db.process_lock import CLAIM
from legnext_widgets.library.db.writer import finished

from . import clip_paths, posters

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from legnext_widgets.client.session.store import Identity
    from legnext_widgets.library.db.clip_rows import Clip
    from legnext_widgets.library.db.database import Database
    from legnext_widgets.library.db.process_lock import Session
    from legnext_widgets.library.db.writer import Writer

T = TypeVar("T")

log = logging.getLogger("legnext_widgets.library")

CLAIM_POLL_SECONDS = 0.1
STALE_PARTIAL_SECONDS = 24 * 3600.0
LARGEST_GIVEN_POSTER = 64 * 1024

DISK_ERRORS = frozenset(
    {errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPERM, errno.EROFS}
)


class KeptClips:
    """The clips in the library's folder.

    Args:
        database: The journal, where clips are noted.
        writer: Who notes them.
        session: Asked for the session of the library, whose death makes partial files rubbish.
    """

    def __init__(self, database: Database, writer: Writer, session: Callable[[], Session]) -> None:
        self.database = database
        self.writer = writer
        self.session = session
        self.trouble: str | None = None
        self._cleaned = False

    @property
    def folder(self) -> Path:
        """The library's folder."""
        return self.database.folder

    async def keep(
        self,
        job_id: str,
        number: int,
        fetch: Callable[[Path], Awaitable[object]],
        realm: Identity | None,
        most_bytes: int | None,
    ) -> Path | None:
        """Bring a clip into the library; see `Library.keep`."""
        if self.database.in_memory:
            return None
        entry, owner = self.database.read(partial(clip_rows.owner_of, job_id=job_id, realm=realm))
        file = clip_paths.clip_file(owner, job_id, number)
        target = self.folder / file
        async with self._claim(file):
            if not target.exists():
                if most_bytes is not None and self.size() >= most_bytes:
                    self._say(Message("clips_full", size=f"{most_bytes / 2**20:,.0f}"))
                    return None
                try:
                    await self._fetch(fetch, target)
                except OSError as error:
                    if error.errno not in DISK_ERRORS:
                        raise
                    self._say(Message("clip_not_kept", folder=str(self.folder), error=str(error)))
                    return None
            self.trouble = None
            await self._note(entry, number, file)
        return target

    async def make_poster(self, clip: Clip) -> Path | None:
        """Make the poster of a kept clip, where that is possible."""
        place = clip_paths.place_of(self.folder, clip.file)
        if place is None:
            return None
        picture = await to_thread(partial(posters.poster_of, place))
        if picture is None:
            return None
        return await to_thread(partial(self.put_poster, clip, picture))

    def put_poster(self, clip: Clip, picture: bytes) -> Path:
        """Store a poster beside its clip.

        Args:
            clip: A kept clip.
            picture: A small WebP, JPEG or PNG picture.

        Returns:
            Where it lies.

        Raises:
            ValueError: When it is no such picture, or larger than 64 KiB.
        """
        ending = clip_paths.poster_ending(picture)
        if ending is None or len(picture) > LARGEST_GIVEN_POSTER:
            raise ValueError("A poster is a WebP, JPEG or PNG picture of at most 64 KiB.")
        file = clip.file.removesuffix(".mp4") + ending
        target = self.folder / file
        partial_file = self._partial_place(ending)
        partial_file.write_bytes(picture)
        partial_file.chmod(paths.FILE_MODE)
        partial_file.replace(target)
        self.writer.submit(
            partial(clip_rows.add_poster, clip=clip, poster=file, size=len(picture))
        ).result()
        return target

    def size(self) -> int:
        """Count the bytes of all kept clips and posters."""
        return self.database.read(clip_rows.bytes_kept)

    def remove(self, clips: list[Clip]) -> int:
        """Delete kept clips with their posters.

        Args:
            clips: Which.

        Returns:
            How many bytes were freed. A file that the system will not delete stays noted.
        """
        gone: list[Clip] = []
        for clip in clips:
            with suppress(OSError):
                self.delete_files([clip.file, clip.poster])
                gone.append(clip)
        self.writer.submit(partial(clip_rows.remove, clips=gone), postponable=False).result()
        return sum(clip.size for clip in gone)

    def delete_files(self, files: list[str | None]) -> None:
        """Delete files that the journal named, and the folder of a job when it is empty then.

        Args:
            files: As the journal names them; anything but a clip or a poster is left alone.

        Raises:
            OSError: When the system does not let go of one.
        """
        for name in files:
            place = clip_paths.place_of(self.folder, name)
            if place is not None:
                place.unlink(missing_ok=True)
                with suppress(OSError):
                    place.parent.rmdir()

    async def _fetch(self, fetch: Callable[[Path], Awaitable[object]], target: Path) -> None:
        if not self._cleaned:
            self._cleaned = True
            await to_thread(self._remove_old_partials)
        partial_file = self._partial_place(".mp4")
        try:
            await fetch(partial_file)
            await to_thread(partial(move_into_place, partial_file, target))
        finally:
            with suppress(OSError):
                partial_file.unlink(missing_ok=True)

    async def _note(self, entry: int, number: int, file: str) -> None:
        place = self.folder / file
        size = place.stat().st_size
        noted = partial(clip_rows.keep, entry=entry, number=number, file=file, size=size)
        try:
            clip = await finished(self.writer.submit(noted))
            if clip.poster is None:
                await self.make_poster(clip)
        except (sqlite3.Error, OSError) as error:
            # The clip itself is safe; the writer says what is wrong with the disk.
            log.debug("a kept clip was not noted", exc_info=error)

    def _partial_place(self, ending: str) -> Path:
        folder = self.folder / clip_paths.PARTIAL
        folder.mkdir(mode=paths.FOLDER_MODE, parents=True, exist_ok=True)
        return folder / f"{self.session().begin()}.{uuid.uuid4().hex}{ending}"

    def _remove_old_partials(self) -> None:
        """Delete what sessions that died left half done."""
        folder = self.folder / clip_paths.PARTIAL
        session = self.session()
        for path in folder.glob("*.*"):
            with suppress(OSError):
                age = time.time() - path.stat().st_mtime
                # Downloaders may put a dot before the name and more behind it.
                owner = path.name.lstrip(".").split(".")[0]
                if age > STALE_PARTIAL_SECONDS or not session.is_alive(owner):
                    path.unlink()

    @asynccontextmanager
    async def _claim(self, file: str) -> AsyncIterator[None]:
        """Let one session at a time fetch a clip; the next one then finds it there.

        Where locks cannot be trusted two may fetch it, each into a file of its own.
        """
        claims = self.session().folder
        if claims is None:
            yield
            return
        claims.mkdir(mode=paths.FOLDER_MODE, parents=True, exist_ok=True)
        path = claims / f"{CLAIM}{clip_paths.digest(file)}"
        # One object is one claim, even in one thread: nothing here waits while blocking.
        lock = FileLock(path, mode=paths.FILE_MODE, thread_local=False)
        held = False
        try:
            while not held:
                try:
                    lock.acquire(blocking=False)
                    held = True
                except Timeout:
                    await asyncio.sleep(CLAIM_POLL_SECONDS)
                except (OSError, NotImplementedError):
                    break
            yield
        finally:
            if held:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                lock.release(force=True)

    def _say(self, trouble: str) -> None:
        if self.trouble is None:
            log.warning("%s", trouble)
        self.trouble = trouble


def move_into_place(partial_file: Path, target: Path) -> None:
    """Give a whole file its final name.

    Args:
        partial_file: Complete, on the same disk.
        target: The final name.

    Raises:
        OSError: When the disk refuses; then nothing has the final name.
        ValueError: When nothing was fetched.
    """
    if not partial_file.is_file() or partial_file.stat().st_size == 0:
        raise ValueError("nothing was fetched")
    partial_file.chmod(paths.FILE_MODE)
    files.sync_file(partial_file)
    target.parent.parent.parent.mkdir(mode=paths.FOLDER_MODE, exist_ok=True)
    target.parent.parent.mkdir(mode=paths.FOLDER_MODE, exist_ok=True)
    target.parent.mkdir(mode=paths.FOLDER_MODE, exist_ok=True)
    partial_file.replace(target)
    files.sync_folder(target.parent)

"""Check kept clips against the journal, and set aside those that are damaged.

The hash of a clip is stored as a setting named after its file: the tables stay as version 0.1 made
them, so that both versions can work with one library. A clip of before has no hash until it is
verified for the first time.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from legnext_widgets.client.media.containers import Flaw, flaw_in_path, flaw_on_disk
from legnext_widgets.client.messages import Message
from legnext_widgets.library import paths
from legnext_widgets.library.db.statements import clip_writes, writes

from . import clip_paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from legnext_widgets.library.db.journal import Journal
    from legnext_widgets.library.records import RecordedClip

log = logging.getLogger("legnext_widgets.library")


@dataclass(frozen=True)
class DamagedClip:
    """A kept clip that is not what it was when it was kept.

    Attributes:
        job_id: The job.
        index: Index of the clip in the job.
        reason: What is wrong, such as `1.2 of about 3 MB`.
        set_aside: Where the damaged file is now; None when it is missing or could not be moved.
    """

    job_id: str
    index: int
    reason: str
    set_aside: Path | None


@dataclass(frozen=True)
class Verification:
    """What `Library.verify` found.

    Attributes:
        checked: How many kept clips the journal lists.
        damaged: Those that were damaged or are missing.
    """

    checked: int
    damaged: tuple[DamagedClip, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all clips are whole."""
        return not self.damaged


class ClipVerifier:
    """Check the clips of one journal.

    Args:
        journal: The open journal.
        report: Called with each problem that a person should know.
    """

    def __init__(self, journal: Journal, report: Callable[[Message], None]) -> None:
        self._journal = journal
        self._report = report

    def verify(self) -> Verification:
        """Check all clips with their hashes; see `Library.verify`."""
        clips = self._clips(None)
        found = [self._checked(clip, hashes=True) for clip in clips]
        return Verification(len(clips), tuple(clip for clip in found if clip))

    def check(self, entry: int) -> list[int]:
        """Check the clips of one row by size and container.

        Returns:
            The numbers of those that were damaged and are set aside now.
        """
        found = [self._checked(clip, hashes=False) for clip in self._clips(entry)]
        return [clip.index for clip in found if clip]

    def _clips(self, entry: int | None) -> list[RecordedClip]:
        nothing: list[RecordedClip] = []
        return self._journal.read(partial(clip_writes.recorded_clips, entry=entry), nothing)

    def _checked(self, clip: RecordedClip, *, hashes: bool) -> DamagedClip | None:
        path = clip_paths.path_of(self._journal.folder, clip.file)
        if path is None:
            return None
        try:
            flaw = flaw_on_disk(path, clip.size) or (
                self._flaw_by_hash(clip, path) if hashes else None
            )
        except OSError as error:
            flaw = Flaw(Message("file_unreadable", error=error.strerror or str(error)))
        return None if flaw is None else self._set_aside(clip, path, flaw)

    def _flaw_by_hash(self, clip: RecordedClip, path: Path) -> Flaw | None:
        found = hash_of(path)
        if clip.sha256 is None:
            name = clip_writes.hash_name(clip.file)
            with suppress(sqlite3.Error, OSError):
                self._journal.change(partial(writes.set_setting, name=name, value=found))
            return None
        return None if found == clip.sha256 else Flaw(Message("file_changed"))

    def _set_aside(self, clip: RecordedClip, path: Path, flaw: Flaw) -> DamagedClip:
        moved: Path | None = None
        try:
            if path.exists():
                folder = self._journal.folder / clip_paths.DAMAGED
                folder.mkdir(mode=paths.FOLDER_MODE, parents=True, exist_ok=True)
                name = clip_paths.digest(clip.job_id)[:12]
                moved = folder / f"{name}-{clip.number}-{uuid.uuid4().hex[:8]}.mp4"
                path.replace(moved)
            self._journal.change(partial(clip_writes.lose_clip, clip=clip))
        except (sqlite3.Error, OSError) as error:
            # On a disk that refuses, the record stays; the clip is not handed out all the same.
            log.debug("A damaged clip could not be set aside.", exc_info=error)
        there = moved if moved is not None and moved.exists() else path
        if there.exists():  # and was not deleted by hand, which is no news
            file = str(there.relative_to(self._journal.folder))
            job_id, number = clip.job_id, clip.number
            self._report(
                Message("clip_damaged", number=number, id=job_id, reason=flaw.reason, file=file)
            )
        return DamagedClip(clip.job_id, clip.number, flaw.reason, there if there != path else None)


def hash_of(path: Path) -> str:
    """Compute the SHA-256 of a file, in hexadecimal.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_kept(target: Path, size: int | None) -> bool:
    """Whether a clip is there as it was recorded; or whole, if it was not recorded yet."""
    try:
        found = target.stat().st_size
        return found == size if size is not None else flaw_in_path("clip", target) is None
    except OSError:
        return False


def require_clip(partial_file: Path) -> None:
    """Check that a fetched file is a whole clip.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no whole clip, is missing or empty.
    """
    if not partial_file.is_file() or partial_file.stat().st_size == 0:
        raise ValueError("Nothing was fetched.")
    flaw = flaw_in_path("clip", partial_file)
    if flaw is not None:
        raise ValueError(f"The fetched file is not a complete clip: {flaw.reason}.")

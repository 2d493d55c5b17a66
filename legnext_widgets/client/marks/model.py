"""The marks of a person on jobs and their clips: star, note, hidden, deleted. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ClipMarks:
    """The marks of one clip. None means that the mark of its job applies.

    Attributes:
        favourite: Whether it is a favourite.
        note: The note about it.
        hidden: Whether it is hidden from galleries.
        deleted: Whether it was deleted from the library; a deleted clip is not kept again.
    """

    favourite: bool | None = None
    note: str | None = None
    hidden: bool | None = None
    deleted: bool = False


@dataclass(frozen=True)
class MarkChange:
    """A change of marks; None leaves a mark as it is.

    Attributes:
        favourite: Set or remove the star.
        note: The new note; an empty one removes it.
        hidden: Hide it, or show it again.
        deleted: Count a clip as deleted, or as not deleted; a job has no such mark.
    """

    favourite: bool | None = None
    note: str | None = None
    hidden: bool | None = None
    deleted: bool | None = None


@dataclass(frozen=True)
class JobMarks:
    """The marks of a job and of its clips.

    Attributes:
        favourite: Whether the job, or any of its clips, is a favourite.
        note: The note about the job.
        hidden: Whether the job, or each of its clips, is hidden.
        clips: The marks of single clips, by their number.
    """

    favourite: bool = False
    note: str = ""
    hidden: bool = False
    clips: Mapping[int, ClipMarks] = field(default_factory=dict)

    def is_favourite(self, index: int) -> bool:
        """Whether a clip is a favourite."""
        own = self._own(index).favourite
        return self.favourite if own is None else own

    def note_of(self, index: int) -> str:
        """Return the note about a clip: its own, else that of its job."""
        own = self._own(index).note
        return self.note if own is None else own

    def is_hidden(self, index: int) -> bool:
        """Whether a clip is hidden or deleted."""
        own = self._own(index)
        return own.deleted or (self.hidden if own.hidden is None else own.hidden)

    def is_deleted(self, index: int) -> bool:
        """Whether a clip was deleted from the library."""
        return self._own(index).deleted

    def changed(self, change: MarkChange, index: int | None, count: int) -> JobMarks:
        """Return the marks after a change.

        A star or a hidden mark of the job applies to all its clips. The job keeps its star while
        any clip has one, and is hidden while each clip is.

        Args:
            change: What to change.
            index: Number of the clip; None changes the marks of the job.
            count: How many clips the job has, as far as is known.
        """
        return self._job(change) if index is None else self._clip(change, index, count)

    def _own(self, index: int) -> ClipMarks:
        return self.clips.get(index, ClipMarks())

    def _job(self, change: MarkChange) -> JobMarks:
        clips = dict(self.clips)
        if change.favourite is not None:
            clips = {number: replace(own, favourite=None) for number, own in clips.items()}
        if change.hidden is not None:
            clips = {number: replace(own, hidden=None) for number, own in clips.items()}
        return JobMarks(
            favourite=self.favourite if change.favourite is None else change.favourite,
            note=self.note if change.note is None else change.note,
            hidden=self.hidden if change.hidden is None else change.hidden,
            clips={number: own for number, own in clips.items() if own != ClipMarks()},
        )

    def _clip(self, change: MarkChange, index: int, count: int) -> JobMarks:
        clips = dict(self.clips)
        numbers = range(max(count, index + 1))
        # From now on each clip has a mark of its own: that of the job no longer stands for all.
        hides = change.hidden is not None or change.deleted is not None
        for number in numbers:
            own = self._own(number)
            if change.favourite is not None:
                own = replace(own, favourite=self.is_favourite(number))
            if hides and own.hidden is None:
                own = replace(own, hidden=self.hidden)
            clips[number] = own
        mine = clips[index]
        clips[index] = ClipMarks(
            favourite=mine.favourite if change.favourite is None else change.favourite,
            note=mine.note if change.note is None else change.note,
            hidden=mine.hidden if change.hidden is None else change.hidden,
            deleted=mine.deleted if change.deleted is None else change.deleted,
        )
        after = replace(self, clips=clips)
        starred = change.favourite is not None
        return JobMarks(
            favourite=any(map(after.is_favourite, numbers)) if starred else self.favourite,
            note=self.note,
            hidden=all(map(after.is_hidden, numbers)) if hides else self.hidden,
            clips={number: own for number, own in clips.items() if own != ClipMarks()},
        )


@runtime_checkable
class MarkStore(Protocol):
    """What stores marks: the library."""

    def mark(self, job_id: str, change: MarkChange, *, index: int | None = None) -> None:
        """Change the marks of a job, or of one of its clips, and wait until that is written.

        Args:
            job_id: The job.
            change: What to change.
            index: Number of the clip; None for the job.

        Raises:
            KeyError: The store does not know the job.
        """

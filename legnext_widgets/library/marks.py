"""`MarkedJobStore`, a job store on disk with the marks of a person: star, note, hidden."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from legnext_widgets.client.marks.model import MarkChange

from .batches import DiskBatches
from .db.statements import mark_writes, writes
from .errors import as_library_errors
from .pending_deletions import DiskDeletions
from .store import DiskJobStore

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from legnext_widgets.client.handles.jobs import Job
    from legnext_widgets.client.marks.model import MarkStore

    from .records import LibraryRecord

T = TypeVar("T")


def jobs_of(store: MarkStore, records: Iterable[LibraryRecord]) -> list[Job]:
    """Make jobs that can be read without a client, in a list that shows itself in a notebook.

    Args:
        store: Where their marks are stored.
        records: What is known of them.
    """
    from legnext_widgets.client.display.lists import ReprList
    from legnext_widgets.client.handles.jobs import Job

    return ReprList(Job.from_record(record, store=store) for record in records)


class MarkedJobStore(DiskJobStore):
    """The jobs of one journal, and their marks.

    A mark of a job applies to all its clips that have none of their own. A job is a favourite
    while any of its clips is, and hidden while each of them is.

    Args:
        journal: The open journal, which is closed with the store.
    """

    @property
    def batches(self) -> DiskBatches:
        """Which jobs the batches of studios made."""
        return DiskBatches(self._journal)

    @property
    def deletions(self) -> DiskDeletions:
        """Which deletions in studios and galleries can still be undone."""
        return DiskDeletions(self._journal)

    @as_library_errors()
    def favourite(self, job_id: str, marked: bool = True, *, index: int | None = None) -> None:  # noqa: FBT001, FBT002 - public since 0.1
        """Make a job, or one of its clips, a favourite, or remove the mark.

        Kept clips that are favourites are never pruned.

        Args:
            job_id: The job.
            marked: Whether it is a favourite from now on.
            index: Number of the clip; None for all clips of the job.

        Raises:
            UnknownJobError: The library does not know the job.
            LibraryError: The disk refuses.
        """
        self.mark(job_id, MarkChange(favourite=bool(marked)), index=index)

    @as_library_errors()
    def annotate(self, job_id: str, note: str, *, index: int | None = None) -> None:
        """Write a note about a job, or about one of its clips.

        Args:
            job_id: The job.
            note: The note; an empty one removes it.
            index: Index of a clip, from 0; None for the job.

        Raises:
            UnknownJobError: The library does not know the job.
            LibraryError: The disk refuses.
        """
        self.mark(job_id, MarkChange(note=note), index=index)

    @as_library_errors()
    def hide(self, job_id: str, hidden: bool = True, *, index: int | None = None) -> None:  # noqa: FBT001, FBT002 - as `favourite`
        """Hide a job, or one of its clips, from galleries, or show it again.

        Args:
            job_id: The job.
            hidden: False shows it again.
            index: Index of a clip, from 0; None for the job and all its clips.

        Raises:
            UnknownJobError: The library does not know the job.
            LibraryError: The disk refuses.
        """
        self.mark(job_id, MarkChange(hidden=bool(hidden)), index=index)

    @as_library_errors()
    def mark(self, job_id: str, change: MarkChange, *, index: int | None = None) -> None:
        """Change marks of a job, or of one of its clips, and wait until that is written.

        Args:
            job_id: The job.
            change: What to change.
            index: Number of the clip; None for the job.

        Raises:
            UnknownJobError: The library does not know the job.
            LibraryError: The disk refuses.
        """
        if index is not None and index < 0:
            raise ValueError("The index of a clip must be 0 or more.")
        self._change(job_id, partial(mark_writes.change_marks, change=change, number=index))

    def _change(self, job_id: str, change: Callable[[sqlite3.Connection, int], T]) -> T:
        """Change the row of a job or of an attempt, and wait until that is written."""
        return self._journal.change(
            lambda connection: change(connection, writes.entry_of(connection, job_id))
        )

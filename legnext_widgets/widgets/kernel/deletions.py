"""Delete jobs and clips from their library once that can be undone no more."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from legnext_widgets import library
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.marks.model import MarkChange

if TYPE_CHECKING:
    from legnext_widgets.client.handles.jobs import Job

_log = logging.getLogger("legnext_widgets")

Mark = tuple["Job", MarkChange, "int | None"]
"""A job, a change of its marks, and the clip that it is about; None for the job."""


class Deletion:
    """Clips and jobs that are hidden now and deleted later, unless that is undone.

    A job goes as a whole when it is chosen itself, or when all its clips are.

    Args:
        undo: The id by which it can be undone.
        chosen: The jobs and clips.

    Attributes:
        jobs: The jobs that go as a whole.
        clips: The clips of other jobs, each with its number.
        marks: The marks until it is completed.
        former: The marks that undo these.
    """

    def __init__(self, undo: str, chosen: list[tuple[Job, int | None]]) -> None:
        self._undo = undo
        by_job: dict[Job, set[int]] = {}
        for job, index in chosen:
            every = range(len(job.videos))
            by_job.setdefault(job, set()).update(every if index is None else [index])
        self.jobs: list[Job] = []
        self.clips: list[tuple[Job, int]] = []
        self.marks: list[Mark] = []
        self.former: list[Mark] = []
        for job, indices in by_job.items():
            marks = job.state.marks
            fresh = [index for index in sorted(indices) if not marks.is_deleted(index)]
            left = [v.index for v in job.videos if not marks.is_deleted(v.index)]
            for index in fresh:
                self.marks.append((job, MarkChange(deleted=True), index))
                self.former.append((job, MarkChange(deleted=False), index))
            if len(fresh) == len(left):
                self.jobs.append(job)
                if not left:  # it has no clips to hide one by one
                    self.marks.append((job, MarkChange(hidden=True), None))
                    self.former.append((job, MarkChange(hidden=marks.hidden), None))
            else:
                self.clips += [(job, index) for index in fresh]

    def remember(self) -> None:
        """Record it in the libraries of the jobs, for the case that this process dies."""
        for store, chosen in self._by_library().items():
            try:
                store.deletions.begin(self._undo, chosen)
            except LegnextError as error:
                _log.warning("A deletion was not recorded: %s", error)

    def complete(self) -> None:
        """Delete them from the libraries, with their kept files."""
        for store, chosen in self._by_library().items():
            for job_id, index in chosen:
                _forget(store, job_id, index)
        self.end()

    def end(self) -> None:
        """Record that it was completed or undone."""
        for store in self._by_library():
            _end(store, self._undo)

    def _by_library(self) -> dict[library.Library, list[tuple[str, int | None]]]:
        found: dict[library.Library, list[tuple[str, int | None]]] = {}
        for job, index in [*((job, None) for job in self.jobs), *self.clips]:
            store = job.state.mark_store
            if isinstance(store, library.Library):
                found.setdefault(store, []).append((job.id, index))
        return found


def complete_abandoned(store: library.Library) -> None:
    """Complete the deletions of processes that died before these could be undone no more.

    What was shown again meanwhile stays.

    Args:
        store: The library.
    """
    for deletion in store.deletions.abandoned():
        for job_id, index in deletion.chosen:
            record = store.record(job_id)
            if record is None:
                continue
            marks = record.marks
            if marks.hidden if index is None else marks.is_deleted(index):
                _forget(store, job_id, index)
        _end(store, deletion.id)


def _forget(store: library.Library, job_id: str, index: int | None) -> None:
    try:
        store.forget(job_id, index=index)
    except KeyError:
        _log.info("The library does not know job %s.", job_id)
    except LegnextError as error:
        _log.warning("A job was not deleted from the library: %s", error)


def _end(store: library.Library, deletion_id: str) -> None:
    try:
        store.deletions.end(deletion_id)
    except LegnextError as error:
        _log.warning("The end of a deletion was not recorded: %s", error)

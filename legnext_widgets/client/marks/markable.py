"""Define the marks of jobs and videos once, for both clients: star, note, hidden."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .model import MarkChange

if TYPE_CHECKING:
    from legnext_widgets.client.session.job_state import JobState

_log = logging.getLogger("legnext_widgets")


class Markable:
    """A job, or one of its videos, with the marks of a person.

    Marks are stored in the library of the client, or in the library that the job was read from.
    Without a library they last as long as the client.
    """

    state: JobState

    @property
    def favourite(self) -> bool:
        """Whether it is a favourite; may be set. The library never prunes favourite clips.

        A job is a favourite while any of its videos is. Setting it sets all of them.
        """
        marks, index = self.state.marks, self._mark_index()
        return marks.favourite if index is None else marks.is_favourite(index)

    @favourite.setter
    def favourite(self, marked: bool) -> None:
        self._mark(MarkChange(favourite=bool(marked)))

    @property
    def note(self) -> str:
        """The note about it; may be set. A video without a note of its own has that of its job."""
        marks, index = self.state.marks, self._mark_index()
        return marks.note if index is None else marks.note_of(index)

    @note.setter
    def note(self, note: str) -> None:
        self._mark(MarkChange(note=str(note)))

    @property
    def hidden(self) -> bool:
        """Whether galleries leave it out; may be set.

        A job is hidden while each of its videos is. Setting it sets all of them.
        """
        marks, index = self.state.marks, self._mark_index()
        return marks.hidden if index is None else marks.is_hidden(index)

    @hidden.setter
    def hidden(self, hidden: bool) -> None:
        self._mark(MarkChange(hidden=bool(hidden)))

    def _mark_index(self) -> int | None:
        """Return the number of the video; None for a job."""
        return None

    def _mark(self, change: MarkChange) -> None:
        apply_mark(self.state, change, self._mark_index())
        save_mark(self.state, change, self._mark_index())


def apply_mark(state: JobState, change: MarkChange, index: int | None = None) -> None:
    """Mark a job, or its clip of a number, and call the subscribers; from any thread."""
    count = len(state.task.output.video_urls) if state.task else 0
    state.marks = state.marks.changed(change, index, count)
    state.call_subscribers()


def save_mark(state: JobState, change: MarkChange, index: int | None = None) -> None:
    """Store a change of marks, where there is a store; waits until it is written.

    Raises:
        LibraryError: The disk refuses.
    """
    if state.mark_store is None or not state.id:
        return
    try:
        state.mark_store.mark(state.id, change, index=index)
    except KeyError:
        _log.info("The library does not know job %s; its marks are not stored.", state.id)

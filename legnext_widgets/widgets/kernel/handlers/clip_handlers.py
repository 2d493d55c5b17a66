"""Handle what a person does with chosen clips: star, note, hide, delete, pack, export."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from legnext_widgets import library
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.marks.markable import apply_mark, save_mark
from legnext_widgets.client.marks.model import MarkChange
from legnext_widgets.client.messages import Message
from legnext_widgets.widgets.kernel.deletions import Deletion
from legnext_widgets.widgets.kernel.protocol.localized import localize, localize_error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.client.handles.jobs import Job, Video
    from legnext_widgets.widgets.kernel.deletions import Mark
    from legnext_widgets.widgets.kernel.job_list import JobList
    from legnext_widgets.widgets.kernel.media.media_transfer import MediaTransfer
    from legnext_widgets.widgets.kernel.protocol import choice_messages
    from legnext_widgets.widgets.kernel.protocol.job_values import Chosen
    from legnext_widgets.widgets.kernel.publisher import Publisher, WorkQueue

    from .job_handlers import Handlers

_log = logging.getLogger("legnext_widgets")


class ClipHandlers:
    """The handlers of messages about chosen clips and jobs.

    Args:
        jobs: The jobs that the widget shows.
        publisher: Writes to the browser.
        files: Writes to the library.
        media: Makes zip files and sends them in chunks.
    """

    def __init__(
        self, *, jobs: JobList, publisher: Publisher, files: WorkQueue, media: MediaTransfer
    ) -> None:
        self._jobs = jobs
        self._publisher = publisher
        self._files = files
        self._media = media
        self._lock = threading.Lock()
        self._deletions: dict[str, Deletion] = {}
        self.handlers: Handlers = {
            "annotate": self._on_annotate,
            "complete": lambda message: self._complete_later(message["undo"]),
            "delete": self._on_delete,
            "export": self._on_export,
            "favourite": self._on_favourite,
            "hide": self._on_hide,
            "pack": self._on_pack,
            "undo": self._on_undo,
        }

    def finish(self) -> None:
        """Complete the deletions that can no longer be undone: the widget or its page closes."""
        for undo in list(self._deletions):
            self._complete(undo)

    def _complete_later(self, undo: str) -> None:
        self._files.post(lambda: self._complete(undo))

    def _on_favourite(self, message: choice_messages.FavouriteRequest) -> None:
        chosen: Chosen = {"job_id": message["job_id"], "index": message.get("index")}
        self._mark([chosen], MarkChange(favourite=message["on"]))

    def _on_annotate(self, message: choice_messages.AnnotateRequest) -> None:
        chosen: Chosen = {"job_id": message["job_id"], "index": message.get("index")}
        self._mark([chosen], MarkChange(note=message["note"]))

    def _on_hide(self, message: choice_messages.HideRequest) -> None:
        self._mark(message.get("clips", []), MarkChange(hidden=message["on"]))

    def _mark(self, chosen: Iterable[Chosen], change: MarkChange) -> None:
        self._apply([(job, change, index) for job, index in self._shown_clips(chosen)])

    def _apply(self, marks: list[Mark]) -> None:
        for job, change, index in marks:
            apply_mark(job.state, change, index)
        self._files.post(lambda: _save(marks))

    def _shown_clips(self, chosen: Iterable[Chosen]) -> list[tuple[Job, int | None]]:
        """Return the jobs and clips that are shown, of those that a page names."""
        found = []
        for one in chosen:
            job, index = self._jobs.get(one.get("job_id", "")), one.get("index")
            if job is not None and (index is None or 0 <= index < len(job.videos)):
                found.append((job, index))
        return found

    def _videos(self, chosen: Iterable[Chosen]) -> list[Video]:
        """Return the clips that a page names, each once; of a job all that are not hidden."""
        videos: dict[Video, None] = {}
        for job, index in self._shown_clips(chosen):
            some = [video for video in job.videos if not video.hidden]
            videos |= dict.fromkeys(some if index is None else [job.videos[index]])
        return list(videos)

    def _on_delete(self, message: choice_messages.DeleteRequest) -> None:
        undo = message["undo"]
        deletion = Deletion(undo, self._shown_clips(message.get("clips", [])))
        with self._lock:
            if undo in self._deletions:
                return
            self._deletions[undo] = deletion
        # Recorded and stored as hidden at once: should the kernel die now, the next session
        # completes it.
        self._files.post(deletion.remember)
        self._apply(deletion.marks)
        # The page says when the time to undo it is over. Its messages keep their order: an undo
        # pressed in time comes first, also where a cell keeps the kernel busy meanwhile.

    def _on_undo(self, message: choice_messages.UndoRequest) -> None:
        with self._lock:
            deletion = self._deletions.pop(message["undo"], None)
        if deletion is not None:
            self._apply(deletion.former)
            self._files.post(deletion.end)

    def _complete(self, undo: str) -> None:
        with self._lock:
            deletion = self._deletions.pop(undo, None)
        if deletion is not None:
            deletion.complete()
            for job in deletion.jobs:
                self._jobs.remove(job.id)
            self._files.changed()

    def _on_pack(self, message: choice_messages.PackRequest) -> None:
        ask = message["ask"]

        def packed(name: str, missing: int, error: Message | None) -> None:
            self._publisher.send(
                {
                    "type": "packed",
                    "ask": ask,
                    "name": name,
                    "missing": missing,
                    "error": None if error is None else localize(error),
                }
            )

        self._media.pack(ask, self._videos(message.get("clips", [])), packed, self._files.post)

    def _on_export(self, message: choice_messages.ExportRequest) -> None:
        self._files.post(lambda: self._export(message))

    def _export(self, message: choice_messages.ExportRequest) -> None:
        videos = self._videos(message.get("clips", []))
        stores = [v.state.mark_store for v in videos]
        store = next((one for one in stores if isinstance(one, library.Library)), None)
        path, error = "", None
        if store is None:
            error = localize(Message("clips_in_no_library"))
        else:
            stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
            try:
                path = str(store.export(Path(f"legnext-export-{stamp}").absolute(), clips=videos))
            except LegnextError as problem:
                error = localize_error(problem)
        self._publisher.send(
            {"type": "exported", "ask": message["ask"], "path": path, "error": error}
        )


def _save(marks: list[Mark]) -> None:
    for job, change, index in marks:
        try:
            save_mark(job.state, change, index)
        except LegnextError as error:
            _log.warning("A mark was not stored: %s", error)

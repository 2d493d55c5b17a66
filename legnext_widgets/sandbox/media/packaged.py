"""Serve the packaged clips and pictures, where clips cannot be rendered or need not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets import environment
from legnext_widgets.sandbox.simulation.jobs import MediaFile

from .producer import IMAGES, OnDone, clip_count, media_path, publish_pictures
from .scenes import ASSETS, number_for, picture_of, scenes_for

if TYPE_CHECKING:
    from legnext_widgets.sandbox.simulation.jobs import Job

    from .media_store import MediaStore

NOTE = (
    "The sandbox shows clips that come with the package; "
    "install legnext-widgets[sandbox] for clips made from your image."
)
NOTE_IN_BROWSER = (
    "The sandbox runs inside this page and shows clips that come with the package. "
    "Reloading the page ends it; its jobs are then gone."
)


class PackagedProducer:
    """Serves the same few files for every job.

    Args:
        media: Serves the files.
    """

    def __init__(self, media: MediaStore) -> None:
        self.note: str | None = NOTE_IN_BROWSER if environment.in_pyodide() else NOTE
        self._media = media
        self._clips = sorted(ASSETS.glob("*.mp4"))

    def start(self, job: Job, on_done: OnDone) -> None:
        """Finish the job at once."""
        job.logs.append(self.note or "")
        if job.kind == "diffusion":
            pictures = [picture_of(s) for s in scenes_for(job.order.prompt.words, IMAGES)]
            on_done(job, *publish_pictures(self._media, job, pictures))
            return
        first = number_for(job.order.source_job or job.order.prompt.image_url or "")
        first += job.order.source_no
        clips = [
            MediaFile(media_path(job, i, ".mp4"), self._clips[(first + i) % len(self._clips)])
            for i in range(clip_count(job))
        ]
        on_done(job, [self._media.publish(clip) for clip in clips], None)

    def close(self) -> None:
        """Do nothing: no work outlives `start`."""

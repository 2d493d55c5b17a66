"""Shows clips that the package carries, where no image and video libraries are installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from legnext_widgets import browser_python

from .jobs import Output
from .production import IMAGES, Made, clip_count, grid_path, media_path
from .stills.catalogue import SCENES, number_for, scene_for

if TYPE_CHECKING:
    from .jobs import Job
    from .media import MediaFolder

FOLDER = Path(__file__).parent / "carried"
NOTE = (
    "The sandbox shows clips that the package carries; "
    "install legnext-widgets[sandbox] for clips made from your image."
)
NOTE_IN_A_BROWSER = (
    "The sandbox runs inside this page and shows clips that the package carries. "
    "Reloading the page ends it; its jobs are then gone."
)


class CarriedProduction:
    """Hands out the same few files for every job.

    Args:
        media: Where files are served from.
    """

    def __init__(self, media: MediaFolder) -> None:
        self.note: str | None = NOTE_IN_A_BROWSER if browser_python.runs_here() else NOTE
        self._media = media
        self._clips = sorted(FOLDER.glob("*.mp4"))
        self._stills = {file.stem: file for file in sorted(FOLDER.glob("*.jpg"))}

    def start(self, job: Job, made: Made) -> None:
        """Is done at once."""
        job.logs.append(self.note or "")
        if job.kind == "diffusion":
            names = list(self._stills)
            wanted = scene_for(job.order.prompt.words).name
            first = names.index(wanted) if wanted in names else job.seed
            files = [self._stills[names[(first + i) % len(names)]] for i in range(IMAGES)]
            outputs = [self._output(media_path(job, i, ".jpg"), f) for i, f in enumerate(files)]
            made(job, outputs, self._output(grid_path(job, ".jpg"), files[0]))
            return
        first = number_for(job.order.source_job or job.order.prompt.image_url or "")
        first += job.order.source_no
        files = [self._clips[(first + i) % len(self._clips)] for i in range(clip_count(job))]
        made(job, [self._output(media_path(job, i, ".mp4"), f) for i, f in enumerate(files)], None)

    def still(self, name: str) -> Path:
        """The file of one of the example pictures."""
        return self._stills.get(name) or self._stills[SCENES[0].name]

    def close(self) -> None:
        """Nothing is under way here."""

    def _output(self, path: str, file: Path) -> Output:
        self._media.publish(path, file)
        return Output(path, file)

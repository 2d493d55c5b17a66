"""The interface that makes the files of jobs (`Producer`), and the paths that serve them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

from legnext_widgets.sandbox.simulation.jobs import Failure, Job, MediaFile

if TYPE_CHECKING:
    from pathlib import Path

    from .media_store import MediaStore

OnDone: TypeAlias = Callable[[Job, list[MediaFile] | Failure, MediaFile | None], None]
"""Called once for each job with its files or why it failed, and with the grid of an image job."""

CLIPS = 4
"""Clips of a video job without `--bs`."""
IMAGES = 4


class SourceError(Exception):
    """A picture could not be fetched or read; the text is for the caller that gave the link."""


class Producer(Protocol):
    """Makes the files of jobs.

    Attributes:
        note: What a user should know about the files, or None.
    """

    note: str | None

    def start(self, job: Job, on_done: OnDone) -> None:
        """Begin to make the files of a job; return at once."""

    def close(self) -> None:
        """Abandon all work and wait until it has ended."""


def media_path(job: Job, number: int, suffix: str) -> str:
    """Return the path of one of a job's files, in the form the service uses."""
    day = datetime.fromtimestamp(job.created, UTC).strftime("%Y%m%d")
    digest = hashlib.sha256(job.id.encode()).digest()
    token = base64.b32encode(digest).decode().lower()[:26]
    return f"/media/{day}/{token}_0_{number}{suffix}"


def grid_path(job: Job, suffix: str) -> str:
    """Return the path of the grid of an image job."""
    return f"/media/mj/{job.id}_grid{suffix}"


def publish_pictures(
    media: MediaStore, job: Job, pictures: Sequence[Path]
) -> tuple[list[MediaFile], MediaFile]:
    """Serve packaged pictures as the images of a job, and the first of them as its grid."""
    images = [
        media.publish(MediaFile(media_path(job, number, ".jpg"), picture, picture=picture))
        for number, picture in enumerate(pictures)
    ]
    grid = MediaFile(grid_path(job, ".jpg"), pictures[0], picture=pictures[0])
    return images, media.publish(grid)


def clip_count(job: Job) -> int:
    """Return how many clips a video job makes."""
    if job.kind == "video_upscale":
        return 1
    return job.order.prompt.batch_size or CLIPS

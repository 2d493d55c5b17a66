"""What jobs make: who makes it, and under which names it is served."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from .jobs import Job, Output, Trouble

Made: TypeAlias = Callable[["Job", "list[Output] | Trouble", "Output | None"], None]
"""Told once for each job: what it made, or why it could not; and the grid of an image job."""

CLIPS = 4
"""Clips of a video job that does not say how many."""
IMAGES = 4


class Production(Protocol):
    """Makes the files of jobs."""

    note: str | None
    """What a person should know about what is made here, or None."""

    def start(self, job: Job, made: Made) -> None:
        """Begins to make what the job is for; returns at once."""

    def still(self, name: str) -> Path:
        """The file of one of the example pictures; may take a second."""

    def close(self) -> None:
        """Gives up what is being made."""


def media_path(job: Job, number: int, suffix: str) -> str:
    """The path of one of a job's files, in the form the service uses."""
    day = datetime.fromtimestamp(job.created, UTC).strftime("%Y%m%d")
    digest = hashlib.sha256(job.id.encode()).digest()
    token = base64.b32encode(digest).decode().lower()[:26]
    return f"/media/{day}/{token}_0_{number}{suffix}"


def grid_path(job: Job, suffix: str) -> str:
    """The path of the grid of an image job."""
    return f"/media/mj/{job.id}_grid{suffix}"


def clip_count(job: Job) -> int:
    """How many clips a video job makes."""
    if job.kind == "video_upscale":
        return 1
    return job.order.prompt.batch_size or CLIPS

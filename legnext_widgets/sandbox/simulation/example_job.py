"""The image job that every account has from the start: the one in the service's own example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.prompts import PromptParts

from .jobs import PRICES, Job, Order, Output
from .production import grid_path, media_path
from .timetable import Timetable

if TYPE_CHECKING:
    from .accounts import Account
    from .media import MediaFolder

JOB_ID = "c6821434-5e41-408f-b42b-2562306b109c"
_STILLS = ("ocean", "mountain-lake", "balloons", "city")
_TOOK = 42.0


def image_job(media: MediaFolder, account: Account, job_id: str, now: float) -> Job | None:
    """The job with this id as it is for an account that never submitted it, or None."""
    if job_id.lower() != JOB_ID:
        return None
    job = Job(
        id=JOB_ID,
        number=0,
        account=account,
        order=Order("diffusion", PromptParts(words="four views: sea, lake, balloons, city")),
        timetable=Timetable(0, 0, _TOOK),
        created=now - _TOOK,
        started=now - _TOOK + 1,
        ended=now,
        status="completed",
        seed=56397499,
        frozen=PRICES["diffusion"],
        consumed=PRICES["diffusion"],
    )
    job.outputs = [
        _published(media, media_path(job, number, ".jpg"), name)
        for number, name in enumerate(_STILLS)
    ]
    job.grid = _published(media, grid_path(job, ".jpg"), _STILLS[0])
    return job


def _published(media: MediaFolder, path: str, still: str) -> Output:
    output = Output(path, None, still=still)
    media.announce(path, output)
    return output

"""The image job that every account has from the start: the one in the service's own example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.api.values.prompt import PromptParts
from legnext_widgets.sandbox.media.producer import publish_pictures
from legnext_widgets.sandbox.media.scenes import picture_of, scene_named

from .durations import Durations
from .jobs import PRICES, Job, Order

if TYPE_CHECKING:
    from legnext_widgets.sandbox.media.media_store import MediaStore

    from .accounts import Account

JOB_ID = "c6821434-5e41-408f-b42b-2562306b109c"
_SCENES = ("ocean", "mountain-lake", "balloons", "city")
_SECONDS = 42.0


def example_job(media: MediaStore, account: Account, job_id: str, now: float) -> Job | None:
    """Return the example job of an account if `job_id` is its id, else None."""
    if job_id.lower() != JOB_ID:
        return None
    job = Job(
        id=JOB_ID,
        number=0,
        account=account,
        order=Order("diffusion", PromptParts(words="four views: sea, lake, balloons, city")),
        durations=Durations(0, 0, _SECONDS),
        created=now - _SECONDS,
        started=now - _SECONDS + 1,
        ended=now,
        status="completed",
        seed=56397499,
        frozen=PRICES["diffusion"],
        consumed=PRICES["diffusion"],
    )
    pictures = [picture_of(scene_named(name)) for name in _SCENES]
    job.outputs, job.grid = publish_pictures(media, job, pictures)
    return job

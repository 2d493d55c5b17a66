"""Adopt the jobs of sandboxes that ended, from what a library recorded of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.api.values.prompt import PromptParts
from legnext_widgets.sandbox.api.parse import ApiError, parse_order
from legnext_widgets.sandbox.media.producer import IMAGES, media_path, publish_pictures
from legnext_widgets.sandbox.media.scenes import ASSETS, number_for, picture_of, scenes_for

from .example_job import example_job
from .jobs import PRICES, Failure, Job, MediaFile, Order

if TYPE_CHECKING:
    from legnext_widgets.client.session.store import JobRecord
    from legnext_widgets.sandbox.media.media_store import MediaStore

    from .accounts import Account
    from .scheduler import Scheduler

FindRecord: TypeAlias = Callable[[str], "JobRecord | None"]
"""Reads what is stored of a job, by its id."""


class EarlierJobs:
    """Finds the jobs that an account has without submitting them to this sandbox.

    Args:
        media: Serves their files.

    Attributes:
        find_record: Reads what is stored of jobs of sandboxes that ended.
    """

    def __init__(self, media: MediaStore) -> None:
        self.find_record: FindRecord = lambda _job_id: None
        self._media = media

    def __call__(self, scheduler: Scheduler, account: Account, job_id: str) -> Job | None:
        """Return the job with an id: the example, or one that is adopted; None for neither."""
        example = example_job(self._media, account, job_id, scheduler.now)
        if example is not None:
            return example
        record = self.find_record(job_id)
        if record is None or not record.identity.sandbox:
            return None
        return adopted_job(record, account, scheduler, self._media)


def adopted_job(
    record: JobRecord, account: Account, scheduler: Scheduler, media: MediaStore
) -> Job | None:
    """Make a job of this sandbox from the record of one that ended with its sandbox.

    A completed job has its kept clips; where one was not kept, a packaged clip stands in for it. A
    job that still ran begins anew, under its id. Its points were those of the other sandbox.

    Args:
        record: What is stored.
        account: Whose job it becomes.
        scheduler: Finds the jobs that it was made from, and how long it takes.
        media: Serves the files.

    Returns:
        The job; None when the record is of no job.
    """
    if not record.job_id:
        return None
    task = Task.of(record.task or {})
    order = _order_of(record, task)
    if order is None:
        return None
    ended = task.meta.ended_at
    job = Job(
        id=record.job_id,
        number=0,
        account=account,
        order=order,
        durations=scheduler.draw_durations(order.kind),
        created=record.created_at.timestamp(),
        seed=number_for(record.job_id) % 4_000_000_000,
        source=scheduler.find(account, order.source_job) if order.source_job else None,
        consumed=0,
    )
    if task.status not in ("completed", "failed"):
        return job
    job.status = task.status
    job.started = task.meta.started_at.timestamp() if task.meta.started_at else job.created
    job.ended = ended.timestamp() if ended else scheduler.now
    job.consumed = task.points or 0
    if task.status == "failed":
        job.failure = Failure(500, task.reason or "Generation failed, please try again")
    elif job.kind == "diffusion":
        pictures = [picture_of(s) for s in scenes_for(order.prompt.words, IMAGES)]
        job.outputs, job.grid = publish_pictures(media, job, pictures)
    else:
        _publish_clips(job, record, media, len(task.output.video_urls))
    return job


def _order_of(record: JobRecord, task: Task) -> Order | None:
    if record.attempt is not None:
        body = json.dumps(dict(record.attempt.payload)).encode()
        try:
            return parse_order(record.attempt.endpoint, body, "")
        except (ApiError, KeyError):
            return None
    kind = task.kind
    return Order(kind, PromptParts()) if kind in PRICES else None


def _publish_clips(job: Job, record: JobRecord, media: MediaStore, count: int) -> None:
    stand_ins = sorted(ASSETS.glob("*.mp4"))
    job.outputs = []
    for number in range(count):
        file = record.kept.get(number)
        if file is None or not file.is_file():
            file = stand_ins[number % len(stand_ins)]
            job.logs.append(f"sandbox: clip {number} was not kept; a packaged clip stands in")
        job.outputs.append(media.publish(MediaFile(media_path(job, number, ".mp4"), file)))

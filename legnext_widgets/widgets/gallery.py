"""The gallery alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.jobs import Job, Video

from .job_widget import JobWidget
from .notebook import bundle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.widgets.notebook.scheduling import PublishFrom

MOST_OF_A_LIBRARY = 200
"""Jobs, newest first, that a gallery of a whole library shows."""


class VideoGallery(JobWidget):
    """Shows videos that play on hover or focus, open large, and can be downloaded.

    Args:
        items: Jobs, videos, or anything with a `jobs()` such as a library. Jobs that still run are
            followed. Of a video, all videos of its job are shown.
        publish_from: As for `VideoStudio`.
        layout: An `ipywidgets.Layout`.

    Raises:
        TypeError: An item is neither a job nor a video of a `Client`, or an argument is unknown.
    """

    def __init__(
        self, items: Any = (), *, publish_from: PublishFrom | None = None, **traits: Any
    ) -> None:
        unknown = set(traits) - {"layout"}
        if unknown:
            raise TypeError(f"VideoGallery has no arguments {', '.join(sorted(unknown))}")
        jobs = list(_jobs_of(items))
        super().__init__(_face="gallery", publish_from=publish_from, **traits)
        connected = [job.client for job in jobs if job.client is not None]
        first = connected[0].session if connected else None
        self._service = bundle.service_facts(
            base_url=first.config.base_url if first else "",
            sandbox=any(self._is_sandbox(job) for job in jobs),
            speed=first.identity.speed if first else 1.0,
            note=None,
            examples=[],
        )
        self.show(jobs)
        self._begin()
        for job in jobs:
            if job.client is not None:
                job.client.runtime.call_on_loop(partial(job.client.session.follow, job.state))


def _jobs_of(items: Any) -> Iterable[Job]:
    if isinstance(items, Job | Video):
        items = [items]
    elif callable(getattr(items, "jobs", None)):
        items = items.jobs(limit=MOST_OF_A_LIBRARY)
    for item in items:
        if isinstance(item, Video):
            yield Job(item.client, item.state)
        elif isinstance(item, Job):
            yield item
        else:
            raise TypeError(
                f"a gallery shows jobs and videos of a Client, not {type(item).__name__}"
            )

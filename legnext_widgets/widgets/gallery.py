"""The gallery alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypedDict, cast

from legnext_widgets.client.api.validation import require_known
from legnext_widgets.client.handles.jobs import Job, Video

from .job_widget import JobWidget, require_locale
from .kernel.job_list import is_sandbox
from .kernel.snapshots import service_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias, Unpack

    from ipywidgets import Layout

    from legnext_widgets.library import Library

    from .job_widget import Locale
    from .notebook.scheduling import PublishFrom

    Items: TypeAlias = Job | Video | Library | Iterable[Job | Video]

MAX_LIBRARY_JOBS = 200
"""Jobs, newest first, that a gallery of a whole library shows."""


class GalleryOptions(TypedDict, total=False):
    """Further arguments of a gallery."""

    locale: Locale | None
    layout: Layout


class VideoGallery(JobWidget):
    """Shows videos that play on hover or focus, open large, and can be downloaded.

    Args:
        items: Jobs, videos, or anything with a `jobs()` such as a library, whose newest 200 jobs
            are shown; for others, pass `library.jobs(...)`. Jobs that still run are followed. Of a
            video, all videos of its job are shown.
        publish_from: As for `VideoStudio`.
        **options: `locale`, as for `VideoStudio`, and `layout`, an `ipywidgets.Layout`.

    Raises:
        TypeError: An item is neither a job nor a video of a `Client`, or an argument is unknown.
        ValueError: There are no texts for this locale.
    """

    def __init__(
        self,
        items: Items = (),
        *,
        publish_from: PublishFrom | None = None,
        **options: Unpack[GalleryOptions],
    ) -> None:
        require_known("VideoGallery", options, ("items", "publish_from", "locale", "layout"))
        require_locale(options.get("locale"))
        jobs = list(_jobs_of(items))
        clients = [job.client for job in jobs if job.client is not None]
        service = service_facts(
            None if not clients else clients[0],
            has_key=True,
            sandbox=any(is_sandbox(job) for job in jobs),
        )
        # A gallery has no form: it shows no note and no sample pictures.
        service |= {"note": None, "examples": []}
        super().__init__(_face="gallery", _service=service, publish_from=publish_from, **options)
        for job in jobs:
            self._job_list.add(job)
        self._start()
        for job in jobs:
            if job.client is not None:
                job.client.runtime.call_on_loop(partial(job.client.session.follow, job.state))


def _jobs_of(items: Items) -> Iterator[Job]:
    of_library = getattr(items, "jobs", None)
    if callable(of_library):
        items = of_library(limit=MAX_LIBRARY_JOBS)
    for item in [items] if isinstance(items, Job | Video) else cast("Iterable[object]", items):
        if isinstance(item, Video):
            yield Job(item.client, item.state)
        elif isinstance(item, Job):
            yield item
        else:
            raise TypeError(
                f"a gallery shows jobs and videos of a Client, not {type(item).__name__}"
            )

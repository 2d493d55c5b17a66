"""The one place where records of the library become jobs and videos of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.client.jobs import Job, Video

    from .records import LibraryRecord

# The client's jobs are imported late, so that a look into the library need not load all of it.


def job(record: LibraryRecord) -> Job:
    """Make a job of a record: readable without a client, taken over by `client.job(id)`."""
    from legnext_widgets.client.jobs import Job

    return Job.remembered(record)


def jobs(records: Iterable[LibraryRecord]) -> list[Job]:
    """Make jobs of records, in a list that shows itself in a notebook."""
    from legnext_widgets.client.handles import ReprList

    return ReprList(job(record) for record in records)


def videos(of: Iterable[Job]) -> list[Video]:
    """List the videos of jobs, in a list that shows itself in a notebook."""
    from legnext_widgets.client.handles import ReprList

    return ReprList(video for each in of for video in each.videos)

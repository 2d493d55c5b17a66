"""The one place where records of the library become jobs and videos of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.client.jobs import Job, Video
    from legnext_widgets.client.journal import JobRecord
    from legnext_widgets.library.rows import LibraryRecord


class Remembering(Protocol):
    """What the client's jobs can be made of."""

    def remembered(self, record: JobRecord) -> Job:
        """Make a job of a record, without a client until one takes it over."""


def job(record: LibraryRecord) -> Job:
    """Make a job of a record."""
    # The client is imported late, so that a look into the library need not load all of it.
    from legnext_widgets.client.jobs import Job

    return cast("Remembering", Job).remembered(record)


def jobs(records: Iterable[LibraryRecord]) -> list[Job]:
    """Make jobs of records."""
    return [job(record) for record in records]


def videos(of: Iterable[Job]) -> list[Video]:
    """List the videos of jobs."""
    return [video for each in of for video in each.videos]

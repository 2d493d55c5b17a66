"""What a new studio shows of earlier sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.jobs import Job
from legnext_widgets.library import Library

from .revisions import IN_ONE_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from legnext_widgets.client.client import Client

ATTEMPT = "attempt:"
"""Begins what a request is called of which nobody knows whether it became a job."""


def recall(client: Client, show_as: Callable[[str, Job], object]) -> int:
    """Takes up what the library knows of this account; gives how many jobs still run.

    Args:
        client: Its library is asked, and it goes on with jobs that were running.
        show_as: Called with each request of unknown outcome and what to call it.
    """
    before = set(client.session.jobs)
    client.runtime.run_at_once(client.session.restore(IN_ONE_PAGE))
    journal = client.config.journal
    if isinstance(journal, Library):
        for record in journal.uncertain_records(client.session.identity):
            if record.attempt is not None:
                show_as(ATTEMPT + record.attempt.id, Job.remembered(record, client))
    recalled = [job for job_id, job in client.session.jobs.items() if job_id not in before]
    return sum(not job.done for job in recalled)

"""Show the jobs of earlier sessions: the newest at once, older ones page by page."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from legnext_widgets import library
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.jobs import Job

from .protocol.traits import PAGE_SIZE

if TYPE_CHECKING:
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.errors import SubmissionUncertainError

    from .job_list import JobList
    from .protocol.comm_messages import PagedMessage, PageRequest

ATTEMPT = "attempt:"
"""Prefix of the id under which a request of unknown outcome is shown."""


def restore_jobs(client: Client, jobs: JobList) -> int:
    """Show what the library knows of this account, and follow jobs that were still running.

    Args:
        client: The client, with its library.
        jobs: Gets the jobs.

    Returns:
        The number of jobs that are still running.
    """
    before = set(client.session.jobs)
    client.runtime.run_at_once(client.session.restore(PAGE_SIZE))
    store = client.config.store
    if isinstance(store, library.Library):
        for record in store.uncertain_records(client.session.identity):
            if record.attempt is not None:
                jobs.add(Job.remembered(record, client), ATTEMPT + record.attempt.id)
    restored = [job for job_id, job in client.session.jobs.items() if job_id not in before]
    for job in client.jobs:
        if not job.hidden:
            jobs.add(job)
    return sum(not job.done for job in restored)


def older_jobs(client: Client, jobs: JobList, request: PageRequest) -> PagedMessage:
    """Read a page of older jobs from the library; they are shown from now on.

    Args:
        client: The client, with its library.
        jobs: Gets the jobs.
        request: The page and the search to show.
    """
    store = client.config.store
    if not isinstance(store, library.Library):
        return {
            "type": "paged",
            "ask": request["ask"],
            "jobs": [],
            "next": None,
            "total": len(jobs),
        }
    wanted = library.Filter(
        search=request["search"] or None,
        favourite=request["favourite"],
        hidden=request.get("hidden", False),
        identity=client.session.identity,
    )
    try:
        page = store.page(wanted, limit=PAGE_SIZE, after=request["before"])
    except ValueError:  # the page before ended at a place that is gone
        page = store.page(wanted, limit=PAGE_SIZE)
    for record in page.records:
        if record.job_id and jobs.get(record.job_id) is None:
            # The client announces a job that is new to it, which shows it.
            client.runtime.run_at_once(client.session.restore_job(record))
    found = [record.job_id for record in page.records if record.job_id]
    return {
        "type": "paged",
        "ask": request["ask"],
        "jobs": jobs.snapshots(found),
        "next": page.next,
        "total": store.count(wanted),
    }


def forget_attempt(client: Client, shown_id: str) -> None:
    """Forget a request of unknown outcome, if `shown_id` is one."""
    store = client.config.store
    if shown_id.startswith(ATTEMPT) and isinstance(store, library.Library):
        store.forget(shown_id.removeprefix(ATTEMPT))


def settle_uncertain(client: Client, error: SubmissionUncertainError, job_id: str) -> None:
    """Record the job that the stored request of an error was found to be."""
    store = client.config.store
    if isinstance(store, library.Library) and error.attempt_id is not None:
        with contextlib.suppress(LegnextError):
            store.settle(error.attempt_id, job_id)

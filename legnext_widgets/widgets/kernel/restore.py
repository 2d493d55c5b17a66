"""Show the jobs of earlier sessions: the newest at once, older ones page by page."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import legnext_widgets as lw
from legnext_widgets import library
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.messages import Message

from .protocol.localized import localize, localize_error
from .protocol.traits import PAGE_SIZE

if TYPE_CHECKING:
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.errors import SubmissionUncertainError
    from legnext_widgets.client.session.job_state import JobState

    from .job_list import JobList
    from .protocol import traits
    from .protocol.comm_messages import PagedMessage
    from .protocol.comm_requests import PageRequest

_log = logging.getLogger("legnext_widgets")

LEAST_IN_A_TABLE = 2

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
    store = client.config.store
    if isinstance(store, library.Library):
        # Loaded with the client: naming the studio must stay cheap.
        from .deletions import complete_abandoned

        complete_abandoned(store)
    before = set(client.session.jobs)
    client.runtime.run_at_once(client.session.restore(PAGE_SIZE))
    if isinstance(store, library.Library):
        for record in store.uncertain_records(client.session.identity):
            if record.attempt is not None:
                jobs.add(lw.Job.from_record(record, client), ATTEMPT + record.attempt.id)
    for state in list(client.session.jobs.values()):
        remove_attempt(jobs, state)  # its outcome may have become known meanwhile
    restored = [job for job_id, job in client.session.jobs.items() if job_id not in before]
    for job in client.jobs:
        if not job.hidden:
            jobs.add(job)
    return sum(not job.done for job in restored)


def show_attempt(client: Client, jobs: JobList, error: SubmissionUncertainError) -> None:
    """Show a request of unknown outcome until it is known as a job, or dismissed."""
    # Loaded with the client: naming the studio must stay cheap.
    from legnext_widgets.client.session.job_state import JobState

    state = JobState("")
    state.request, state.submit_error = error.request, error
    state.attempt_id = error.attempt_id
    state.sandbox = client.session.identity.sandbox
    jobs.add(lw.Job(client, state), _shown_id(error))


def remove_attempt(jobs: JobList, state: JobState) -> bool:
    """Show a request of unknown outcome no more, now that it is known as a job.

    Returns:
        Whether it was shown.
    """
    if state.attempt_id is None:
        return False
    return jobs.remove(ATTEMPT + state.attempt_id) is not None


def replace_attempt(jobs: JobList, error: SubmissionUncertainError) -> bool:
    """Show a request of unknown outcome no more, now that a job was taken over for it.

    Returns:
        Whether it was shown.
    """
    return jobs.remove(_shown_id(error)) is not None


def _shown_id(error: SubmissionUncertainError) -> str:
    return ATTEMPT + (error.attempt_id or str(error.sent_at.timestamp()))


def older_jobs(client: Client, jobs: JobList, request: PageRequest) -> PagedMessage:
    """Read a page of older jobs from the library; they are shown from now on.

    Args:
        client: The client, with its library.
        jobs: Gets the jobs.
        request: The page and the search to show.

    Returns:
        The answer to the page: with the jobs, or with why they could not be read.
    """
    answer: PagedMessage = {
        "type": "paged",
        "ask": request["ask"],
        "jobs": [],
        "next": None,
        "total": len(jobs),
        "shown": jobs.with_media(),
        "error": None,
    }
    store = client.config.store
    if not isinstance(store, library.Library):
        return answer
    try:
        return _read_page(store, client, jobs, request, answer)
    except LegnextError as error:
        _log.warning("A page of older jobs could not be read: %s", error)
        reason = localize_error(error)
    except Exception as error:  # a page that gets no answer waits for good
        _log.exception("A page of older jobs could not be read.")
        why = str(error) or type(error).__name__
        reason = localize(Message("library_unread", folder=str(store.path), error=why))
    return {**answer, "next": request["before"], "error": reason}


def _read_page(
    store: library.Library,
    client: Client,
    jobs: JobList,
    request: PageRequest,
    answer: PagedMessage,
) -> PagedMessage:
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
    if not page.records:
        # A store gives nothing where its disk cannot be read.
        unread = next((each for each in store.problems if each.key == "library_unread"), None)
        if unread is not None:
            raise LegnextError(unread)
    for record in page.records:
        if record.job_id and jobs.get(record.job_id) is None:
            # The client announces a job that is new to it, which shows it.
            client.runtime.run_at_once(client.session.restore_job(record))
    found = [record.job_id for record in page.records if record.job_id]
    return {
        **answer,
        "jobs": jobs.snapshots(found),
        "next": page.next,
        "total": store.count(wanted),
        "shown": store.count(replace(wanted, with_media=True)),
    }


def last_batch(client: Client, jobs: JobList) -> traits.Batch | None:
    """Take up the last batch of an earlier session, with those of its jobs that are not hidden.

    Args:
        client: The client, with its library.
        jobs: Gets the jobs, also those that are older than its first page.

    Returns:
        The batch; None where there is none, or nothing to compare in it.
    """
    store = client.config.store
    if not isinstance(store, library.Library):
        return None
    identity = client.session.identity
    batch = store.batches.last(identity)
    for job_id in batch.jobs if batch else ():
        if jobs.get(job_id) is None:
            record = store.record(job_id, identity=identity)
            if record is not None and not record.marks.hidden:
                client.runtime.run_at_once(client.session.restore_job(record))
    shown = [job_id for job_id in (batch.jobs if batch else ()) if jobs.get(job_id) is not None]
    if batch is None or len(shown) < LEAST_IN_A_TABLE:
        return None
    jobs.pin(shown)
    return {
        "click": batch.id,
        "total": len(shown),
        "sent": len(shown),
        "done": 0,
        "failed": 0,
        "uncertain": 0,
        "state": "earlier",
        "jobs": shown,
        "reason": None,
        "waiting": 0,
        "left": 0,
    }


def remember_batch(client: Client, batch: traits.Batch) -> None:
    """Record the jobs of a batch, so that later sessions show them together."""
    from legnext_widgets.library.batches import StoredBatch

    store, known = client.config.store, tuple(filter(None, batch["jobs"]))
    if isinstance(store, library.Library) and known:
        try:
            store.batches.remember(StoredBatch(batch["click"], known))
        except LegnextError as error:
            _log.warning("A batch was not recorded: %s", error)


def forget_batch(client: Client, batch_id: str) -> None:
    """Show a batch no more, in this and in later sessions."""
    store = client.config.store
    if isinstance(store, library.Library):
        try:
            store.batches.forget(batch_id)
        except LegnextError as error:
            _log.warning("A batch was not forgotten: %s", error)


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

"""Handle the messages of a page. Each handler hands work on, or answers, and returns in a moment.

A widget has handlers: a mapping of message type to method, built from the objects here. A page may
send anything, so a message is decoded before a handler sees it, and one that is ill-formed is
logged without its content.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.widgets.kernel.protocol.decode import IllFormedMessageError, decode

from .replies import answer_from_files

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine

    from legnext_widgets.client.handles.jobs import Job
    from legnext_widgets.widgets.kernel.job_list import JobList
    from legnext_widgets.widgets.kernel.media.media_transfer import MediaTransfer
    from legnext_widgets.widgets.kernel.protocol import comm_requests
    from legnext_widgets.widgets.kernel.publisher import Publisher, WorkQueue
    from legnext_widgets.widgets.notebook.bundle import Delivery
    from legnext_widgets.widgets.notebook.cells import Views

_log = logging.getLogger("legnext_widgets")

Handlers: TypeAlias = Mapping[str, Callable[[Any], object]]


def dispatch(handlers: Handlers, content: object, refuse_pull: Callable[[str], object]) -> None:
    """Pass a message of the page to its handler; log and ignore one that has none.

    Args:
        handlers: The handlers by message type.
        content: The message, which may be anything.
        refuse_pull: Called with the id of an ill-formed request for a chunk, which gets an answer.
    """
    try:
        message = decode(content)
    except IllFormedMessageError as reason:
        _log.warning("A message from the page was ignored: %s.", reason)
        if reason.pull is not None:
            refuse_pull(reason.pull)
        return
    handler = handlers.get(message["type"])
    if handler is None:
        _log.warning("A message from the page was ignored: this widget has no %r.", message["type"])
    else:
        handler(message)


class JobHandlers:
    """The handlers that every widget has.

    Args:
        jobs: The jobs that it shows.
        publisher: Writes to the browser.
        files: Reads files.
        media: Sends files in chunks.
        delivery: Sends the front end's code.
        views: Counts the open views.
        reports: The traits that report state to the page.
    """

    def __init__(
        self,
        *,
        jobs: JobList,
        publisher: Publisher,
        files: WorkQueue,
        media: MediaTransfer,
        delivery: Delivery,
        views: Views,
        reports: Collection[str],
    ) -> None:
        self._jobs = jobs
        self._publisher = publisher
        self._files = files
        self._media = media
        self._reports = reports
        self.handlers: Handlers = {
            "front_end": delivery.answer,
            "media": self._on_media,
            "page": self._on_page,
            "refresh": self._on_refresh,
            "sync": self._on_sync,
            "view": views.update,
        }

    def _on_sync(self, message: comm_requests.SyncRequest) -> None:
        self._publisher.answer_jobs(message["since"])
        self._publisher.answer_state(self._reports)

    def _on_page(self, message: comm_requests.PageRequest) -> None:
        jobs, following = self._jobs.page(message["before"])
        self._publisher.send(
            {
                "type": "paged",
                "ask": message["ask"],
                "jobs": jobs,
                "next": following,
                "total": len(self._jobs),
                "shown": self._jobs.with_media(),
                "error": None,
            }
        )

    def _on_refresh(self, message: comm_requests.JobRequest) -> None:
        job = self._jobs.get(message["job_id"])
        if job is not None and job.client is not None:
            asking = job.client.session.refresh(job.state)
            job.client.runtime.start(_report_failure(job, asking))

    def _on_media(self, message: comm_requests.MediaRequest) -> None:
        job = self._jobs.get(message["job_id"])
        answer_from_files(
            self._files, self._publisher, lambda send: self._media.answer(job, message, send)
        )


async def _report_failure(job: Job, asking: Coroutine[Any, Any, object]) -> None:
    """Show at the job why asking for it failed."""
    try:
        await asking
    except LegnextError as error:
        job.state.poll_failed(error)

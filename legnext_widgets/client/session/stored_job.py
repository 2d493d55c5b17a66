"""Read what is stored of a job: its request, its task, and why its outcome is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.api.requests import from_payload
from legnext_widgets.client.errors import SubmissionUncertainError
from legnext_widgets.client.messages import Message

if TYPE_CHECKING:
    from legnext_widgets.client.api.requests import Request

    from .store import JobRecord


def request_of(record: JobRecord | None) -> Request | None:
    """Return what was submitted; None for a job taken over by its id.

    Args:
        record: What is stored of the job; None for one that was not stored.
    """
    attempt = None if record is None else record.attempt
    if attempt is None:
        return None
    try:
        return from_payload(attempt.endpoint, attempt.payload, attempt.sources)
    except ValueError:  # stored by a version that allowed what this one does not
        return None


def task_of(record: JobRecord | None) -> Task | None:
    """Return the last answer about a job; None before the first one.

    Args:
        record: What is stored of the job; None for one that was not stored.
    """
    if record is not None and record.task:
        return Task.of(record.task)
    if record is not None and record.state == "accepted":
        return Task.of({"job_id": record.job_id or "", "status": "pending"})
    return None


def uncertain_error_of(record: JobRecord) -> SubmissionUncertainError | None:
    """Return the error of an attempt of unknown outcome; None for a job, or without a request."""
    request = None if record.state == "accepted" else request_of(record)
    if request is None:
        return None
    return SubmissionUncertainError(
        record.reason or Message("process_ended"),
        request=request,
        sent_at=record.created_at,
        candidates_known=None,
        attempt_id=record.attempt.id if record.attempt else None,
        recorded=True,
    )

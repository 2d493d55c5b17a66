"""Decide what an answer to a paid request means for its attempt. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.api.responses import Response, error_in, job_id_in, names_started_job
from legnext_widgets.client.errors import InvalidResponseError

if TYPE_CHECKING:
    from legnext_widgets.client.errors import APIError

MOST_PAUSE = 600.0
"""Seconds. A longer `Retry-After` is cut to this."""

WRONG_KEY = "the service does not accept the gateway's key"
"""Why nothing starts with a wrong key."""

_WRONG_KEY_PAUSE = 30.0
_BUSY_PAUSE = 5.0


@dataclass(frozen=True)
class Accepted:
    """The service started a job."""

    job_id: str
    task: Task


@dataclass(frozen=True)
class Refused:
    """The service started nothing, and would not with another try."""

    code: int
    reason: str


@dataclass(frozen=True)
class Later:
    """Nothing was started; the whole queue waits some seconds."""

    seconds: float
    reason: str


@dataclass(frozen=True)
class Unknown:
    """The request may have become a job."""

    reason: str


Verdict: TypeAlias = Accepted | Refused | Later | Unknown


def verdict_of(response: Response, source: str | None = None) -> Verdict:
    """Read the answer to a paid request.

    Args:
        response: The answer.
        source: The job that the request begins from; an answer that names only this one is damaged.
    """
    error = error_in(response)
    if error is not None and not names_started_job(response, source):
        return _of_error(error)
    return of_body(response.body, "the response names no job", source)


def of_body(body: bytes, reason: str, source: str | None = None) -> Verdict:
    """Read a body, perhaps cut short, that is no error.

    Args:
        body: What arrived.
        reason: Why the outcome is unknown where it names no job.
        source: The job that the request begins from.
    """
    job_id = job_id_in(body)
    if job_id is None or job_id.lower() == (source or "").lower():
        return Unknown(reason)
    try:
        task = Task.parse(body)
    except InvalidResponseError:
        task = Task.of({"job_id": job_id, "status": "pending"})
    return Accepted(job_id, task)


def _of_error(error: APIError) -> Verdict:
    code, message = error.status_code, error.message
    if code == 429:
        pause = _BUSY_PAUSE if error.retry_after is None else error.retry_after
        return Later(min(pause, MOST_PAUSE), "the service has too many requests")
    if code == 401:
        return Later(_WRONG_KEY_PAUSE, WRONG_KEY)
    if code in (301, 307, 308):
        return Refused(code, f"the service's address has moved: {message}")
    # A 5xx comes from a server that had the request; a 408 may be a proxy's own timeout.
    if 400 <= code < 500 and code != 408:
        return Refused(code, message)
    return Unknown(f"the response was {code}")

"""Read an HTTP response of the service: a task, or an error. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.errors import (
    ERROR_BY_STATUS,
    APIError,
    InvalidResponseError,
    ServerError,
)
from legnext_widgets.client.messages import Message

from .bounded_json import JSON, MAX_SHOWN, job_object_in, parse_json, parse_object
from .models import converters
from .models.tasks import Task
from .reasons import reason_in

if TYPE_CHECKING:
    from collections.abc import Mapping

SANDBOX_HEADER = "x-legnext-sandbox"
"""Every response of a sandbox has it; its value is such as `speed=60`."""

GATEWAY_HEADER = "x-legnext-gateway"
"""Every answer of a gateway has it: see docs/guides/class.md."""

_OF_A_JOB = converters.KNOWN_STATUSES - {"failed"}
"""Statuses that only a job has; an error without a job was seen with the status `failed`."""

_JOB_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
_JOB_ID_IN_TEXT = re.compile(rb'"job_id"\s*:\s*"([0-9A-Za-z_-]{1,128})"')


@dataclass(frozen=True)
class Response:
    """An HTTP response whose body was read to its end.

    Attributes:
        headers: Names in lower case.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the HTTP status means success."""
        return 200 <= self.status < 300


def sandbox_speed(headers: Mapping[str, str]) -> float | None:
    """Read how many times faster than the real service a sandbox runs.

    Args:
        headers: Of any response, names in lower case.

    Returns:
        The factor; None when the response is not from a sandbox.
    """
    header = headers.get(SANDBOX_HEADER)
    if header is None:
        return None
    try:
        speed = float(header.partition("speed=")[2])
    except ValueError:
        return 1.0
    return speed if 0 < speed < 1e6 else 1.0


def job_id_in(body: bytes) -> str | None:
    """Find the id of an accepted job before anything else of the body is looked at.

    Returns:
        The id, also from a body that was cut off; None when there is none.
    """
    try:
        found: JSON = json.loads(body)
    except (ValueError, RecursionError):  # cut off or nested too deeply; the id may be there
        match = _JOB_ID_IN_TEXT.search(body)
        return match[1].decode("ascii") if match else None
    job_id = (job_object_in(found) or {}).get("job_id")
    return job_id if isinstance(job_id, str) and _JOB_ID.fullmatch(job_id) else None


def names_started_job(response: Response, source: object = None) -> bool:
    """Check whether the answer to a paid request describes a started job; any HTTP status may.

    Args:
        response: The answer.
        source: The job that the request begins from, which an error may describe.
    """
    task = Task.find(response.body)
    if task is None or not task.job_id or task.job_id.lower() == str(source).lower():
        return False
    return task.status in _OF_A_JOB


def task_in(response: Response, job_id: str | None = None) -> Task:
    """Read the task in the response to a poll.

    Args:
        response: The response.
        job_id: The job that was requested; None accepts any.

    Raises:
        APIError: The response is an error, in any of its three shapes.
        InvalidResponseError: It is not a task, or the task of another job.
    """
    ended = Task.find(response.body) if job_id is not None and not response.ok else None
    if ended is not None and ended.done and ended.job_id.lower() == str(job_id).lower():
        return ended  # a failed job was seen with HTTP 403
    check(response)
    task = Task.parse(response.body)
    if not task.job_id and job_id is not None and task.status in _OF_A_JOB:
        return Task.of(task.raw | {"job_id": job_id})  # it need not repeat what it was asked for
    if not task.job_id:
        raise InvalidResponseError(Message("no_job_in_answer"), body=_beginning(response.body))
    if job_id is not None and task.job_id.lower() != job_id.lower():
        raise InvalidResponseError(Message("another_job"))
    return task


def check(response: Response) -> None:
    """Raise the error in a response, if there is one.

    Raises:
        APIError: The subclass that belongs to the status.
    """
    error = error_in(response)
    if error is not None:
        raise error


def error_in(response: Response) -> APIError | None:
    """Read the error in a response.

    A response is an error by its HTTP status or, with a status of success, by a body that names no
    job and carries an error code.

    Returns:
        The error; None when the response is not one.
    """
    try:
        found: Any = parse_object(response.body)
    except InvalidResponseError:
        found = {}
    details = _error_details(found)
    if not response.ok:
        return _error(response.status, details, response)
    code = converters.code(details.get("code"))
    if found.get("job_id") or code is None or not 400 <= code <= 599:
        return None
    return _error(code, details, response)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Read the `Retry-After` header, which is seconds or an HTTP date.

    Args:
        headers: Names in lower case.
        now: The time to count from; by default the response's own `Date`, else this machine's.

    Returns:
        Seconds to wait; None without a usable header.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    moment = http_date(value)
    if moment is None:
        return None
    # The clock of this machine may be wrong by hours; the service's own `Date` is not.
    now = now or http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def http_date(value: str) -> datetime | None:
    """Read an HTTP date; None when it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _error_details(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find the object that holds code and message in the three shapes of error bodies."""
    inner = found.get("error")
    if isinstance(inner, dict):
        return inner
    if isinstance(inner, str) and inner and "message" not in found:
        return {**found, "message": inner}
    return found


def _error(status: int, found: Mapping[str, Any], response: Response) -> APIError:
    raw_message = found.get("raw_message")
    details: dict[str, Any] = {
        "status_code": status,
        "code": converters.code(found.get("code")),
        "raw_message": raw_message if isinstance(raw_message, str) else "",
        "detail": found.get("detail"),
        "body": _json_or_text(response.body),
        "request_id": response.headers.get("x-request-id"),
    }
    message = _reason(response, details["body"]) or _status_message(status)
    kind = ERROR_BY_STATUS.get(status, ServerError if status >= 500 else APIError)
    error = kind(message, **details)
    error.retry_after = retry_after(response.headers)
    error.at_gateway = GATEWAY_HEADER in response.headers
    return error


def _status_message(status: int) -> str:
    try:
        return Message("status_alone", status=HTTPStatus(status).phrase)
    except ValueError:
        return Message("status_alone", status=f"HTTP {status}")


def _reason(response: Response, body: JSON) -> str:
    """Find the reason in a body: any JSON, or a short plain text."""
    if not isinstance(body, str):
        return reason_in(body)
    kind = response.headers.get("content-type", "text/plain")
    plain = kind.startswith("text/plain") and not body.lstrip().startswith(("<", "{", "["))
    return reason_in(body) if plain and len(body) < MAX_SHOWN and body.isprintable() else ""


def _json_or_text(body: bytes) -> JSON:
    try:
        return parse_json(body)
    except ValueError:
        return _beginning(body)


def _beginning(body: bytes) -> str:
    return body[:500].decode("utf-8", "replace")

"""What an HTTP answer means: a pure reading of status, headers and body."""

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
    RateLimitError,
    ServerError,
)
from legnext_widgets.client.messages import Message

from .models import Task
from .parsing import parse_json, parse_object

if TYPE_CHECKING:
    from collections.abc import Mapping

SANDBOX_HEADER = "x-legnext-sandbox"
"""Every answer of the sandbox has it: `speed=60`."""

RETRY_AFTER_CAP = 60.0
"""Seconds; a longer Retry-After is told to the person instead of being waited for unseen."""

_JOB_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
_JOB_ID_IN_TEXT = re.compile(rb'"job_id"\s*:\s*"([0-9A-Za-z_-]{1,128})"')


@dataclass(frozen=True)
class Response:
    """An HTTP answer that was read to its end.

    Attributes:
        headers: Names in lower case.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the HTTP status says success."""
        return 200 <= self.status < 300

    @property
    def sandbox_speed(self) -> float | None:
        """How many times faster than the real service the sandbox runs; None when it is not one."""
        header = self.headers.get(SANDBOX_HEADER)
        if header is None:
            return None
        try:
            speed = float(header.partition("speed=")[2])
        except ValueError:
            return 1.0
        return speed if 0 < speed < 1e6 else 1.0


def job_id_in(body: bytes) -> str | None:
    """The id of an accepted job, read before anything else of the answer is looked at.

    It finds the id in an answer that was cut off, too. None when there is none to read.
    """
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):  # cut off, or not to be read in full: the id may be there
        match = _JOB_ID_IN_TEXT.search(body)
        return match[1].decode("ascii") if match else None
    for place in (found, found.get("data")) if isinstance(found, dict) else ():
        job_id = place.get("job_id") if isinstance(place, dict) else None
        if isinstance(job_id, str) and _JOB_ID.fullmatch(job_id):
            return job_id
    return None


def task_in(answer: Response) -> Task:
    """The task in the answer to a poll.

    Raises:
        APIError: The answer is an error, in any of its three shapes.
        InvalidResponseError: It is not a task.
    """
    check(answer)
    task = Task.parse(answer.body)
    if not task.job_id:
        raise InvalidResponseError(Message("no_job_in_answer"), body=_shown(answer.body))
    return task


def check(answer: Response) -> None:
    """Raises the error that an answer stands for, if it stands for one.

    An error is recognised by the HTTP status and, with a status of success, by a body that names
    no job and carries an error code.

    Raises:
        APIError: The subclass that belongs to the status.
    """
    error = error_in(answer)
    if error is not None:
        raise error


def error_in(answer: Response) -> APIError | None:
    """The error an answer stands for, or None."""
    try:
        found: Any = parse_object(answer.body)
    except InvalidResponseError:
        found = {}
    said = _said(found)
    if not answer.ok:
        return _error(answer.status, said, answer)
    code = said.get("code")
    if found.get("job_id") or not (isinstance(code, int) and 400 <= code <= 599):
        return None
    return _error(code, said, answer)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait by the `Retry-After` header (seconds or an HTTP date); None without one."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    moment = _moment(value)
    if moment is None:
        return None
    # By the service's own clock, if it tells it: the one here may be wrong by hours.
    now = now or _moment(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _moment(value: str) -> datetime | None:
    """An HTTP date as an aware time; None for anything else."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _said(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object that holds code and message in the three shapes of error bodies."""
    inner = found.get("error")
    if isinstance(inner, dict):
        return inner
    if isinstance(inner, str) and inner and "message" not in found:
        return {**found, "message": inner}
    return found


def _error(status: int, said: Mapping[str, Any], answer: Response) -> APIError:
    code = said.get("code")
    raw_message = said.get("raw_message")
    details: dict[str, Any] = {
        "status_code": status,
        "code": code if isinstance(code, int) and not isinstance(code, bool) else None,
        "raw_message": raw_message if isinstance(raw_message, str) else "",
        "detail": said.get("detail"),
        "body": _parsed_or_text(answer.body),
        "request_id": answer.headers.get("x-request-id"),
    }
    message = said.get("message")
    if not (isinstance(message, str) and message):
        detail = said.get("detail")
        message = details["raw_message"] or (detail if isinstance(detail, str) else "")
        message = message or _about(status)
    kind = ERROR_BY_STATUS.get(status, ServerError if status >= 500 else APIError)
    if kind is RateLimitError:
        return RateLimitError(message, retry_after=retry_after(answer.headers), **details)
    return kind(message, **details)


def _about(status: int) -> str:
    try:
        return Message("status_alone", status=HTTPStatus(status).phrase)
    except ValueError:
        return Message("status_alone", status=f"HTTP {status}")


def _parsed_or_text(body: bytes) -> Any:
    try:
        return parse_json(body)
    except ValueError:
        return _shown(body)


def _shown(body: bytes) -> str:
    return body[:500].decode("utf-8", "replace")

"""Sending a paid request: once, with its intent remembered before and its job id at once after."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING, Any, Protocol

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from legnext_widgets.client.api.models import Task
from legnext_widgets.client.api.responses import RETRY_AFTER_CAP, Response, error_in, job_id_in
from legnext_widgets.client.api.transport import HTTPClientClosedError, LostAnswerError
from legnext_widgets.client.errors import APIError, LegnextError, RateLimitError, TransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping
    from datetime import datetime

    from .store import Attempt, JobStore

ATTEMPTS = 4
"""How often a request is tried that was refused with 429 or did not reach the service at all."""

_log = logging.getLogger("legnext_widgets")


class Poster(Protocol):
    """What can send a POST."""

    async def post(self, endpoint: str, payload: Mapping[str, Any]) -> Response:
        """Sends it exactly once."""


class OutcomeUnknownError(Exception):
    """A request left, and nobody knows whether it became a job."""

    def __init__(self, reason: str, sent_at: datetime) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent_at = sent_at


class AbandonedError(Exception):
    """The caller went away before anything was sent."""


async def send(
    attempt: Attempt, poster: Poster, journal: JobStore | None, abandoned: asyncio.Event
) -> Task:
    """Sends one paid request and gives the job that came of it.

    It is sent again only when it provably did not reach the service or was refused with 429.

    Args:
        attempt: What to send.
        poster: The way to the service.
        journal: Where intent and outcome are remembered.
        abandoned: Set when the caller has gone; then nothing more is sent.

    Raises:
        TransportError: The service could not be reached; nothing was sent.
        APIError: The service refused.
        OutcomeUnknownError: It may be running and may have been charged.
        AbandonedError: The caller went away before anything was sent.
    """
    if journal:
        await journal.intend(attempt)
    notes = _Notes(attempt.id, journal)
    lost: str | None = None
    try:
        answer = await _post_until_reached(attempt, poster, abandoned)
    except (LegnextError, AbandonedError) as error:
        await notes.refuse(str(error) or "abandoned before it was sent")
        raise
    except LostAnswerError as error:
        lost = error.reason
        answer = Response(200, {}, error.partial)
    refusal = None if lost is not None else _refusal_in(answer)
    if refusal is not None:
        await notes.refuse(str(refusal))
        raise refusal
    job_id = job_id_in(answer.body)
    if job_id is not None and job_id.lower() == str(attempt.payload.get("jobId")).lower():
        job_id = None  # a damaged answer that got no farther than the job it begins from
    if job_id is None:
        reason = lost or _why_unknown(answer)
        await notes.mark_uncertain(reason)
        raise OutcomeUnknownError(reason, attempt.sent_at)
    await notes.accept(job_id, answer.body)
    return _task(job_id, attempt, answer)


class _Notes:
    """Writes down an outcome. It is in hand then, so that a failing memory must not take it away.

    Args:
        attempt_id: Whose outcome.
        journal: Where; None remembers nothing.
    """

    def __init__(self, attempt_id: str, journal: JobStore | None) -> None:
        self._id = attempt_id
        self._journal = journal

    async def accept(self, job_id: str, answer: bytes) -> None:
        if self._journal:
            await self._write(self._journal.accept(self._id, job_id, answer))

    async def refuse(self, reason: str) -> None:
        if self._journal:
            await self._write(self._journal.refuse(self._id, reason))

    async def mark_uncertain(self, reason: str) -> None:
        if self._journal:
            await self._write(self._journal.mark_uncertain(self._id, reason))

    async def _write(self, note: Awaitable[None]) -> None:
        try:
            await note
        except Exception as error:
            _log.warning("What became of a request was not remembered: %r", error)


def _refusal_in(answer: Response) -> APIError | None:
    """The error of an answer that says for certain that nothing was started.

    A 5xx, in the status or in the body of a success, comes from somewhere that had the request; a
    408 may stand for the wait of a proxy; a 303 is a usual answer to something that was done.
    """
    error = error_in(answer)
    if error is None:
        return None
    code = error.status_code
    clear = code in (301, 307, 308) or (400 <= code < 500 and code != 408)
    return error if clear else None


def _why_unknown(answer: Response) -> str:
    error = error_in(answer)
    if error is None:
        return "the answer names no job"
    return f"the answer was HTTP {error.status_code}: {error.message}"


def _task(job_id: str, attempt: Attempt, answer: Response) -> Task:
    try:
        task = Task.parse(answer.body)
    except LegnextError:
        task = None
    if task is not None and task.job_id == job_id:
        return task
    _log.warning("The answer to a submission could not be read in full; job %s goes on.", job_id)
    task_type = attempt.endpoint.replace("-", "_")
    return Task.of({"job_id": job_id, "status": "pending", "task_type": task_type})


async def _post_until_reached(
    attempt: Attempt, poster: Poster, abandoned: asyncio.Event
) -> Response:
    async def post() -> Response:
        if abandoned.is_set():
            raise AbandonedError
        answer = await poster.post(attempt.endpoint, attempt.payload)
        if answer.status == 429 and (refusal := error_in(answer)):
            raise refusal
        return answer

    async def sleep(seconds: float) -> None:
        try:
            await asyncio.wait_for(abandoned.wait(), seconds)
        except TimeoutError:
            return

    retrying = AsyncRetrying(
        sleep=sleep,
        stop=stop_after_attempt(ATTEMPTS),
        wait=_wait,
        retry=retry_if_exception(_may_be_sent_again),
        reraise=True,
    )
    return await retrying(post)


def _may_be_sent_again(error: BaseException) -> bool:
    if isinstance(error, RateLimitError):
        return (error.retry_after or 0) <= RETRY_AFTER_CAP
    return isinstance(error, TransportError) and not isinstance(error, HTTPClientClosedError)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RateLimitError) and error.retry_after is not None:
        return error.retry_after + random.uniform(0, 0.25)
    return float(0.5 * 2 ** (state.attempt_number - 1) * random.uniform(0.75, 1.25))

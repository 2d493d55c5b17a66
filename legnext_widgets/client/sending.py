"""Sending a paid request: once, with its intent remembered before and its job id at once after."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from .answers import RETRY_AFTER_CAP, Answer, error_in, job_id_in
from .channel import LostAnswerError
from .errors import APIError, LegnextError, RateLimitError, TransportError
from .journal import Attempt, Journal
from .tasks import Task

ATTEMPTS = 4
"""How often a request is tried that was refused with 429 or did not reach the service at all."""

_log = logging.getLogger("legnext_widgets")


class Poster(Protocol):
    """What can send a POST."""

    async def post(self, endpoint: str, payload: Mapping[str, Any]) -> Answer:
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
    attempt: Attempt, poster: Poster, journal: Journal | None, abandoned: asyncio.Event
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
    try:
        answer = await _post_until_reached(attempt, poster, abandoned)
    except (LegnextError, AbandonedError) as error:
        if journal:
            await journal.refuse(attempt.id, str(error) or "abandoned before it was sent")
        raise
    except LostAnswerError as error:
        job_id = job_id_in(error.partial)
        if job_id is None:
            if journal:
                await journal.doubt(attempt.id, error.reason)
            raise OutcomeUnknownError(error.reason, attempt.sent_at) from None
        answer = Answer(200, {}, error.partial)
    return await _read(attempt, answer, journal)


async def _read(attempt: Attempt, answer: Answer, journal: Journal | None) -> Task:
    job_id = job_id_in(answer.body) if answer.ok else None
    if job_id is not None:
        if journal:
            await journal.accept(attempt.id, job_id, answer.body)
        return _task(job_id, attempt, answer)
    error = error_in(answer)
    reason = _why_unknown(answer, error)
    if reason is None and error is not None:
        if journal:
            await journal.refuse(attempt.id, str(error))
        raise error
    if journal:
        await journal.doubt(attempt.id, reason or "")
    raise OutcomeUnknownError(reason or "", attempt.sent_at)


def _why_unknown(answer: Answer, error: APIError | None) -> str | None:
    """Why an answer without a job id leaves the outcome open; None when it is a clear refusal.

    A status of 5xx comes from somewhere that had the request; 408 may stand for a wait of a proxy.
    """
    if answer.status == 408 or answer.status >= 500:
        said = f": {error.message}" if error else ""
        return f"the answer was HTTP {answer.status}{said}"
    if answer.ok and error is None:
        return "the answer names no job"
    return None


def _task(job_id: str, attempt: Attempt, answer: Answer) -> Task:
    try:
        task = Task.parse(answer.body)
    except LegnextError:
        task = None
    if task is not None and task.job_id == job_id:
        return task
    _log.warning("The answer to a submission could not be read in full; job %s goes on.", job_id)
    task_type = attempt.endpoint.replace("-", "_")
    return Task.of({"job_id": job_id, "status": "pending", "task_type": task_type})


async def _post_until_reached(attempt: Attempt, poster: Poster, abandoned: asyncio.Event) -> Answer:
    async def post() -> Answer:
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
    return isinstance(error, TransportError)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RateLimitError) and error.retry_after is not None:
        return error.retry_after + random.uniform(0, 0.25)
    return float(0.5 * 2 ** (state.attempt_number - 1) * random.uniform(0.75, 1.25))

"""Send one paid request: its intent stored before, and its job id right after.

A request is sent again only when it provably did not reach the service or was refused with 429.
After anything else (a broken connection, a timeout, a 5xx) its outcome is unknown.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from legnext_widgets.client.api.bounded_json import parse_json
from legnext_widgets.client.api.failures import LostAnswerError, unexpected
from legnext_widgets.client.api.models.tasks import Task, kind_of
from legnext_widgets.client.api.reasons import reason_in
from legnext_widgets.client.api.responses import Response, error_in, job_id_in, names_started_job
from legnext_widgets.client.errors import APIError, LegnextError
from legnext_widgets.client.messages import Message
from legnext_widgets.client.redaction import redact_links
from legnext_widgets.client.runtime.cancellation import CallerCancelledError
from legnext_widgets.client.session.store import ClipStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.client.session.identity import CurrentIdentity
    from legnext_widgets.client.session.retry import RetryPolicy
    from legnext_widgets.client.session.store import Attempt, JobStore

CLOSED = "the client was closed before a response arrived"
"""Why the outcome of a request is unknown that was on its way then."""

_log = logging.getLogger("legnext_widgets")


class Poster(Protocol):
    """What can send a POST."""

    async def post(self, endpoint: str, payload: Mapping[str, Any]) -> Response:
        """Send it exactly once."""


class KeyedPoster:
    """Send a request with its `Idempotency-Key`.

    Args:
        transport: Sends it.
        key: The key, the same for each try of one request.
    """

    def __init__(self, transport: Transport, key: str) -> None:
        self._transport = transport
        self._key = key

    async def post(self, endpoint: str, payload: Mapping[str, Any]) -> Response:
        """Send it exactly once."""
        return await self._transport.post(endpoint, payload, key=self._key)


class OutcomeUnknownError(Exception):
    """A request was sent, and it is unknown whether it became a job.

    Attributes:
        reason: Why that is unknown.
        earlier: The attempt that was sent, where it is an earlier one.
    """

    def __init__(self, reason: str, *, earlier: Attempt | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.earlier = earlier


class Outcome:
    """Store what happens to one attempt.

    Only the intent may fail: then nothing is sent. The rest happened already, so a failing store
    must not take it away.

    Args:
        attempt: The attempt.
        store: Where; None stores nothing.
        identity: Whose job it is, as the responses say meanwhile; None if that cannot change.
        intended: Whether the intent is stored already.
    """

    def __init__(
        self,
        attempt: Attempt,
        store: JobStore | None,
        identity: CurrentIdentity | None = None,
        *,
        intended: bool = False,
    ) -> None:
        self._attempt = attempt
        self._store = store
        self._identity = identity
        self._intended = intended

    async def intend(self) -> None:
        """Store that the request is about to be sent."""
        if self._store and not self._intended:
            await self._store.intend(self._attempt)

    async def accept(self, job_id: str, answer: bytes) -> None:
        """Store the job of the request."""
        await self._write(lambda store: store.accept(self._attempt.id, job_id, answer))

    async def refuse(self, reason: str) -> None:
        """Store that nothing was started."""
        await self._write(lambda store: store.refuse(self._attempt.id, reason))

    async def mark_uncertain(self, reason: str) -> None:
        """Store that the outcome is unknown."""
        await self._write(lambda store: store.mark_uncertain(self._attempt.id, str(reason)))

    async def _write(self, note: Callable[[JobStore], Awaitable[None]]) -> None:
        if self._store is None:
            return
        for write in (self._reassign, note):
            try:
                await write(self._store)
            except Exception as error:
                _log.warning("The outcome of a request could not be stored: %r", error)

    async def _reassign(self, store: JobStore) -> None:
        # The intent is stored before the first response can say that the service is a sandbox.
        if self._identity is None or not isinstance(store, ClipStore):
            return
        if self._identity.value != self._attempt.identity:
            await store.reassign(self._attempt.id, self._identity.value)


async def send(
    attempt: Attempt,
    poster: Poster,
    outcome: Outcome,
    cancelled: asyncio.Event,
    retry: RetryPolicy,
) -> Task:
    """Send one paid request and read the job it became.

    Args:
        attempt: What to send.
        poster: Sends it.
        outcome: Stores what happens to it.
        cancelled: Set when the caller was cancelled; then nothing more is sent.
        retry: How often to send what did not reach the service or was refused with 429.

    Raises:
        TransportError: The service could not be reached; nothing was sent.
        APIError: The service refused.
        OutcomeUnknownError: A job may be running and may have been charged.
        CallerCancelledError: The caller was cancelled before anything was sent.
    """
    try:
        await outcome.intend()
    except asyncio.CancelledError:
        await outcome.refuse(CLOSED)
        raise
    except (LegnextError, ValueError, TypeError, TimeoutError):
        raise
    except Exception as error:  # of a user's own store
        raise unexpected(error, "Nothing was sent.") from error
    try:
        return await _post_and_read(attempt, poster, outcome, cancelled, retry)
    except (LegnextError, CallerCancelledError, OutcomeUnknownError):
        raise
    except Exception as error:
        reason = f"unexpected error: {redact_links(repr(error))}"
        await outcome.mark_uncertain(reason)
        raise OutcomeUnknownError(reason) from error


async def _post_and_read(
    attempt: Attempt,
    poster: Poster,
    outcome: Outcome,
    cancelled: asyncio.Event,
    retry: RetryPolicy,
) -> Task:
    lost: str | None = None
    try:
        response = await _post_until_reached(attempt, poster, outcome, cancelled, retry)
    except (LegnextError, CallerCancelledError) as error:
        headline = error.headline if isinstance(error, LegnextError) else str(error)
        await outcome.refuse(headline or "abandoned before it was sent")
        raise
    except LostAnswerError as error:
        lost = error.reason
        response = Response(200, {}, error.partial)
    return await read_answer(attempt, response, outcome, lost=lost)


async def read_answer(
    attempt: Attempt, response: Response, outcome: Outcome, *, lost: str | None = None
) -> Task:
    """Read the job that a request became.

    Args:
        attempt: What was sent.
        response: The answer.
        outcome: Stores what the answer says.
        lost: Why the answer is not whole, if it is not.

    Raises:
        APIError: The service refused.
        OutcomeUnknownError: A job may be running and may have been charged.
    """
    refusal = None if lost is not None else _refusal_in(response, attempt)
    if refusal is not None:
        await outcome.refuse(refusal.headline)
        raise refusal
    job_id = job_id_in(response.body)
    if job_id is not None and job_id.lower() == str(attempt.payload.get("jobId")).lower():
        job_id = None  # a damaged answer that got no farther than the job it begins from
    if job_id is None:
        reason = lost or _why_unknown(response)
        await outcome.mark_uncertain(reason)
        raise OutcomeUnknownError(reason)
    await outcome.accept(job_id, response.body)
    return _task(job_id, attempt, response)


async def _post_until_reached(
    attempt: Attempt,
    poster: Poster,
    outcome: Outcome,
    cancelled: asyncio.Event,
    retry: RetryPolicy,
) -> Response:
    on_its_way = False

    async def post() -> Response:
        """POST; the only errors that the retry policy repeats are "not reached" and 429."""
        nonlocal on_its_way
        if cancelled.is_set():
            raise CallerCancelledError
        on_its_way = True
        response = await poster.post(attempt.endpoint, attempt.payload)
        if response.status == 429 and (refusal := _refusal_in(response, attempt)):
            raise refusal
        return response

    async def sleep(seconds: float) -> None:
        nonlocal on_its_way
        on_its_way = False
        try:
            await asyncio.wait_for(cancelled.wait(), seconds)
        except TimeoutError:
            return

    try:
        return await retry.run(post, sleep=sleep)
    except asyncio.CancelledError:
        # Without an outcome, all that ask for the same request would wait for one in vain.
        await (outcome.mark_uncertain(CLOSED) if on_its_way else outcome.refuse(CLOSED))
        raise


def _refusal_in(response: Response, attempt: Attempt) -> APIError | None:
    """Read the error of a response that proves that nothing was started.

    A 5xx, in the status or in the body of a success, comes from a server that had the request; a
    408 may be a proxy's own timeout; a 303 is a usual answer to something that was done. Where the
    body describes a started job, no status says otherwise.
    """
    error = error_in(response)
    if error is None or names_started_job(response, attempt.payload.get("jobId")):
        return None
    code = error.status_code
    if code not in (301, 307, 308) and not (400 <= code < 500 and code != 408):
        return None
    error.operation = "submit"
    return error


def _why_unknown(response: Response) -> str:
    error = error_in(response)
    if error is None:
        with suppress(ValueError):
            if reason := reason_in(parse_json(response.body)):
                return Message("answer_names_no_job_why", text=reason.removesuffix("."))
        return Message("answer_names_no_job")
    return Message("answer_was", status=error.status_code, text=error.message.removesuffix("."))


def _task(job_id: str, attempt: Attempt, response: Response) -> Task:
    try:
        task = Task.parse(response.body)
    except LegnextError:
        task = None
    if task is not None and task.job_id == job_id:
        return task
    _log.warning("A response to a submission could not be read in full; job %s continues.", job_id)
    kind = kind_of(attempt.endpoint)
    return Task.of({"job_id": job_id, "status": "pending", "task_type": kind})

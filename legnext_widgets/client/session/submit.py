"""Submit a paid request: sent once, its intent stored before and its job id right after.

A request is sent again only when it provably did not reach the service or was refused with 429.
After anything else (a broken connection, a timeout, a 5xx) its outcome is unknown: that is an error
of its own, with the running jobs that it may have become.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from legnext_widgets.client.api.models import Task
from legnext_widgets.client.api.redaction import plain
from legnext_widgets.client.api.responses import Response, error_in, job_id_in
from legnext_widgets.client.api.transport import LostAnswerError
from legnext_widgets.client.errors import APIError, LegnextError, SubmissionUncertainError
from legnext_widgets.client.runtime.abandoning import AbandonedError, unless_set

from .store import Attempt, ClipStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.api.transport import Transport

    from .budget import Budget
    from .identity import CurrentIdentity
    from .job_state import JobState
    from .poller import Poller
    from .receiver import Receiver
    from .retry import RetryPolicy
    from .store import JobStore

_CANDIDATES_TIMEOUT = 10.0
"""Seconds for finding the running jobs that a request of unknown outcome may have become."""

_log = logging.getLogger("legnext_widgets")


class Poster(Protocol):
    """What can send a POST."""

    async def post(self, endpoint: str, payload: Mapping[str, Any]) -> Response:
        """Send it exactly once."""


class OutcomeUnknownError(Exception):
    """A request was sent, and it is unknown whether it became a job."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Submitter:
    """Submit requests and see each of them through, also when its caller is cancelled.

    Args:
        transport: Sends requests.
        receiver: Takes in the new jobs.
        poller: Polls the new jobs.
        identity: Whose jobs they are.
        budget: Points are reserved there before a request is sent.
        store: Where intents and outcomes are stored; None stores nothing.
        retry: How often to send what did not reach the service or was refused with 429.
        prepare: Gives a request as it is sent, with its pictures uploaded; called when its points
            are reserved, and cancelled with the caller.
    """

    def __init__(
        self,
        transport: Transport,
        receiver: Receiver,
        poller: Poller,
        *,
        identity: CurrentIdentity,
        budget: Budget,
        store: JobStore | None,
        retry: RetryPolicy,
        prepare: Callable[[Request], Awaitable[Request]] | None = None,
    ) -> None:
        self.retry = retry
        self._prepare = prepare
        self._transport = transport
        self._receiver = receiver
        self._poller = poller
        self._identity = identity
        self._budget = budget
        self._store = store
        self._under_way: set[asyncio.Task[JobState]] = set()

    async def submit(self, request: Request) -> JobState:
        """Send a request and begin to poll its job.

        When the caller is cancelled, what was sent is still seen through and its job polled; what
        was not sent yet is not sent.

        Raises:
            BudgetExceededError, TransportError, APIError, SubmissionUncertainError: As documented.
        """
        abandoned = asyncio.Event()
        sent_at = datetime.now(UTC)
        task = asyncio.create_task(self._submit(request, abandoned))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if not task.cancelled() or (caller is not None and caller.cancelling()):
                abandoned.set()
                raise
        except LegnextError as error:
            raise plain(error)  # noqa: B904 - it is the same error
        raise SubmissionUncertainError(
            "the client was closed before a response arrived",
            request=request,
            sent_at=sent_at,
            candidates_known=False,
        )

    async def aclose(self, patience: float) -> None:
        """End; requests on their way get `patience` seconds to bring home a job id."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)
        left = list(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _submit(self, request: Request, abandoned: asyncio.Event) -> JobState:
        attempt_id = str(uuid.uuid4())
        self._budget.reserve(attempt_id, request.endpoint.replace("-", "_"))
        try:
            if self._prepare is not None:
                request = await unless_set(abandoned, self._prepare(request))
            attempt = Attempt(
                id=attempt_id,
                identity=self._identity.value,
                endpoint=request.endpoint,
                payload=request.payload(),
                sent_at=datetime.now(UTC),
                pictures={name: each.identity for name, each in request.pictures.items()},
            )
            outcome = Outcome(attempt, self._store, self._identity)
            task = await send(attempt, self._transport, outcome, abandoned, self.retry)
        except OutcomeUnknownError as unknown:
            # The points stay reserved: they may well have been taken.
            raise await self._uncertain(request, attempt.sent_at, unknown.reason) from None
        except BaseException:
            self._budget.release(attempt_id)
            raise
        self._budget.release(attempt_id)
        state = self._receiver.receive(
            task, source="submission", request=request, attempt_id=attempt.id
        )
        self._poller.follow(state)
        return state

    async def _uncertain(
        self, request: Request, sent_at: datetime, reason: str
    ) -> SubmissionUncertainError:
        """Make the error of a request of unknown outcome, with the jobs it may have become."""
        try:
            async with asyncio.timeout(_CANDIDATES_TIMEOUT):
                running = await self.retry.run(self._transport.get_active_tasks)
        except (TimeoutError, LegnextError):
            return SubmissionUncertainError(
                reason, request=request, sent_at=sent_at, candidates_known=False
            )
        self._receiver.receive_listing(running)
        kind = request.endpoint.replace("-", "_")
        # The answer to this very question taught the service's clock, if nothing did before.
        candidates = self._receiver.candidates(running, kind, sent_at)
        return SubmissionUncertainError(
            reason, request=request, sent_at=sent_at, candidates=candidates
        )

    def _ended(self, task: asyncio.Task[JobState]) -> None:
        self._under_way.discard(task)
        if task.cancelled():
            return
        error = task.exception()  # read, so that asyncio does not report it a second time
        if error is not None and not isinstance(error, LegnextError | AbandonedError):
            _log.error("Sending a request failed: %s: %s", type(error).__name__, error)


class Outcome:
    """Store what happens to one attempt.

    Only the intent may fail: then nothing is sent. The rest happened already, so a failing store
    must not take it away.

    Args:
        attempt: The attempt.
        store: Where; None stores nothing.
        identity: Whose job it is, as the responses say meanwhile; None if that cannot change.
    """

    def __init__(
        self, attempt: Attempt, store: JobStore | None, identity: CurrentIdentity | None = None
    ) -> None:
        self._attempt = attempt
        self._store = store
        self._identity = identity

    async def intend(self) -> None:
        """Store that the request is about to be sent."""
        if self._store:
            await self._store.intend(self._attempt)

    async def accept(self, job_id: str, answer: bytes) -> None:
        """Store the job of the request."""
        await self._write(lambda store: store.accept(self._attempt.id, job_id, answer))

    async def refuse(self, reason: str) -> None:
        """Store that nothing was started."""
        await self._write(lambda store: store.refuse(self._attempt.id, reason))

    async def mark_uncertain(self, reason: str) -> None:
        """Store that the outcome is unknown."""
        await self._write(lambda store: store.mark_uncertain(self._attempt.id, reason))

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
    abandoned: asyncio.Event,
    retry: RetryPolicy,
) -> Task:
    """Send one paid request and read the job it became.

    Args:
        attempt: What to send.
        poster: Sends it.
        outcome: Stores what happens to it.
        abandoned: Set when the caller was cancelled; then nothing more is sent.
        retry: How often to send what did not reach the service or was refused with 429.

    Raises:
        TransportError: The service could not be reached; nothing was sent.
        APIError: The service refused.
        OutcomeUnknownError: A job may be running and may have been charged.
        AbandonedError: The caller was cancelled before anything was sent.
    """
    await outcome.intend()
    lost: str | None = None
    try:
        response = await _post_until_reached(attempt, poster, abandoned, retry)
    except (LegnextError, AbandonedError) as error:
        await outcome.refuse(str(error) or "abandoned before it was sent")
        raise
    except LostAnswerError as error:
        lost = error.reason
        response = Response(200, {}, error.partial)
    refusal = None if lost is not None else _refusal_in(response)
    if refusal is not None:
        await outcome.refuse(str(refusal))
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
    attempt: Attempt, poster: Poster, abandoned: asyncio.Event, retry: RetryPolicy
) -> Response:
    async def post() -> Response:
        """POST; the only errors that the retry policy repeats are "not reached" and 429."""
        if abandoned.is_set():
            raise AbandonedError
        response = await poster.post(attempt.endpoint, attempt.payload)
        if response.status == 429 and (refusal := error_in(response)):
            raise refusal
        return response

    async def sleep(seconds: float) -> None:
        try:
            await asyncio.wait_for(abandoned.wait(), seconds)
        except TimeoutError:
            return

    return await retry.run(post, sleep=sleep)


def _refusal_in(response: Response) -> APIError | None:
    """Read the error of a response that proves that nothing was started.

    A 5xx, in the status or in the body of a success, comes from a server that had the request; a
    408 may be a proxy's own timeout; a 303 is a usual answer to something that was done.
    """
    error = error_in(response)
    if error is None:
        return None
    code = error.status_code
    clear = code in (301, 307, 308) or (400 <= code < 500 and code != 408)
    return error if clear else None


def _why_unknown(response: Response) -> str:
    error = error_in(response)
    if error is None:
        return "the response names no job"
    return f"the answer was HTTP {error.status_code}: {error.message}"


def _task(job_id: str, attempt: Attempt, response: Response) -> Task:
    try:
        task = Task.parse(response.body)
    except LegnextError:
        task = None
    if task is not None and task.job_id == job_id:
        return task
    _log.warning("A response to a submission could not be read in full; job %s continues.", job_id)
    task_type = attempt.endpoint.replace("-", "_")
    return Task.of({"job_id": job_id, "status": "pending", "task_type": task_type})

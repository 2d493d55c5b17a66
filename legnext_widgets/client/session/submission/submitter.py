"""Submit paid requests: each sent once, or answered with the job of an earlier one."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from legnext_widgets.client.api.values.request_key import request_key
from legnext_widgets.client.errors import LegnextError, SubmissionUncertainError
from legnext_widgets.client.redaction import strip_frames
from legnext_widgets.client.runtime.cancellation import CallerCancelledError, run_unless_cancelled
from legnext_widgets.client.session.store import Attempt

from .post import CLOSED, KeyedPoster, Outcome, OutcomeUnknownError, read_answer, send

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.client.session.identity import CurrentIdentity
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.polling.poller import Poller
    from legnext_widgets.client.session.receiver import Receiver
    from legnext_widgets.client.session.retry import RetryPolicy
    from legnext_widgets.client.session.store import Holder, JobStore
    from legnext_widgets.client.uploads.picture_uploads import PictureUploads

    from .budget import Budget
    from .reuse import Phase, Reuse, ReusedJobs, Watch

_CANDIDATES_TIMEOUT = 10.0
"""Seconds for finding the running jobs that a request of unknown outcome may have become."""

_log = logging.getLogger("legnext_widgets")


def ignore(_: Phase) -> None:
    """Watch nothing."""


class Submitted(NamedTuple):
    """What a request led to.

    Attributes:
        state: The job.
        reused: Whether it was made from the same request before, so that nothing was sent.
    """

    state: JobState
    reused: bool = False


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
        reused: Gives the jobs of earlier requests; None where the store does not know them.
        own_origin: The origin of an embedded sandbox, which differs each time; else None.
        uploads: Uploads the pictures of requests.
        max_concurrent: How many jobs of batches may run at once.

    Attributes:
        places: One for each of these; all batches share them.
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
        reused: Callable[[], ReusedJobs | None],
        own_origin: str | None,
        uploads: PictureUploads,
        max_concurrent: int,
    ) -> None:
        self.retry = retry
        self.places = asyncio.Semaphore(max_concurrent)
        self._transport = transport
        self._receiver = receiver
        self._poller = poller
        self._identity = identity
        self._budget = budget
        self._store = store
        self._find_reused = reused
        self._own_origin = own_origin
        self._uploads = uploads
        self._under_way: set[asyncio.Task[Submitted]] = set()

    async def submit(
        self,
        request: Request,
        *,
        reuse: Reuse = False,
        take: int = 1,
        watch: Watch = ignore,
    ) -> Submitted:
        """Send a request and begin to poll its job, or give the job of the same request before.

        When the caller is cancelled, what was sent is still seen through and its job polled; what
        was not sent yet is not sent.

        Args:
            request: What to send.
            reuse: Whether to give the job that was made from it before.
            take: Which take of the request.
            watch: Called with what is waited for, when that changes.

        Raises:
            BudgetExceededError, TransportError, APIError, SubmissionUncertainError: As documented.
        """
        cancelled = asyncio.Event()
        request = self._uploads.drop_stale_links(request)
        attempt = Attempt(
            id=str(uuid.uuid4()),
            identity=self._identity.value,
            endpoint=request.endpoint,
            payload=request.identity() if request.unlinked else request.payload(),
            sent_at=datetime.now(UTC),
            request_key=self.key_of(request),
            take=take,
            pictures={name: each.identity for name, each in request.pictures.items()},
            sources=request.pictures,
        )
        task = asyncio.create_task(self._submit(request, attempt, reuse, cancelled, watch))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if not task.cancelled() or (caller is not None and caller.cancelling()):
                cancelled.set()
                raise
        except LegnextError as error:
            raise strip_frames(error)  # noqa: B904 - it is the same error
        raise SubmissionUncertainError(
            CLOSED,
            request=request,
            sent_at=attempt.sent_at,
            candidates_known=False,
            attempt_id=attempt.id,
        )

    @property
    def _reused(self) -> ReusedJobs | None:
        return self._find_reused()

    def key_of(self, request: Request) -> str:
        """Name what a request asks for: the same request has the same key."""
        return request_key(request.endpoint, request.identity(), own_origin=self._own_origin)

    async def made_before(self, request: Request) -> Sequence[Holder]:
        """List what was made from the same request before, in the order of the takes.

        Raises:
            LegnextError: The store cannot be read.
        """
        if self._reused is None:
            return []
        return await self._reused.made_before(self._identity.value, self.key_of(request))

    async def aclose(self, patience: float) -> None:
        """End; requests on their way get `patience` seconds to bring home a job id."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)
        left = list(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _submit(
        self,
        request: Request,
        attempt: Attempt,
        reuse: Reuse,
        cancelled: asyncio.Event,
        watch: Watch,
    ) -> Submitted:
        claimed = bool(reuse) and self._reused is not None
        if not (claimed and await self._is_held(request, attempt.take)):
            request, attempt = await self._link_pictures(request, attempt, cancelled)
        if reuse and self._reused is not None:
            claim = partial(self._reused.find_or_claim, attempt, reuse, cancelled, watch)
            try:
                found = await claim()
            except OutcomeUnknownError as unknown:
                found = await self._find_at_gateway(request, attempt, unknown, claim)
            if not isinstance(found, Attempt):
                return Submitted(found, reused=True)
            attempt = found
        outcome = Outcome(attempt, self._store, self._identity, intended=claimed)
        try:
            request, attempt = await self._link_pictures(request, attempt, cancelled)
            self._budget.reserve(attempt.id, request.kind)
        except BaseException as error:  # also where the client is closed during an upload
            if claimed:
                headline = error.headline if isinstance(error, LegnextError) else str(error)
                await outcome.refuse(headline or "abandoned before it was sent")
            raise
        outcome = Outcome(attempt, self._store, self._identity, intended=claimed)
        sent, poster = time.monotonic(), KeyedPoster(self._transport, attempt.id)
        try:
            task = await send(attempt, poster, outcome, cancelled, self.retry)
        except OutcomeUnknownError as unknown:
            # The points stay reserved: they may well have been taken.
            uncertain = await self._uncertain(request, attempt, unknown)
            answered = await self._retry_at_gateway(attempt, outcome)
            if answered is None:
                raise uncertain from None
            task = answered
        except BaseException:
            self._budget.release(attempt.id)
            raise
        self._budget.release(attempt.id)
        state = self._receiver.receive(
            task, source="submission", request=request, attempt_id=attempt.id
        )
        self._poller.follow(state, known_at=sent)
        return Submitted(state)

    async def _is_held(self, request: Request, take: int) -> bool:
        """Whether a take of a request was sent before, so that its pictures need no upload yet."""
        held = await self.made_before(request) if request.unlinked else ()
        return any(each.record.attempt and each.record.attempt.take == take for each in held)

    async def _link_pictures(
        self, request: Request, attempt: Attempt, cancelled: asyncio.Event
    ) -> tuple[Request, Attempt]:
        """Upload the pictures of a request that fits the budget, where they have no link yet."""
        if not request.unlinked:
            return request, attempt
        self._budget.check([request.kind])
        request = await run_unless_cancelled(cancelled, self._uploads.link_pictures(request))
        return request, replace(attempt, payload=request.payload(), sent_at=datetime.now(UTC))

    async def _uncertain(
        self, request: Request, attempt: Attempt, unknown: OutcomeUnknownError
    ) -> SubmissionUncertainError:
        """Make the error of a request of unknown outcome, with the jobs it may have become."""
        sent = unknown.earlier or attempt
        try:
            async with asyncio.timeout(_CANDIDATES_TIMEOUT):
                running = await self.retry.run(self._transport.get_active_tasks)
        except (TimeoutError, LegnextError):
            return SubmissionUncertainError(
                unknown.reason,
                request=request,
                sent_at=sent.sent_at,
                candidates_known=False,
                attempt_id=sent.id,
                recorded=unknown.earlier is not None,
            )
        self._receiver.receive_listing(running)
        # The answer to this very question taught the service's clock, if nothing did before.
        candidates = self._receiver.candidates(running, request.kind, sent.sent_at)
        return SubmissionUncertainError(
            unknown.reason,
            request=request,
            sent_at=sent.sent_at,
            candidates=candidates,
            attempt_id=sent.id,
            recorded=unknown.earlier is not None,
        )

    async def _retry_at_gateway(self, attempt: Attempt, outcome: Outcome) -> Task | None:
        """Find out at a gateway what a request became; None where there is none.

        Raises:
            APIError: It refused the request.
        """
        # Loaded when an answer was lost.
        from legnext_widgets.client.session.classroom.idempotent_retry import retry_idempotently

        response = await retry_idempotently(attempt, self._transport, self.retry)
        if response is None:
            return None
        try:
            return await read_answer(attempt, response, outcome)
        except LegnextError:
            self._budget.release(attempt.id)
            raise

    async def _find_at_gateway(
        self,
        request: Request,
        attempt: Attempt,
        unknown: OutcomeUnknownError,
        claim: Callable[[], Awaitable[JobState | Attempt]],
    ) -> JobState | Attempt:
        """Find at a gateway the job of a request of unknown outcome that an earlier session sent.

        Args:
            request: The same request, now.
            attempt: Its attempt; nothing of it was sent.
            unknown: What is known of the one before.
            claim: Finds the job that holds the take, as before.

        Raises:
            SubmissionUncertainError: There is no gateway, or it knows no such request.
        """
        from legnext_widgets.client.session.classroom.idempotent_retry import find_by_key

        uncertain, earlier = await self._uncertain(request, attempt, unknown), unknown.earlier
        if earlier is None:
            raise uncertain from None
        answer = await find_by_key(earlier, self._transport, self.retry)
        if answer is None:
            raise uncertain from None
        outcome = Outcome(earlier, self._store, self._identity, intended=True)
        try:
            await read_answer(earlier, answer, outcome)
            return await claim()
        except OutcomeUnknownError:  # the store could not be written
            raise uncertain from None

    def _ended(self, task: asyncio.Task[Submitted]) -> None:
        self._under_way.discard(task)
        if task.cancelled():
            return
        error = task.exception()  # read, so that asyncio does not report it a second time
        if error is not None and not isinstance(error, LegnextError | CallerCancelledError):
            _log.error("Sending a request failed: %s: %s", type(error).__name__, error)

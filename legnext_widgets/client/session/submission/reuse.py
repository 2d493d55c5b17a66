"""Reuse the job that was made from the same request before, so that it is paid for once.

The store holds one attempt for each take of a request. A caller that finds it free stores its own
attempt and sends it; one that finds it held gets that job, or waits for the outcome.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from legnext_widgets.client.errors import (
    AuthenticationError,
    LegnextError,
    NotFoundError,
    PermissionDeniedError,
    TransportError,
)
from legnext_widgets.client.messages import Message
from legnext_widgets.client.redaction import strip_frames
from legnext_widgets.client.runtime.cancellation import CallerCancelledError
from legnext_widgets.client.session.retry import (
    LEAST_ANSWERS_FOR_OLD,
    PATIENCE_FOR_OLD,
    is_from_service,
)
from legnext_widgets.client.session.store import SharedTakes
from legnext_widgets.environment import to_thread

from .post import OutcomeUnknownError

if TYPE_CHECKING:
    from legnext_widgets.client.session.files.clip_keeper import ClipKeeper
    from legnext_widgets.client.session.identity import AccountFinder, Identity
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.polling.poller import Poller
    from legnext_widgets.client.session.receiver import Receiver
    from legnext_widgets.client.session.store import Attempt, Holder, JobRecord, Takes

Reuse: TypeAlias = bool | Literal["renew"]
"""Whether to give the job that was made from the same request before. `"renew"` sends the request
again where neither the library nor the service has that job's files any more."""

Phase: TypeAlias = Literal["sending", "elsewhere"]
"""What is waited for: the answer to a request, or to the same request that is sent elsewhere."""

Watch: TypeAlias = Callable[[Phase], object]
"""Called when something else is waited for."""

_FIRST_LOOK, _LONGEST_LOOK = 0.02, 0.5
"""Seconds between two looks at an attempt that another thread or process is sending."""


_Answer = Literal["known", "forgotten", "unclear"]

_log = logging.getLogger("legnext_widgets")


class ReusedJobs:
    """The jobs that earlier requests led to.

    Args:
        takes: Which attempt holds which take of a request.
        receiver: Takes in the jobs of earlier sessions.
        poller: Asks for them.
        clip_keeper: Keeps their clips.
        accounts: Finds out whose jobs count, before anything is sent.
    """

    def __init__(
        self,
        takes: Takes,
        receiver: Receiver,
        poller: Poller,
        clip_keeper: ClipKeeper,
        accounts: AccountFinder,
    ) -> None:
        self._accounts = accounts
        self._takes = takes
        self._receiver = receiver
        self._poller = poller
        self._clip_keeper = clip_keeper

    async def find_or_claim(
        self,
        attempt: Attempt,
        reuse: Reuse,
        cancelled: asyncio.Event,
        watch: Watch,
    ) -> JobState | Attempt:
        """Find the job that holds the take of an attempt.

        Where it seems that there is none, the service is asked first which account the key belongs
        to: a job of another key of the same account counts, too.

        Args:
            attempt: The attempt, with the key of its request and its take.
            reuse: Whether to send again what is nowhere any more.
            cancelled: Set when the caller was cancelled.
            watch: Called with what is waited for, when that changes.

        Returns:
            The job; or, when there is none, the attempt, which is stored as about to be sent by
            the account that was found out.

        Raises:
            OutcomeUnknownError: Such a request was sent, and its outcome is unknown.
            NotFoundError: Neither the library nor the service has the job's files any more.
            TransportError: The account could not be found out, and the library has a job of the
                same request that may belong to it; nothing was sent.
            LegnextError: The store cannot be read or written; nothing was sent.
            CallerCancelledError: The caller was cancelled.
        """
        useless: str | None = None
        certain = not self._accounts.needed
        while True:
            if not certain and (useless is not None or not await self._is_held(attempt)):
                identity, certain = await self._account_of(attempt), True
                if identity != attempt.identity:
                    attempt, useless = replace(attempt, identity=identity), None
            holder = await self._takes.claim(attempt, instead_of=useless)
            if holder is None:
                return attempt
            earlier = holder.record.attempt
            if earlier is None:  # no store has such a row
                raise LegnextError("The library does not know how the job was made.")
            if holder.working:
                watch("elsewhere")
                await self._end_of(earlier.id, cancelled)
                watch("sending")
                useless = None
                continue
            state = await self._job_of(holder.record, earlier, reuse)
            if state is not None:
                return state
            useless = earlier.id

    async def _is_held(self, attempt: Attempt) -> bool:
        held = await self._takes.holders(attempt.identity, attempt.request_key)
        return any(holder.record.take == attempt.take for holder in held)

    async def _account_of(self, attempt: Attempt) -> Identity:
        """Find out the account before an attempt is sent.

        Raises:
            AuthenticationError, PermissionDeniedError: The service does not accept the key.
            TransportError: The service cannot be asked, and the take is held by another key.
        """
        error = await self._accounts.find_out()
        if isinstance(error, AuthenticationError | PermissionDeniedError):
            raise strip_frames(error)
        takes = self._takes
        if (
            error is not None
            and isinstance(takes, SharedTakes)
            and await takes.is_held_elsewhere(attempt)
        ):
            reason = error.message.rstrip(".")
            raise TransportError(Message("reuse_account_unknown", reason=reason)) from error
        return self._accounts.identity.value

    async def made_before(self, identity: Identity, request_key: str) -> list[Holder]:
        """List what was made from a request before and can be given again.

        Raises:
            LegnextError: The store cannot be read.
        """
        holders = await self._takes.holders(identity, request_key)
        return [holder for holder in holders if not self._failed_here(holder.record)]

    def _failed_here(self, record: JobRecord) -> bool:
        known = self._receiver.jobs.get(record.job_id or "")
        return known is not None and known.submitted_here and known.status == "failed"

    async def _end_of(self, attempt_id: str, cancelled: asyncio.Event) -> None:
        """Return when an attempt is not being sent any more."""
        pause = _FIRST_LOOK
        while await self._takes.is_working(attempt_id):
            try:
                await asyncio.wait_for(cancelled.wait(), pause)
            except TimeoutError:
                pause = min(pause * 1.5, _LONGEST_LOOK)
            else:
                raise CallerCancelledError

    async def _job_of(self, record: JobRecord, attempt: Attempt, reuse: Reuse) -> JobState | None:
        """Return the job of a stored attempt; None when it is of no use."""
        if record.job_id is None:
            raise OutcomeUnknownError(record.reason or Message("process_ended"), earlier=attempt)
        known = self._receiver.jobs.get(record.job_id)
        if known is None or not known.submitted_here:
            return await self._earlier(record, record.job_id, reuse)
        if known.stopped_by is not None and await self._ask(known, record) == "forgotten":
            _require_renewal(known, reuse)
            return None
        return self._followed(known)

    async def _earlier(self, record: JobRecord, job_id: str, reuse: Reuse) -> JobState | None:
        """Return a job that another session submitted."""
        self._receiver.restore(record, keep_clips=record.clips_due)
        state = self._receiver.jobs[job_id]
        # It may have ended since it was last seen, and what failed is sent anew at once.
        if not state.completed and await self._ask(state, record) == "forgotten":
            _require_renewal(state, reuse)
            return None
        return (
            await self._completed(state, record, reuse)
            if state.completed
            else self._followed(state)
        )

    def _followed(self, state: JobState) -> JobState | None:
        if state.status == "failed":
            return None
        self._poller.follow(state)
        return state

    async def _completed(self, state: JobState, record: JobRecord, reuse: Reuse) -> JobState | None:
        kept = await _kept_clips(state)
        if kept.clips and not kept.missing:
            return state
        has_clips = bool(state.task and state.task.output.video_urls)
        tries = LEAST_ANSWERS_FOR_OLD if has_clips or reuse == "renew" else 1
        if await self._ask(state, record, tries) != "forgotten":
            return state
        if has_clips:
            # The service may forget a job some days before its files are gone.
            await self._clip_keeper.keep_now(state)
            kept = await _kept_clips(state)
            if kept.clips:
                if kept.missing:
                    _log.warning(
                        "Job %s is reused without %d of its clips, which neither the library nor "
                        "the service has any more: %s (counted from 0).",
                        state.id,
                        len(kept.missing),
                        ", ".join(map(str, kept.missing)),
                    )
                return state
            _require_renewal(state, reuse)
            return None
        # What was made of its images may be in the library, and needs its id.
        return None if reuse == "renew" else state

    async def _ask(
        self, state: JobState, record: JobRecord, tries: int = LEAST_ANSWERS_FOR_OLD
    ) -> _Answer:
        """Ask the service for a job; a single 404 is no proof that it has forgotten it."""
        speed = max(1.0, state.speed)
        age = (datetime.now(UTC) - record.created_at).total_seconds() * speed
        pause = PATIENCE_FOR_OLD * self._poller.pace.shortest / speed / LEAST_ANSWERS_FOR_OLD
        for count in range(1, tries + 1):
            try:
                await self._poller.ask(state.id, state)
            except NotFoundError as error:
                if age < self._receiver.young or not is_from_service(error):
                    return "unclear"
            except LegnextError as error:
                _log.info("Job %s is reused without asking for it: %s", state.id, error)
                return "unclear"
            else:
                return "known"
            if count < tries:
                await asyncio.sleep(pause)
        return "forgotten"


class _KeptClips(NamedTuple):
    """Which clips of a completed job are on this machine, without those that the user deleted.

    Attributes:
        clips: Those that are there, undamaged.
        missing: The others.
    """

    clips: list[int]
    missing: list[int]


async def _kept_clips(state: JobState) -> _KeptClips:
    count = len(state.task.output.video_urls) if state.task and state.completed else 0

    def look() -> _KeptClips:
        found = _KeptClips([], [])
        for index in range(count):
            if not state.marks.is_deleted(index):
                (found.clips if state.kept_file(index) else found.missing).append(index)
        return found

    return await to_thread(look)


def _require_renewal(state: JobState, reuse: Reuse) -> None:
    """Refuse to send anew what the service has forgotten, unless the caller wants that."""
    if reuse != "renew":
        error = NotFoundError(Message("reuse_forgotten", id=state.id), status_code=404, code=404)
        error.operation = "reuse"
        raise error

"""Submit the requests of a studio: once for each click, one at a time, and not twice unasked."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from legnext_widgets.client.errors import LegnextError, SubmissionUncertainError
from legnext_widgets.client.messages import Message

from .snapshots import failure_of, made_before_of, progress_of

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Callable, Sequence

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.submission.reuse import Reuse
    from legnext_widgets.client.session.submission.submitter import Submitted

    from .protocol.traits import Submission

_REMEMBERED_CLICKS = 500

_log = logging.getLogger("legnext_widgets")


class ReuseChoice(NamedTuple):
    """What to do where the same request was sent before.

    Attributes:
        reuse: Whether to give the job of before; None as the client's option says.
        take: Which take of the request.
        ask: Whether to send nothing then, and report it.
    """

    reuse: Reuse | None = None
    take: int = 1
    ask: bool = False


ANOTHER = ReuseChoice(reuse=False)
"""Make another take of what was sent before."""


@dataclass(frozen=True)
class MadeBefore:
    """What the library has of the requests of a click.

    Attributes:
        count: Of how many of them it has a job.
        job_id: The last of these jobs; None where a request is under way or its outcome unknown.
    """

    count: int
    job_id: str | None


class MadeBeforeError(Exception):
    """A click sent nothing, as a person is to be asked first."""

    def __init__(self, found: MadeBefore) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True, eq=False)
class _Press:
    """One submission.

    Attributes:
        client: Sends it.
        click: The click that asked for it; None where Python did.
    """

    client: Client
    click: str | None


class Submitter:
    """Sends one request at a time.

    Args:
        report: Called with each state, in any thread; must return at once.

    Attributes:
        on_unknown: Called, likewise, with the client that sent a request of unknown outcome, and
            its error.
    """

    def __init__(self, report: Callable[[Submission], object]) -> None:
        self.on_unknown: Callable[[Client, SubmissionUncertainError], object] | None = None
        self._report = report
        self._lock = threading.Lock()
        self._current: _Press | None = None
        self._clicks: OrderedDict[str, None] = OrderedDict()
        self._unknown: list[tuple[SubmissionUncertainError, str | None]] = []

    @property
    def sending(self) -> bool:
        """Whether a request is on its way."""
        return self._current is not None

    def is_new(self, click: str) -> bool:
        """Whether a click arrives for the first time; a text of no usual length never does."""
        if not 0 < len(click) <= 100:
            return False
        with self._lock:
            if click in self._clicks:
                return False
            self._clicks[click] = None
            while len(self._clicks) > _REMEMBERED_CLICKS:
                self._clicks.popitem(last=False)
            return True

    def adopt(self, state: JobState) -> SubmissionUncertainError | None:
        """Take a job for what a request of unknown outcome became, if it may be.

        Of several requests it is the first: a job that the first may be began before the others.

        Args:
            state: The job; it gets the words and settings of the request.

        Returns:
            The error that this answers; None when the job has nothing to do with it.
        """
        with self._lock:
            found = next(
                (
                    unknown
                    for unknown in self._unknown
                    if state.id in {task.job_id for task in unknown[0].candidates}
                ),
                None,
            )
            if found is None:
                return None
            self._unknown.remove(found)
        error, click = found
        if state.request is None:
            state.request = error.request
        self._report(progress_of("accepted", click, state.id))
        return error

    def note_unknown(
        self, client: Client, error: SubmissionUncertainError, click: str | None = None
    ) -> None:
        """Keep a request of unknown outcome, whose job may be taken over."""
        with self._lock:
            self._unknown.append((error, click))
        if self.on_unknown is not None:
            self.on_unknown(client, error)

    def refuse(self, error: Exception, click: str | None) -> None:
        """Report that a click sent nothing."""
        self._report(failure_of(error, click))

    def submit(
        self,
        client: Client,
        build: Callable[[], Request],
        click: str | None,
        choice: ReuseChoice = ANOTHER,
    ) -> concurrent.futures.Future[Submitted]:
        """Begin to send the request that `build` makes.

        Raises:
            ValueError: The request is outside its limits; nothing was sent.
            LegnextError: Another one is on its way; nothing was sent.
        """
        current = _Press(client, click)
        with self._lock:
            busy = self._current is not None
            self._current = self._current or current
        if busy:
            error = LegnextError(Message("on_its_way"))
            self.refuse(error, click)
            raise error
        try:
            request = build()
            self._report(progress_of("sending", click))
            sending = client.runtime.start(self._send(current, request, choice))
        except BaseException as failure:
            self._end(current, failure)
            raise

        def cancelled(done: concurrent.futures.Future[Submitted]) -> None:
            if done.cancelled():  # perhaps before the coroutine began, which then reports nothing
                self._end(current, asyncio.CancelledError())

        sending.add_done_callback(cancelled)
        return sending

    def report_queued(self, click: str) -> None:
        """Report that a batch waits for the one that runs."""
        self._report(progress_of("queued", click))

    def report_made_before(self, found: MadeBefore, click: str | None) -> None:
        """Report that a click sent nothing, as a person is to be asked first."""
        self._report(made_before_of(click, found.count, found.job_id))

    async def _send(self, current: _Press, request: Request, choice: ReuseChoice) -> Submitted:
        """Send a request, and report its end before a caller has it, who may send the next one."""
        # Loaded with the client: naming the studio must stay cheap.
        from legnext_widgets.client.runtime.callbacks import call_guarded

        # A report that fails must not take away a job that was paid for.
        try:
            submitted = await _obtain(current.client, request, choice)
        except BaseException as error:
            call_guarded(self._end, current, error)
            raise
        call_guarded(self._end, current, submitted)
        return submitted

    def _end(self, current: _Press, outcome: Submitted | BaseException) -> None:
        """Report once how a submission ended, and let the next one begin."""
        click = current.click
        with self._lock:
            if self._current is not current:
                return
            self._current = None
        if isinstance(outcome, SubmissionUncertainError):
            self.note_unknown(current.client, outcome, click)
        if isinstance(outcome, MadeBeforeError):
            self.report_made_before(outcome.found, click)
        elif isinstance(outcome, Exception):
            self.refuse(outcome, click)
        elif isinstance(outcome, BaseException):  # cancelled, or interrupted: the studio ends
            self.refuse(LegnextError(Message("studio_closed")), click)
        else:
            self._report(progress_of("accepted", click, outcome.state.id))


async def _obtain(client: Client, request: Request, choice: ReuseChoice) -> Submitted:
    if choice.ask and (found := await find_made_before(client, [request])):
        raise MadeBeforeError(found)
    return await client.session.obtain(request, reuse=choice.reuse, take=choice.take)


async def find_made_before(client: Client, requests: Sequence[Request]) -> MadeBefore | None:
    """Look for jobs of the same requests, and bring in the last one, so that it is shown.

    The same request twice needs two jobs. Where the library cannot be read, nothing is found: it
    must not be in the way of a click.

    Returns:
        What was found; None when nothing was.
    """
    session, seen = client.session, Counter[str]()
    count, last = 0, None
    try:
        for request in requests:
            key = session.submitter.key_of(request)
            holders = await session.submitter.made_before(request)
            seen[key] += 1
            if seen[key] <= len(holders):
                count, last = count + 1, holders[-1].record
    except LegnextError as error:
        _log.warning("The library was not asked for earlier jobs: %s", error)
    if last is None:
        return None
    if last.job_id is not None:
        await session.restore_job(last, keep_clips=last.clips_due)
    return MadeBefore(count, last.job_id)

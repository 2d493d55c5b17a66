"""The core of both clients: every operation as a coroutine, on one event loop."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from legnext_widgets.client.api.models import Balance, Task, parse_balance, parse_tasks
from legnext_widgets.client.api.redaction import plain
from legnext_widgets.client.api.requests import Request
from legnext_widgets.client.api.responses import RETRY_AFTER_CAP, Response, check, task_in
from legnext_widgets.client.api.transport import HTTPClientClosedError, Transport
from legnext_widgets.client.api.validation import check_job_id, require
from legnext_widgets.client.errors import (
    DownloadError,
    InvalidResponseError,
    LegnextError,
    NotFoundError,
    RateLimitError,
    ServerError,
    SubmissionUncertainError,
    TransportError,
)
from legnext_widgets.client.messages import Message

from .budget import Budget
from .clip_keeper import ClipKeeper, ended_with_its_sandbox
from .downloads import Downloader, Progress, Renew
from .durations import LearnedDurations
from .job_state import JobState
from .poller import Poller
from .schedule import after_trouble
from .store import Attempt, ClipStore, JobRecord
from .submit import AbandonedError, OutcomeUnknownError, send

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
    from pathlib import Path

    from legnext_widgets.client.config import ClientConfig

_READ_ATTEMPTS = 3
_CLOCKS_APART = timedelta(seconds=90)
"""How far the service's clock may be behind ours when running tasks are matched by their time."""

_YOUNG = 3600.0
"""Seconds after which a job that the service does not know is given up for good. Before, the next
session asks once more: what stands before a service can answer 404 for a moment, too."""

T = TypeVar("T")
_log = logging.getLogger("legnext_widgets")


class Session:
    """One account of the service, seen from one client.

    It may be made anywhere; its coroutines run on one event loop.
    """

    def __init__(self, config: ClientConfig) -> None:
        self.config = config
        self.sandbox = config.sandbox
        self.budget = Budget(config.budget_points)
        self.jobs: dict[str, JobState] = {}
        self.transport = Transport(
            config.base_url,
            config.key,
            timeout=config.timeout,
            http_client=config.http_client,
            by_proxy=not config.sandbox,
        )
        self.downloader = Downloader(self.transport.http, self.transport.timeout)
        self.poller = Poller(self._fetch, self._durations, speed=config.speed)
        self.clip_keeper = self._make_clip_keeper()
        self._closed = False
        self._process = os.getpid()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sending: set[asyncio.Task[JobState]] = set()
        self._writing: set[asyncio.Task[None]] = set()
        self._learned = LearnedDurations(config.journal)
        self._on_new_job: list[Callable[[JobState], object]] = []

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop it belongs to, once it was used."""
        return self._loop

    @property
    def in_own_process(self) -> bool:
        """Whether this process is the one that made it, and no fork."""
        return self._process == os.getpid()

    async def submit(self, request: Request) -> JobState:
        """Sends a request; if the caller is cancelled meanwhile, what left is followed to its end.

        Raises:
            BudgetExceededError, TransportError, APIError, SubmissionUncertainError: As documented.
        """
        self._enter()
        if not isinstance(request, Request):
            raise TypeError(f"a request object is needed, not {type(request).__name__}")
        abandoned = asyncio.Event()
        sent_at = datetime.now(UTC)
        task = asyncio.create_task(self._submit(request, abandoned))
        self._sending.add(task)
        task.add_done_callback(self._sent)
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
            "the client was closed before the answer came",
            request=request,
            sent_at=sent_at,
            candidates_known=False,
        )

    def handle(self, job_id: str) -> JobState:
        """The job of an id, whoever submitted it; nothing is asked.

        Raises:
            ValueError: It is not a job id.
        """
        if job_id not in self.jobs:
            require(check_job_id("job_id", job_id))
            job_id = job_id.lower()  # the form in which services write a UUID
        known = self.jobs.get(job_id)
        if known is not None:
            return known
        record = self.config.journal.record(job_id) if self.config.journal else None
        return self._add(JobState.of_record(record) if record else JobState(job_id))

    async def recall(self, limit: int) -> None:
        """Takes up the jobs of earlier sessions; those that were running are followed on."""
        if self.clip_keeper is None:
            return
        self._enter()
        recalled = await self.clip_keeper.recalled(limit)
        for record in recalled.records:
            await self.take_up(record, keep=record.job_id in recalled.due)

    async def take_up(self, record: JobRecord, *, keep: bool = False) -> None:
        """Goes on with a remembered job: follows it if it was running.

        Args:
            record: What is remembered.
            keep: Bring the clips of a completed job into the library.
        """
        if record.job_id and record.job_id not in self.jobs:
            job = self._add(JobState.of_record(record))
            if self.config.sandbox and not job.done and job.task is not None:
                job.update(ended_with_its_sandbox(job.task))
                self._observed(job.task)
            self.poller.follow(job, now=True)
            if self.clip_keeper is not None and keep:
                self.clip_keeper.look_at(job)
            elif self.clip_keeper is not None and job.done:
                self.clip_keeper.leave(job)

    async def look_up(self, job_id: str) -> JobState:
        """Brings in a job by its id, if the service knows it.

        Raises:
            ValueError: It is not a job id.
            TransportError, APIError, InvalidResponseError: As documented.
        """
        require(check_job_id("job_id", job_id))
        self._enter()
        task = await self._read(lambda: self._fetch(job_id))
        job = self.handle(task.job_id)
        job.update(task)
        self.poller.follow(job)
        return job

    def follow(self, job: JobState) -> None:
        """Has a job followed in the background; on the client's loop.

        Raises:
            LegnextError: The client is closed, or belongs to another process or event loop.
        """
        self._enter()
        self.poller.follow(job)

    async def refresh(self, job: JobState) -> None:
        """Asks for a job now.

        Raises:
            TransportError, APIError, InvalidResponseError: As documented.
        """
        self._enter()
        await self._read(lambda: self._fetch_into(job))

    async def wait(self, job: JobState, timeout: float | None) -> None:
        """Returns when a job is done.

        Raises:
            TimeoutError: The time is up; the job goes on.
            AuthenticationError, PermissionDeniedError, NotFoundError: It cannot be followed.
        """
        self._enter()
        async with asyncio.timeout(timeout):
            self.poller.follow(job, now=job.task is None or job.stopped_by is not None)
            await job.settled()

    async def balance(self) -> Balance:
        """What the account has left."""
        self._enter()
        return await self._read(self._ask_balance)

    async def active_tasks(self) -> list[Task]:
        """What runs now on the account."""
        self._enter()
        return await self._read(self._ask_active_tasks)

    async def save(
        self, job: JobState, url: Callable[[], str | None], path: Path, progress: Progress | None
    ) -> Path:
        """Fetches a file of a job; its link is asked for again when it has expired."""
        self._enter()
        try:
            return await self.downloader.save(
                url(), path, renew=self._renewed(job, url), progress=progress
            )
        except LegnextError as error:
            raise plain(error)  # noqa: B904 - it is the same error

    async def read(self, job: JobState, url: Callable[[], str | None]) -> bytes:
        """Fetches a file of a job into memory."""
        self._enter()
        try:
            return await self.downloader.read(url(), renew=self._renewed(job, url))
        except LegnextError as error:
            raise plain(error)  # noqa: B904 - it is the same error

    def on_new_job(self, tell: Callable[[JobState], object]) -> Callable[[], None]:
        """Calls `tell` with each job this client gets to know; gives the function to stop it."""
        self._on_new_job.append(tell)
        return lambda: self._on_new_job.remove(tell) if tell in self._on_new_job else None

    async def aclose(self, patience: float = 5.0) -> None:
        """Ends all work; requests on their way get `patience` seconds to bring home a job id."""
        self._closed = True
        here = asyncio.get_running_loop()
        if not self.in_own_process or (self._loop or here) is not here:
            return  # its tasks and connections belong to a loop that is not ours to touch
        if self._sending:
            await asyncio.wait(self._sending, timeout=patience)
        sending = list(self._sending)
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        await self.poller.aclose()
        if self.clip_keeper is not None:
            await self.clip_keeper.aclose()
        if self._writing:
            await asyncio.wait(self._writing, timeout=patience)
        await self.transport.aclose()

    def _enter(self) -> None:
        """Checks that this client can be used here.

        Raises:
            LegnextError: It is closed, or belongs to another process or event loop.
        """
        if self._closed:
            raise LegnextError(Message("client_closed"))
        if not self.in_own_process:
            raise LegnextError(
                "This client was made before the process was forked, and its connections belong to "
                "the parent. Make a new client in the child process."
            )
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            raise LegnextError(
                "AsyncClient needs asyncio, and no event loop of asyncio runs here. Elsewhere, "
                "such as under trio, use Client in a thread."
            ) from None
        if self._loop is None:
            self._loop = here
        if self._loop is not here:
            raise LegnextError(
                "This client belongs to the event loop on which it was first used. Make a new "
                "AsyncClient for each asyncio.run(), or use Client, which works everywhere."
            )

    async def _submit(self, request: Request, abandoned: asyncio.Event) -> JobState:
        attempt = Attempt(
            id=str(uuid.uuid4()),
            identity=self.config.identity,
            endpoint=request.endpoint,
            payload=request.payload(),
            sent_at=datetime.now(UTC),
        )
        self.budget.reserve(attempt.id, request.endpoint.replace("-", "_"))
        try:
            task = await send(attempt, self, self.config.journal, abandoned)
        except OutcomeUnknownError as unknown:
            # The points stay reserved: they may well have been taken.
            raise await self._uncertain(request, unknown) from None
        except BaseException:
            self.budget.release(attempt.id)
            raise
        self.budget.count(task)
        self.budget.release(attempt.id)
        job = self.jobs.get(task.job_id) or self._add(
            JobState(task.job_id, request=request, task=task)
        )
        job.update(task)
        self.poller.follow(job)
        return job

    async def post(self, endpoint: str, payload: Mapping[str, Any]) -> Response:
        """Sends one POST and learns from the answer whether this is the sandbox."""
        answer = await self.transport.post(endpoint, payload)
        self._notice_sandbox(answer)
        return answer

    async def _uncertain(
        self, request: Request, unknown: OutcomeUnknownError
    ) -> SubmissionUncertainError:
        candidates: list[Task] = []
        known = True
        try:
            async with asyncio.timeout(10):
                running = await self._read(self._ask_active_tasks)
        except (TimeoutError, LegnextError):
            known = False
        else:
            kind = request.endpoint.replace("-", "_")
            earliest = unknown.sent_at - _CLOCKS_APART
            candidates = [
                task
                for task in running
                if task.job_id
                and not self._knows(task.job_id)
                and task.task_type.replace("-", "_") in (kind, "")
                and (task.began is None or task.began >= earliest)
            ]
        return SubmissionUncertainError(
            unknown.reason,
            request=request,
            sent_at=unknown.sent_at,
            candidates=candidates,
            candidates_known=known,
        )

    def _knows(self, job_id: str) -> bool:
        """Whether the job is this client's, or was remembered by another session as its own."""
        journal = self.config.journal
        return job_id in self.jobs or (journal is not None and journal.record(job_id) is not None)

    def _make_clip_keeper(self) -> ClipKeeper | None:
        archive = self.config.journal
        if not isinstance(archive, ClipStore):
            return None

        async def fetch(job: JobState, url: Callable[[], str | None], path: Path) -> Path:
            return await self.save(job, url, path, None)

        async def written() -> None:
            if self._writing:
                await asyncio.wait(self._writing)

        return ClipKeeper(archive, self.config.identity, fetch, written)

    def _sent(self, task: asyncio.Task[JobState]) -> None:
        self._sending.discard(task)
        if task.cancelled():
            return
        error = task.exception()  # read, so that asyncio does not report it a second time
        if error is not None and not isinstance(error, LegnextError | AbandonedError):
            _log.error("Sending a request failed: %s: %s", type(error).__name__, error)

    def _add(self, job: JobState) -> JobState:
        known = self.jobs.setdefault(job.id, job)
        if known is not job:  # another thread was quicker; one job must have one state
            return known
        job.speed = self.poller.speed
        clip_keeper = self.clip_keeper
        if clip_keeper is not None:
            job.watch(lambda: clip_keeper.look_at(job))
        for tell in list(self._on_new_job):
            tell(job)
        return job

    async def _fetch(self, job_id: str) -> Task:
        answer = await self.transport.get_job(job_id)
        self._notice_sandbox(answer)
        try:
            task = task_in(answer)
        except NotFoundError as error:
            known = self.jobs.get(job_id)
            young = known is not None and (known.elapsed or 0.0) * known.speed < _YOUNG
            if self.clip_keeper is not None and not young:
                self._note(self.clip_keeper.abandon(job_id, error.message))
            raise
        if task.job_id.lower() != job_id.lower():
            raise InvalidResponseError(Message("another_job"))
        known = self.jobs.get(job_id)
        if known is not None and known.submitted_here:
            self.budget.count(task)
        changed = known is None or known.task is None or known.task.raw != task.raw
        if changed:
            self._observed(task)
        return task

    def _observed(self, task: Task) -> None:
        """Has a task remembered, without waiting for it."""
        if self.config.journal:
            self._note(self.config.journal.observe(self.config.identity, task.raw))

    def _note(self, note: Coroutine[Any, Any, None]) -> None:
        writing = asyncio.create_task(note)
        self._writing.add(writing)
        writing.add_done_callback(self._written)

    def _written(self, writing: asyncio.Task[None]) -> None:
        self._writing.discard(writing)
        if not writing.cancelled() and (error := writing.exception()) is not None:
            _log.warning("The state of a job was not remembered: %r", error)

    async def _fetch_into(self, job: JobState) -> None:
        job.update(await self._fetch(job.id))

    async def _ask_balance(self) -> Balance:
        answer = await self.transport.get_account("balance")
        check(answer)
        return parse_balance(answer.body)

    async def _ask_active_tasks(self) -> list[Task]:
        answer = await self.transport.get_account("active_tasks")
        check(answer)
        return parse_tasks(answer.body)

    async def _read(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Asks something that costs nothing, a few times if need be."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(_READ_ATTEMPTS),
            wait=_wait,
            retry=retry_if_exception(_is_passing),
            reraise=True,
        )

        async def asked() -> T:  # tenacity awaits only what it knows to be a coroutine function
            return await ask()

        try:
            return await retrying(asked)
        except LegnextError as error:
            raise plain(error)  # noqa: B904 - it is the same error

    def _renewed(self, job: JobState, url: Callable[[], str | None]) -> Renew:
        async def renew() -> str | None:
            try:
                await self.refresh(job)
            except LegnextError as error:
                raise DownloadError(f"A fresh link could not be asked for: {error}") from error
            return url()

        return renew

    def _durations(self, task_type: str) -> Sequence[float]:
        return () if self.sandbox else self._learned.of(task_type)

    def _notice_sandbox(self, answer: Response) -> None:
        speed = answer.sandbox_speed
        if speed is not None and not self.sandbox:
            self.sandbox = True
            self.poller.speed = speed


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, RateLimitError):
        return (error.retry_after or 0) <= RETRY_AFTER_CAP
    if isinstance(error, HTTPClientClosedError):
        return False
    return isinstance(error, TransportError | ServerError | InvalidResponseError)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RateLimitError) and error.retry_after is not None:
        return error.retry_after
    return after_trouble(state.attempt_number, random.random()) / 4

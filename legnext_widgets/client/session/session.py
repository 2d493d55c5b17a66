"""The core of both clients: one account of one service, on one event loop.

The way of a job: `submit` sends its request, `receiver` takes in the answer, `poller` asks for it
until it is done, `receiver` takes in each answer (state, budget, store), `clip_keeper` downloads
the clips, and subscribers show them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from legnext_widgets.client.api.failures import own_errors_only
from legnext_widgets.client.api.requests import Request
from legnext_widgets.client.api.transport import Transport
from legnext_widgets.client.api.validation import job_id_of, require, take_of
from legnext_widgets.client.api.values.reachability import unreachable_links
from legnext_widgets.client.runtime.interface import LoopLifetime
from legnext_widgets.client.uploads.picture_uploads import PictureUploads

from .classroom.feed import ChangeFeed
from .files.clip_keeper import CLOSING_PATIENCE
from .files.downloads import Downloads
from .files.job_files import JobFiles
from .identity import CurrentIdentity, Identity, with_known_account
from .persistence import Persistence
from .polling.durations import LearnedDurations
from .polling.poller import Poller
from .receiver import Receiver, Source
from .retry import RetryPolicy
from .submission.submitter import Submitted, Submitter, ignore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from legnext_widgets.client.api.models.balance import Balance
    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.config import ClientConfig
    from legnext_widgets.client.media.containers import FileKind
    from legnext_widgets.client.schedule import Pace

    from .files.partial_file import Progress
    from .job_state import JobState
    from .store import JobRecord
    from .submission.reuse import Reuse, Watch


class Session:
    """One account of the service, seen from one client.

    For integrators: stable within a minor version. Made anywhere, it runs on one event loop.

    Attributes:
        config: The options of the client.
        budget: Points spent by its jobs.
        transport: Sends requests to the service.
        receiver: Takes in every answer about a job.
        poller: Asks for jobs.
        downloads: Downloads media files.
        uploads: Uploads the user's pictures.
        persistence: What it does with its store.
        clip_keeper: Keeps clips in the store; None where the store keeps none.
        jobs: Every job known, by its id.
        clock: The service's clock, by its answers.
    """

    def __init__(self, config: ClientConfig) -> None:
        self.config = config
        store = config.store
        self._identity = CurrentIdentity(lambda: with_known_account(config.identity, store))
        self._retry = RetryPolicy(max_retries=config.max_retries)
        self._lifetime = LoopLifetime()
        self.budget = config.budget
        self.receiver = Receiver(self._identity, self.budget, store)
        self.transport = Transport(
            config.base_url,
            config.key,
            timeout=config.timeout,
            http_client=config.http_client,
            use_environment=config.embedded_identity is None,
            on_headers=self._identity.learn,
            clock=self.receiver.clock,
        )
        self.jobs, self.clock = self.receiver.jobs, self.receiver.clock
        self.poller = Poller(
            self.transport.get_task,
            self.receiver,
            self._identity,
            LearnedDurations(store, self._identity).of,
            retry=self._retry,
            check_key=self.transport.get_balance,
        )
        self.poller.feed = ChangeFeed(self.transport, self.poller)
        self.downloads = Downloads(self.transport, self._retry)
        self._files = JobFiles(self.downloads, self.poller.ask)
        embedded = config.embedded_identity is not None
        self.persistence = Persistence(
            store,
            transport=self.transport,
            identity=self._identity,
            receiver=self.receiver,
            poller=self.poller,
            files=self._files,
            embedded=embedded,
        )
        self.clip_keeper = self.persistence.clip_keeper
        self.uploads = PictureUploads(config, self.transport, lambda: self.identity.sandbox)
        self.submitter = Submitter(
            self.transport,
            self.receiver,
            self.poller,
            identity=self._identity,
            budget=self.budget,
            store=store,
            retry=self._retry,
            uploads=self.uploads,
            reused=lambda: self.persistence.reused,
            own_origin=config.base_url if embedded else None,
            max_concurrent=config.max_concurrent,
        )

    @property
    def identity(self) -> Identity:
        """Service, account, sandbox and speed: as configured, until a response corrects it."""
        return self._identity.value

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop it belongs to; None before it is first used."""
        return self._lifetime.loop

    @property
    def in_own_process(self) -> bool:
        """Whether this process made it, and not a parent that was forked."""
        return self._lifetime.in_own_process

    @property
    def takes_private_urls(self) -> bool:
        """Whether links to this machine and private networks may be sent to the service."""
        return self.config.takes_private_urls or self.identity.sandbox

    def tune(self, *, pace: Pace | None = None, retry: RetryPolicy | None = None) -> None:
        """Replace the pace of polling or the retry policy; before the session is used."""
        if pace is not None:
            self.poller.pace = pace
        if retry is not None:
            self._retry = self.poller.retry = self.downloads.retry = self.submitter.retry = retry
            self.persistence.accounts.retry = retry

    async def submit(self, request: Request) -> JobState:
        """Send a request and begin to poll its job; see `obtain`."""
        return (await self.obtain(request, reuse=False)).state

    async def obtain(
        self, request: Request, *, reuse: Reuse | None = None, take: int = 1, watch: Watch = ignore
    ) -> Submitted:
        """Send a request and begin to poll its job, or give the job of the same request before.

        When the caller is cancelled, what was sent is still seen through.

        Args:
            request: The request.
            reuse: As for `Client.submit`; None for what the client's options say.
            take: As for `Client.submit`.
            watch: Called with what is waited for, when that changes; on the client's loop.

        Raises:
            TypeError: It is not a request object.
            ValueError: The service cannot reach a link of it, or an option is out of its limits.
            BudgetExceededError, TransportError, APIError, SubmissionUncertainError: As documented.
        """
        self._begin_call()
        if not isinstance(request, Request):
            raise TypeError(f"request must be a request object, not {type(request).__name__}")
        reuse, take = self.config.reuse_of(reuse), take_of(take)
        if not self.takes_private_urls:
            require(unreachable_links(request))
        submitting = self.submitter.submit(request, reuse=reuse, take=take, watch=watch)
        submitted = await own_errors_only(submitting)
        self.persistence.accounts.begin()
        return submitted._replace(state=self.persistence.require(submitted.state))

    def receive(self, task: Task, *, source: Source = "callback") -> JobState:
        """Take in an answer about a job that came in another way than by asking.

        Such as a delivery to a callback, read by `Task.parse`. It is believed: check it first. Call
        this on the client's loop; with a blocking client through `client.runtime.call_on_loop`.

        Returns:
            The state of the job.

        Raises:
            ValueError: The task names no job.
            LegnextError: The client is closed, or belongs to another process or event loop.
        """
        self._lifetime.require_usable()
        if not task.job_id:
            raise ValueError("The task has no job ID.")
        return self.receiver.receive(task, source=source)

    def handle(self, job_id: str) -> JobState:
        """Return the job of an id, whichever program submitted it; nothing is asked.

        Raises:
            ValueError: It is not a job id.
        """
        return self.persistence.require(self.receiver.handle(job_id))

    async def restore(self, limit: int) -> None:
        """Restore running jobs of earlier sessions and the newest `limit` that are completed."""
        if self.clip_keeper is None:
            return
        self._lifetime.require_usable()
        await own_errors_only(self.persistence.restore(limit))

    async def restore_job(self, record: JobRecord, *, keep_clips: bool = False) -> None:
        """Take up a stored job, and poll it if it was running; see `Restorer.restore_job`."""
        self.persistence.restorer.restore_job(record, keep_clips=keep_clips)

    async def look_up(self, job_id: str) -> JobState:
        """Bring in a job by its id, if the service knows it, and poll it.

        Raises:
            ValueError: It is not a job id.
            TransportError, APIError, InvalidResponseError: As documented.
        """
        job_id = job_id_of(job_id)
        self._begin_call()
        state = await own_errors_only(self.poller.ask(job_id))
        self.poller.follow(state)
        return self.persistence.require(state)

    def follow(self, state: JobState) -> None:
        """Poll a job in the background; on the client's loop.

        Raises:
            LegnextError: The client is closed, or belongs to another process or event loop.
        """
        self._lifetime.require_usable()
        self.poller.follow(state)

    async def refresh(self, state: JobState) -> None:
        """Ask for a job now.

        Raises:
            TransportError, APIError, InvalidResponseError: As documented.
        """
        self._begin_call()
        await own_errors_only(self.poller.ask(state.id, state))

    async def wait(self, state: JobState, timeout: float | None) -> None:
        """Return when a job is done.

        Args:
            state: The job.
            timeout: Seconds to wait at most; None for no limit.

        Raises:
            TimeoutError: The time is up; the job continues.
            AuthenticationError, PermissionDeniedError, NotFoundError: It cannot be polled.
        """
        self._begin_call()
        async with asyncio.timeout(timeout):
            self.poller.follow(state, now=state.task is None or state.stopped_by is not None)
            await state.settled()

    async def balance(self) -> Balance:
        """Return the account's balance.

        Raises:
            TransportError, APIError, InvalidResponseError: As documented.
        """
        self._begin_call()
        balance = await own_errors_only(self._retry.run(self.transport.get_balance))
        await self.persistence.accounts.learn(balance)
        return balance

    async def active_tasks(self) -> list[Task]:
        """List the tasks that run on the account now.

        Raises:
            TransportError, APIError, InvalidResponseError: As documented.
        """
        self._begin_call()
        tasks = await own_errors_only(self._retry.run(self.transport.get_active_tasks))
        self.receiver.receive_listing(tasks)
        return tasks

    async def save(
        self,
        state: JobState,
        url: Callable[[], str | None],
        path: Path,
        progress: Progress | None = None,
        *,
        kind: FileKind = "clip",
    ) -> Path:
        """Download a file of a job; its link is renewed when it has expired.

        Args:
            state: The job.
            url: Gives the link as last known.
            path: Name of the file.
            progress: Called with the bytes so far and in all.
            kind: What the file must be.

        Raises:
            DownloadError: It could not be fetched or written.
        """
        self._begin_call()
        return await own_errors_only(self._files.save(state, url, path, progress, kind=kind))

    async def read(
        self, state: JobState, url: Callable[[], str | None], *, kind: FileKind = "clip"
    ) -> bytes:
        """Download a file of a job into memory; see `save`."""
        self._begin_call()
        return await own_errors_only(self._files.read(state, url, kind=kind))

    def repair(self, state: JobState, index: int) -> None:
        """Keep a clip again whose kept file was found damaged; on the client's loop."""
        if self.clip_keeper is not None:
            self.clip_keeper.repair(state, index)

    def on_new_job(self, callback: Callable[[JobState], object]) -> Callable[[], None]:
        """Call `callback` with each job that becomes known; returns a function that stops it."""
        return self.receiver.on_new_job(callback)

    def _begin_call(self) -> None:
        self._lifetime.require_usable()
        self.persistence.restorer.begin()

    async def aclose(
        self, patience: float = 5.0, *, clip_patience: float = CLOSING_PATIENCE
    ) -> None:
        """End all work.

        Args:
            patience: Seconds in which requests on their way may bring home a job id.
            clip_patience: Seconds after that in which clips that are being fetched may end.
        """
        self._lifetime.closed = True
        if self._lifetime.is_foreign:
            return  # its tasks and connections belong to another loop and must not be touched
        await self.submitter.aclose(patience)
        await asyncio.gather(self.persistence.stop(), self.poller.aclose())
        await self.persistence.finish_clips(clip_patience)
        await self.receiver.written(patience)
        await self.transport.aclose()

"""The client for code that awaits, native on the caller's event loop."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Self

from legnext_widgets.client.api.requests.pictures import link_of, picture_for
from legnext_widgets.client.progress.live import SOON, live, split_progress
from legnext_widgets.client.progress.waits import Submission, batch_wait
from legnext_widgets.client.runtime.callbacks import AwaitedCalls
from legnext_widgets.client.session.files.clip_keeper import CLOSING_PATIENCE
from legnext_widgets.environment import to_thread

from .display.lists import ReprList
from .endpoints import BaseClient
from .handles.async_jobs import AsyncJob

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from legnext_widgets.client.api.models.balance import Balance
    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.pictures.sources import PictureSource
    from legnext_widgets.client.session.submission.batch import Batch, BatchProgress
    from legnext_widgets.client.session.submission.reuse import Reuse


class AsyncClient(BaseClient[Coroutine[Any, Any, AsyncJob]], submitted="AsyncJob", awaiting=True):
    """The Legnext AI video API for code that awaits.

    It belongs to the event loop on which it is first used. Use it with `async with`, or call
    `aclose`.

    Attributes:
        config: The client's options.
        session: The account, its jobs, and all that talks to the service; for integrators.
        embedded: The sandbox of this client, where it has one of its own.
    """

    _calls: AwaitedCalls[[int, int]] | None = None

    async def upload(self, picture: PictureSource) -> str:
        if (link := link_of(picture)) is not None:
            return link
        prepared = await to_thread(picture_for, "picture", picture)
        return (await self.session.uploads.upload(prepared)).url

    async def submit(
        self, request: Request, *, reuse: Reuse | None = None, take: int = 1
    ) -> AsyncJob:
        sending = Submission(request)
        async with live(sending, None, self.config.progress, after=SOON):
            submitted = await self.session.obtain(
                request, reuse=reuse, take=take, watch=sending.enter
            )
            sending.state = submitted.state
        return AsyncJob(self, submitted.state, reused=submitted.reused)

    async def submit_many(
        self,
        requests: Iterable[Request],
        *,
        progress: BatchProgress | bool | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> list[AsyncJob]:
        from legnext_widgets.client.session.submission.batch import Batch

        shown, call = split_progress(progress)
        self._calls = calls = None if call is None else AwaitedCalls(call)
        self._batch = batch = Batch(self.session, list(requests), calls, reuse=reuse, take=take)
        return await self._run(batch, shown=shown)

    async def resume_many(self) -> list[AsyncJob]:
        return await self._run(self._batch)

    async def _run(self, batch: Batch | None, *, shown: bool | None = None) -> list[AsyncJob]:
        if batch is None:
            return ReprList[AsyncJob]()
        async with live(batch_wait(batch), shown, self.config.progress):
            states = await batch.run()
            if self._calls is not None:
                await self._calls.finished()
        pairs = zip(states, batch.reused, strict=True)
        return ReprList(AsyncJob(self, state, reused=reused) for state, reused in pairs)

    async def job(self, job_id: str) -> AsyncJob:
        return AsyncJob(self, self.session.handle(job_id))

    @property
    def jobs(self) -> list[AsyncJob]:
        """The jobs this client knows, in the order in which it met them."""
        return ReprList(AsyncJob(self, state) for state in list(self.session.jobs.values()))

    async def balance(self) -> Balance:
        return await self.session.balance()

    async def active_tasks(self) -> list[Task]:
        return await self.session.active_tasks()

    async def aclose(self, *, patience: float = CLOSING_PATIENCE) -> None:
        """End the client's work and connections. Jobs continue at the service.

        Args:
            patience: Seconds in which clips that are being kept in the library may end.
        """
        try:
            async with self._shown_closing():
                await self.session.aclose(clip_patience=patience)
        finally:
            await to_thread(self._release)

    def _release(self) -> None:
        try:
            if self.embedded is not None:
                self.embedded.close()
        finally:
            self.config.close_store()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt | CancelledError)
        await self.aclose(patience=0.0 if interrupted else CLOSING_PATIENCE)

"""The client for code that awaits: as `Client`, native on the caller's event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self

from legnext_widgets.client.api.auth import hidden
from legnext_widgets.client.api.requests import (
    Diffusion,
    ExtendVideo,
    Request,
    VideoDiffusion,
    VideoType,
    VideoUpscale,
)
from legnext_widgets.client.api.urls import origin_of
from legnext_widgets.client.session.batch import Batch, BatchProgress
from legnext_widgets.client.session.session import Session
from legnext_widgets.environment import to_thread

from .async_jobs import AsyncJob
from .config import ClientConfig, look_up
from .defaults import EmbeddedSandbox, embedded_config, open_default_library
from .handles import ReprList

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    import httpx

    from legnext_widgets.client.api.models import Balance, Task
    from legnext_widgets.client.session.store import JobStore


class AsyncClient:
    """The Legnext AI video API for code that awaits.

    It belongs to the event loop on which it is first used. Arguments and errors are those of
    `Client`; whatever asks somebody is a coroutine.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        max_concurrent: int = 6,
        budget_points: int | None = None,
        library: JobStore | Literal[False] | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        # From here on no local variable holds it, whatever shows a traceback.
        key, api_key = hidden(api_key), None
        self.embedded: EmbeddedSandbox | None = None
        self._open(
            look_up(
                api_key=key,
                base_url=base_url,
                timeout=timeout,
                max_concurrent=max_concurrent,
                budget_points=budget_points,
                library=library,
                http_client=http_client,
                open_default_journal=open_default_library,
            )
        )

    def _open(self, settings: ClientConfig) -> None:
        self.config = settings
        self.session = Session(settings)
        self._batch: Batch | None = None

    @classmethod
    def sandbox(cls, *, speed: float = 1.0, **options: Any) -> Self:
        """A client of the simulated service inside this process: see `Client.sandbox`."""
        embedded, settings = embedded_config(speed=speed, options=options)
        client = cls.__new__(cls)
        client.embedded = embedded
        client._open(settings)
        return client

    def with_options(self, **changed: Any) -> Self:
        """A copy of this client with some options changed: see `Client.with_options`."""
        copy = type(self).__new__(type(self))
        copy.embedded = None
        copy._open(self.config.changed(changed))
        return copy

    async def video_diffusion(
        self,
        prompt: str | None = None,
        *,
        image_url: str | None = None,
        job_id: str | None = None,
        image_no: int | None = None,
        video_type: int = VideoType.SD,
        motion: str | None = None,
        raw: bool = False,
        loop: bool = False,
        end_image_url: str | None = None,
        batch_size: int | None = None,
        callback: str | None = None,
    ) -> AsyncJob:
        """Animates an image: see `Client.video_diffusion`."""
        return await self.submit(
            VideoDiffusion(
                prompt,
                image_url=image_url,
                job_id=job_id,
                image_no=image_no,
                video_type=video_type,
                motion=motion,
                raw=raw,
                loop=loop,
                end_image_url=end_image_url,
                batch_size=batch_size,
                callback=callback,
            )
        )

    async def extend_video(
        self, job_id: str, video_no: int, *, prompt: str | None = None, callback: str | None = None
    ) -> AsyncJob:
        """Makes a video about 4 s longer: see `Client.extend_video`."""
        return await self.submit(ExtendVideo(job_id, video_no, prompt=prompt, callback=callback))

    async def video_upscale(
        self, job_id: str, video_no: int, *, callback: str | None = None
    ) -> AsyncJob:
        """Makes a video larger: see `Client.video_upscale`."""
        return await self.submit(VideoUpscale(job_id, video_no, callback=callback))

    async def diffusion(self, text: str, *, callback: str | None = None) -> AsyncJob:
        """Makes four images of a text: see `Client.diffusion`."""
        return await self.submit(Diffusion(text, callback=callback))

    async def submit(self, request: Request) -> AsyncJob:
        """Sends a request object: see `Client.submit`.

        When the awaiting task is cancelled, what had left is still followed to its end.
        """
        return AsyncJob(self, await self.session.submit(request))

    async def submit_many(
        self, requests: Iterable[Request], *, progress: BatchProgress | None = None
    ) -> list[AsyncJob]:
        """Sends many requests and waits for them: see `Client.submit_many`."""
        self._batch = batch = Batch(
            self.session, list(requests), self.config.max_concurrent, progress
        )
        return await self._run(batch)

    async def resume_many(self) -> list[AsyncJob]:
        """Goes on with the last `submit_many`: see `Client.resume_many`."""
        return await self._run(self._batch)

    async def _run(self, batch: Batch | None) -> list[AsyncJob]:
        jobs = await batch.run() if batch else []
        return ReprList(AsyncJob(self, job) for job in jobs)

    async def job(self, job_id: str) -> AsyncJob:
        """A handle of a job: see `Client.job`."""
        return AsyncJob(self, self.session.handle(job_id))

    @property
    def jobs(self) -> list[AsyncJob]:
        """The jobs this client knows, in the order it got to know them."""
        return ReprList(AsyncJob(self, job) for job in list(self.session.jobs.values()))

    async def balance(self) -> Balance:
        """What the account has left: see `Client.balance`."""
        return await self.session.balance()

    async def active_tasks(self) -> list[Task]:
        """What runs now on the account: see `Client.active_tasks`."""
        return await self.session.active_tasks()

    async def aclose(self) -> None:
        """Ends the client's work and connections. Jobs go on at the service."""
        try:
            await self.session.aclose()
        finally:
            await to_thread(self._let_go)

    def _let_go(self) -> None:
        try:
            if self.embedded is not None:
                self.embedded.close()
        finally:
            self.config.close_journal()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        if "session" not in vars(self):  # shown by a traceback while it is made
            return f"<{type(self).__name__}, not open>"
        mark = " (sandbox)" if self.session.identity.sandbox else ""
        return f"<{type(self).__name__} of {origin_of(self.config.base_url)}{mark}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client holds a key and connections and is not pickled; make a new one.")

"""The blocking client: safe in scripts, in cells, in a running event loop, from any thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from legnext_widgets import environment
from legnext_widgets.client.api.requests.pictures import link_of, picture_for
from legnext_widgets.client.progress.live import SOON, live, split_progress
from legnext_widgets.client.progress.waits import Submission, batch_wait
from legnext_widgets.client.runtime import default_runtime
from legnext_widgets.client.runtime.callbacks import require_plain
from legnext_widgets.client.runtime.cleanup import close_when_collected
from legnext_widgets.client.session.files.clip_keeper import CLOSING_PATIENCE

from .display.lists import ReprList
from .endpoints import BaseClient
from .handles.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from legnext_widgets.client.api.models.balance import Balance
    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.pictures.sources import PictureSource
    from legnext_widgets.client.progress.live import Live
    from legnext_widgets.client.runtime import Runtime
    from legnext_widgets.client.session.submission.batch import Batch, BatchProgress
    from legnext_widgets.client.session.submission.reuse import Reuse

    from .config import ClientConfig
    from .defaults import EmbeddedSandbox

_TO_CLOSE = 15.0
"""Seconds for all else that is done on closing."""

_PATIENCE_OF_KERNELS = 2.0
"""Seconds for clips when a kernel ends: Jupyter kills it after five."""


class Client(BaseClient[Job], submitted="Job"):
    """The Legnext AI video API, blocking.

    All network work runs in a thread of its own, so jobs are followed while cells compute. Use it
    as a context manager, or call `close`.

    Attributes:
        config: The client's options.
        session: The account, its jobs, and all that talks to the service; for integrators.
        runtime: The thread and event loop in which the session runs; for integrators.
        embedded: The sandbox of this client, where it has one of its own.
    """

    runtime: Runtime

    def _open(self, config: ClientConfig, embedded: EmbeddedSandbox | None) -> None:
        require_plain(config.progress)
        super()._open(config, embedded)
        self.runtime = default_runtime()
        self.runtime.before_exit(self._close_at_exit)
        close_when_collected(self.runtime, self.session, self.embedded)

    def upload(self, picture: PictureSource) -> str:
        if (link := link_of(picture)) is not None:
            return link
        upload = self.runtime.run(self.session.uploads.upload(picture_for("picture", picture)))
        self._report_uploads()
        return upload.url

    def _report_uploads(self) -> None:
        """Say where pictures went, in the cell or the terminal of the call."""
        for upload in self.session.uploads.take_reports():
            environment.print_notice(upload.text)

    def submit(self, request: Request, *, reuse: Reuse | None = None, take: int = 1) -> Job:
        sending = Submission(request)
        obtaining = self.session.obtain(request, reuse=reuse, take=take, watch=sending.enter)
        try:
            with live(sending, None, self.config.progress, after=SOON):
                submitted = self.runtime.run(obtaining)
                sending.state = submitted.state
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                "If the request had already left, it was not cancelled: its job will appear in "
                "client.jobs (and in the library, if there is one)."
            )
            raise
        self._report_uploads()
        return Job(self, submitted.state, reused=submitted.reused)

    def submit_many(
        self,
        requests: Iterable[Request],
        *,
        progress: BatchProgress | bool | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> list[Job]:
        from legnext_widgets.client.session.submission.batch import Batch

        shown, call = split_progress(progress)
        require_plain(call)
        call = self.runtime.in_callback_thread(call)
        batch = Batch(self.session, list(requests), call, reuse=reuse, take=take)
        self._batch = batch
        return self._run(batch, shown=shown)

    def resume_many(self) -> list[Job]:
        return ReprList[Job]() if self._batch is None else self._run(self._batch)

    def _run(self, batch: Batch, *, shown: bool | None = None) -> list[Job]:
        try:
            with live(batch_wait(batch), shown, self.config.progress):
                states = self.runtime.run(batch.run())
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                f"{batch.unsent} of {len(batch.requests)} requests were not sent yet. "
                "client.resume_many() continues; nothing is sent twice."
            )
            raise
        pairs = zip(states, batch.reused, strict=True)
        return ReprList(Job(self, state, reused=reused) for state, reused in pairs)

    def job(self, job_id: str) -> Job:
        return Job(self, self.session.handle(job_id))

    @property
    def jobs(self) -> list[Job]:
        """The jobs this client knows, in the order in which it met them."""
        return ReprList(Job(self, state) for state in list(self.session.jobs.values()))

    def balance(self) -> Balance:
        return self.runtime.run(self.session.balance())

    def active_tasks(self) -> list[Task]:
        return self.runtime.run(self.session.active_tasks())

    def close(self, *, patience: float = CLOSING_PATIENCE) -> None:
        """End the client's threads and connections. Jobs continue at the service.

        Ctrl-C ends the wait; what is not kept then is kept by the next session.

        Args:
            patience: Seconds in which clips that are being kept in the library may end.
        """
        if not self.runtime.closed:
            last = self._end(self._shown_closing(), patience)
            self.runtime.finish(last, self._release, patience + _TO_CLOSE)

    async def _end(self, shown: Live, patience: float) -> None:
        async with shown:
            await self.session.aclose(clip_patience=patience)

    def _close_at_exit(self) -> None:
        in_kernel = environment.kernel_shell() is not None
        self.close(patience=_PATIENCE_OF_KERNELS if in_kernel else CLOSING_PATIENCE)

    def _release(self) -> None:
        self.config.close_store()
        if self.embedded is not None and self.runtime.in_own_process:
            self.embedded.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt)
        self.close(patience=0.0 if interrupted else CLOSING_PATIENCE)

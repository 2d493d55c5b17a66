"""Wait for several jobs: each as it ends, or all of them."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import time
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast, overload

from legnext_widgets import environment
from legnext_widgets.client.api.validation import seconds_of
from legnext_widgets.client.progress.live import live
from legnext_widgets.client.progress.waits import ManyJobs, logged_cancellation
from legnext_widgets.client.runtime.callbacks import require_plain

from .display.lists import ReprList
from .errors import LegnextError
from .handles.async_jobs import AsyncJob
from .handles.jobs import Job, require_client
from .handles.wait_errors import ending_note, timeout_of_many

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Sequence

    from legnext_widgets.client.progress.live import Live
    from legnext_widgets.client.progress.report import ProgressOption

    from .async_client import AsyncClient
    from .client import Client

J = TypeVar("J", bound=Job | AsyncJob)

_SLICE = 0.25
"""Seconds between looks at Ctrl-C."""


class JobsAsCompleted(Generic[J]):
    """An iterator over jobs in the order in which they end; for `for` and for `async for`."""

    def __init__(
        self, jobs: Iterable[J], timeout: float | None, progress: ProgressOption = None
    ) -> None:
        self._jobs: list[J] = list(jobs)
        for job in self._jobs:
            if not isinstance(job, Job | AsyncJob):
                raise TypeError(f"jobs must be jobs of a client, not {type(job).__name__}")
        timeout = seconds_of("timeout", timeout)
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._timeout = timeout
        self._progress = progress
        self._iterator: Iterator[J] | None = None
        self._async_iterator: AsyncIterator[J] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> J:
        if self._iterator is None:
            if any(isinstance(job, AsyncJob) for job in self._jobs):
                raise TypeError(
                    "Jobs of an AsyncClient need `async for`, or `await lw.wait(jobs)`."
                )
            self._iterator = self._each()
        return next(self._iterator)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> J:
        if self._async_iterator is None:
            self._async_iterator = self._each_awaited()
        return await anext(self._async_iterator)

    def _each(self) -> Iterator[J]:
        require_plain(self._progress)
        done, running = self._split()
        yield from done
        waits = {_begun(job): job for job in running if isinstance(job, Job)}
        try:
            with self._live():
                while waits:
                    ended = _first_of(list(waits), self._left())
                    if not ended and self._left() == 0:
                        raise timeout_of_many(list(waits.values()), len(self._jobs), self._timeout)
                    for wait_ in ended:
                        yield waits.pop(wait_)
        except KeyboardInterrupt as interrupt:
            if left := [job.id for job in waits.values() if not job.done]:
                interrupt.add_note(ending_note(left))
            raise
        finally:
            for wait_ in waits:
                wait_.cancel()

    async def _each_awaited(self) -> AsyncIterator[J]:
        done, running = self._split()
        for job in done:
            yield job
        waits = {asyncio.ensure_future(_awaited(job)): job for job in running}
        try:
            async with self._live():
                while waits:
                    with logged_cancellation([job.state for job in waits.values()]):
                        ended, _ = await asyncio.wait(
                            waits, timeout=self._left(), return_when=asyncio.FIRST_COMPLETED
                        )
                    if not ended:
                        raise timeout_of_many(list(waits.values()), len(self._jobs), self._timeout)
                    for wait_ in ended:
                        yield waits.pop(wait_)
        finally:
            for wait_ in waits:
                wait_.cancel()

    def _split(self) -> tuple[list[J], list[J]]:
        """Split the jobs into those that are done and the others, by one look at each.

        A job may end while the caller works on an earlier one.
        """
        done: list[J] = []
        running: list[J] = []
        for job in self._jobs:
            (done if job.done else running).append(job)
        return done, running

    def _live(self) -> Live:
        clients: list[Client | AsyncClient | None] = [job.client for job in self._jobs]
        options = [client.config.progress for client in clients if client is not None]
        states = [job.state for job in self._jobs]
        of_client = options[0] if options else None
        return live(ManyJobs(lambda: states, len(states)), self._progress, of_client)

    def _left(self) -> float | None:
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())


def as_completed(
    jobs: Iterable[J], timeout: float | None = None, *, progress: ProgressOption = None
) -> JobsAsCompleted[J]:
    """Iterate over jobs in the order in which they end: `for job in lw.as_completed(jobs)`.

    Also `async for`, which jobs of an `AsyncClient` need. Failed jobs come like the others; ask
    `job.status` or `job.error`. Ending early leaves the jobs running.

    Args:
        jobs: Jobs, also of several clients. Those that are done come first.
        timeout: Seconds from now in which all must end; None for no limit.
        progress: Whether a line shows how many are done, as for `Client`; or a callable, called
            with a `ProgressReport`.

    Raises:
        TypeError: An item is not a job; or, with a plain `for`, one is of an `AsyncClient`.
        TypeError, ValueError: `timeout` is no number.
        JobTimeoutError: While iterating: the time is up. The jobs continue.
    """
    return JobsAsCompleted(jobs, timeout, progress)


@overload
def wait(
    jobs: Iterable[Job], timeout: float | None = None, *, progress: ProgressOption = None
) -> list[Job]: ...
@overload
def wait(
    jobs: Iterable[AsyncJob], timeout: float | None = None, *, progress: ProgressOption = None
) -> Coroutine[Any, Any, list[AsyncJob]]: ...
def wait(
    jobs: Iterable[Job] | Iterable[AsyncJob],
    timeout: float | None = None,
    *,
    progress: ProgressOption = None,
) -> list[Job] | Coroutine[Any, Any, list[AsyncJob]]:
    """Wait until all jobs are done; `await lw.wait(jobs)` for jobs of an `AsyncClient`.

    A failed job raises nothing here: it stays in its place, and its `wait()` raises.

    Args:
        jobs: Jobs, also of several clients.
        timeout: Seconds to wait at most; None for no limit.
        progress: As for `as_completed`.

    Returns:
        The jobs, in the order in which they were given.

    Raises:
        TypeError: An item is not a job.
        TypeError, ValueError: `timeout` is no number.
        JobTimeoutError: The time is up, and the jobs continue.
    """
    given = list(jobs)
    if any(isinstance(job, AsyncJob) for job in given):
        return _all_awaited(cast("list[AsyncJob]", given), timeout, progress)
    plain = cast("list[Job]", given)
    for _ in as_completed(plain, timeout, progress=progress):
        pass
    return ReprList(plain)


async def _all_awaited(
    jobs: list[AsyncJob], timeout: float | None, progress: ProgressOption
) -> list[AsyncJob]:
    async for _ in as_completed(jobs, timeout, progress=progress):
        pass
    return ReprList(jobs)


def _begun(job: Job) -> concurrent.futures.Future[None]:
    client = require_client(job.client, job.id)
    return client.runtime.start(client.session.wait(job.state, None))


async def _awaited(job: Job | AsyncJob) -> None:
    # What ends the asking for a job is in its `error`.
    with contextlib.suppress(LegnextError):
        if isinstance(job, AsyncJob):
            await job.client.session.wait(job.state, None)
        else:
            await asyncio.wrap_future(_begun(job))


def _first_of(
    waits: Sequence[concurrent.futures.Future[None]], left: float | None
) -> set[concurrent.futures.Future[None]]:
    """Wait for the first one, for at most `left` seconds; none when the time is up."""
    first = concurrent.futures.FIRST_COMPLETED
    if environment.in_pyodide():
        wrapped = [asyncio.wrap_future(wait_) for wait_ in waits]
        environment.block_on(
            asyncio.wait(wrapped, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        )
        return concurrent.futures.wait(waits, 0, first).done
    pause = _SLICE if left is None else min(left, _SLICE)
    return concurrent.futures.wait(waits, pause, first).done

"""Worker threads for slow work, which stops soon after `close`."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_LOG = logging.getLogger(__name__)
_JOIN_SECONDS = 5.0
"""How long `close` waits for a task. Tasks look at `stopping` far more often."""
_STOP_SECONDS = 0.05
"""How often a coroutine is checked against `stopping`."""

T = TypeVar("T")


class StoppedError(Exception):
    """The sandbox is closing."""


class Workers:
    """A few daemon threads that run tasks in order, started when there is something to do.

    Not `concurrent.futures`: its threads delay the end of the interpreter until every queued task
    is done, and a notebook must be able to end while clips are still to be rendered.

    Where no thread can be started the caller runs the task at once.

    Args:
        name: Part of the names of the threads.
        count: How many threads at most.

    Attributes:
        stopping: Set by `close`; tasks look at it to end early.
    """

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._count = count
        self._lock = threading.Lock()
        self._tasks: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.stopping = threading.Event()

    def do(self, task: Callable[[], object]) -> None:
        """Run a task soon. After `close` this does nothing."""
        with self._lock:
            if self.stopping.is_set():
                return
            threads = bool(self._threads) or self._start_one()
            if threads:
                self._tasks.put(task)
                if len(self._threads) < self._count:
                    self._start_one()
        if not threads:
            _run(task)

    def close(self) -> None:
        """End the threads and wait for their end."""
        with self._lock:
            self.stopping.set()
            threads = list(self._threads)
        for _ in threads:
            self._tasks.put(None)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(_JOIN_SECONDS)

    def _start_one(self) -> bool:
        name = f"legnext-sandbox-{self._name}-{len(self._threads)}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return False
        self._threads.append(thread)
        return True

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            if not self.stopping.is_set():
                _run(task)


def run_until_stopped(work: Callable[[], Coroutine[Any, Any, T]], stop: threading.Event) -> T:
    """Run a coroutine in this thread; cancel it when `stop` is set.

    A blocking read of a socket cannot be interrupted from another thread; a coroutine can.

    Raises:
        StoppedError: `stop` was set.
    """
    # A loop of its own: `asyncio.run` may have been patched by a notebook.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_until_stopped(work(), stop))
    finally:
        loop.close()


async def _until_stopped(work: Coroutine[Any, Any, T], stop: threading.Event) -> T:
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=_STOP_SECONDS)
        if stop.is_set():
            task.cancel()
            await asyncio.wait({task})
            raise StoppedError
    return task.result()


def _run(task: Callable[[], object]) -> None:
    try:
        task()
    except StoppedError:
        return
    except Exception:
        _LOG.exception("a task of the sandbox failed")

"""Worker threads for what takes long: drawing, encoding, fetching, delivering."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

_LOG = logging.getLogger(__name__)
_PATIENCE = 5.0
"""Seconds that closing waits for a task that does not look at `stopping`, such as a slow fetch."""


class Workers:
    """A few daemon threads that do tasks in order, started when there is something to do.

    Not `concurrent.futures`: its threads hold up the end of the interpreter until every queued task
    is done, and a notebook must be able to end while clips are still to be made.

    Where no thread can be started the task is done at once, by the caller.

    Args:
        name: Begins the names of the threads.
        count: How many threads at most.
    """

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._count = count
        self._lock = threading.Lock()
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.stopping = threading.Event()

    def do(self, task: Callable[[], None]) -> None:
        """Has a task done soon; after `close` it is left undone."""
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
        """Ends the threads; tasks look at `stopping` to end early."""
        with self._lock:
            self.stopping.set()
            threads = list(self._threads)
        for _ in threads:
            self._tasks.put(None)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(_PATIENCE)

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


def _run(task: Callable[[], None]) -> None:
    try:
        task()
    except Exception:
        _LOG.exception("a task of the sandbox failed")

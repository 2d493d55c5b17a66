"""Write what the browser sees of a widget, from one place and at most 10 times a second.

A widget has three queues of work. The publisher writes every trait that reports state to the
browser, and sends every message; it never reads a file and never calls a person's code. A second
queue sets `jobs` and `videos`, which no browser sees, and so runs a person's observers, which may
block. A third one reads files. Inputs and the selection are no reports: they are set where the
person sets them.

What a page asks for is answered in the handler of its request where the kernel calls that on its
main thread (`answer`): only such a message surely carries the request as its parent, and a front
end may drop a message whose parent has ended.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Protocol, TypeAlias

from .protocol.traits import PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from legnext_widgets.widgets.notebook.scheduling import SchedulerFactory

    from .job_list import JobList
    from .protocol.comm_messages import FromKernel

_log = logging.getLogger("legnext_widgets")

MIN_INTERVAL = 0.1
"""Seconds between two calls for changes."""

PATIENCE = 0.1
"""Seconds that a handler waits for work that is being done, or for a file, before it goes on."""

SINGLY = 3
"""Changed jobs that are written to the trait one by one; more are sent in one message."""

_Work: TypeAlias = Callable[[], object]


class WorkQueue:
    """Runs work in order, and one call for all changes since the last.

    It is paused until `start`. Errors are logged and end there.

    Args:
        on_changes: Called with the ids that changed; at most 10 times a second.
        scheduler: Makes what runs the queue: a thread, or a task on the kernel's main loop.
        name: Name of the thread.
    """

    def __init__(
        self, on_changes: Callable[[set[str]], object], scheduler: SchedulerFactory, name: str
    ) -> None:
        self._on_changes = on_changes
        self._lock = threading.Lock()
        self._changed: set[str] = set()
        self._due = False
        self._work: deque[_Work] = deque()
        self._later: list[tuple[float, int, _Work]] = []
        self._numbers = itertools.count()
        self._called_at = -1.0
        self._running = False
        # Held while work is done. A step that runs a person's observer may lead here again.
        self._at_work = threading.RLock()
        self._scheduler = scheduler(self._step, name)

    @property
    def own_thread(self) -> bool:
        """Whether it works in a thread of its own."""
        return self._scheduler.own_thread

    def start(self) -> None:
        """Begin to work. Changes until now are forgotten: what is written first is complete."""
        with self._lock:
            self._changed, self._due = set(), False
            self._running = True
        self._scheduler.wake()

    def changed(self, *ids: str) -> None:
        """Call for changes soon; returns at once. Safe from any thread."""
        with self._lock:
            self._changed.update(ids)
            self._due = True
        self._wake()

    def post(self, work: Callable[[], object], *, after: float = 0.0) -> None:
        """Do a piece of work after those posted before; returns at once. Safe from any thread.

        Args:
            work: What to call.
            after: Seconds until then.
        """
        with self._lock:
            if after > 0:
                due = time.monotonic() + after
                heapq.heappush(self._later, (due, next(self._numbers), work))
            else:
                self._work.append(work)
        self._wake()

    def answer(self, work: Callable[[], object]) -> None:
        """Do a piece of work that answers a page: here and now on the main thread, else as posted.

        It is done between other work, never during it; work that takes too long is not waited for.

        Args:
            work: What to call. It must be short, and must not depend on work posted before.
        """
        if not self._running or not on_main_thread() or not self._at_work.acquire(timeout=PATIENCE):
            self.post(work)
            return
        try:
            _call_guarded(work)
        finally:
            self._at_work.release()

    def close(self) -> None:
        """Stop; pending work is dropped."""
        with self._lock:
            self._running = False
        self._scheduler.end()

    def _wake(self) -> None:
        if self._running:
            self._scheduler.wake()

    def _step(self) -> float | None:
        """Do one thing that is due; give the seconds until the next is, None for nothing."""
        with self._lock:
            if not self._running:
                return None
            until_later = self._take_due()
            work = self._work.popleft() if self._work else None
            changed: set[str] = set()
            if work is None:
                if not self._due:
                    return until_later
                pause = self._called_at + MIN_INTERVAL - time.monotonic()
                if pause > 0:
                    return pause if until_later is None else min(pause, until_later)
                changed, self._changed, self._due = self._changed, set(), False
        try:
            with self._at_work:
                _call_guarded(work or (lambda: self._on_changes(changed)))
            if work is None:
                self._called_at = time.monotonic()
        except BaseException:  # Ctrl-C, where this is the kernel's main thread: do it again
            with self._lock:
                if work is not None:
                    self._work.appendleft(work)
                self._changed |= changed
                self._due = self._due or work is None
            raise
        return 0.0

    def _take_due(self) -> float | None:
        """Queue delayed work whose time has come; give the seconds until the next."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._work.append(heapq.heappop(self._later)[2])
        return self._later[0][0] - now if self._later else None


class BrowserModel(Protocol):
    """The widget, as the publisher sees it."""

    def set_trait(self, name: str, value: object) -> None:
        """Set a trait."""

    def send(self, content: object, buffers: object = None) -> None:
        """Send a message to all pages."""

    def send_state(self, key: Collection[str]) -> None:
        """Send the values of traits to all pages, changed or not."""


class Publisher(WorkQueue):
    """The one writer of the traits that report state to the browser.

    Args:
        model: The widget.
        jobs: The jobs that it shows.
        scheduler: See `WorkQueue`.
        name: See `WorkQueue`.
    """

    def __init__(
        self, model: BrowserModel, jobs: JobList, scheduler: SchedulerFactory, name: str
    ) -> None:
        super().__init__(self._publish_changes, scheduler, name)
        self._model = model
        self._jobs = jobs

    def set(self, **traits: object) -> None:
        """Set traits, in this order; returns at once."""

        def write() -> None:
            for name, value in traits.items():
                self._model.set_trait(name, value)

        self.post(write)

    def send(self, message: FromKernel, buffers: Sequence[bytes] = ()) -> None:
        """Send a message to all pages; returns at once."""
        self.post(lambda: self._model.send(message, list(buffers)))

    def send_jobs(self, since: int) -> None:
        """Send the jobs that changed after a revision; returns at once.

        Args:
            since: The revision; from 0 on, the first page of all jobs.
        """
        self.post(lambda: self._send_delta(since))

    def answer_message(self, message: FromKernel, buffers: Sequence[bytes] = ()) -> None:
        """Answer a page with a message; see `answer`."""
        self.answer(lambda: self._model.send(message, list(buffers)))

    def answer_jobs(self, since: int) -> None:
        """Answer a page with the jobs that changed after a revision; see `send_jobs`, `answer`."""
        self.answer(lambda: self._send_delta(since))

    def answer_inputs(self, names: Collection[str]) -> None:
        """Answer a new view with the inputs as they are; see `answer`."""

        def send() -> None:
            values = {name: getattr(self._model, name) for name in names}
            self._model.send({"type": "inputs", "values": values})

        self.answer(send)

    def answer_state(self, names: Collection[str]) -> None:
        """Answer a page with the values of traits, changed or not; see `answer`."""
        self.answer(lambda: self._model.send_state(set(names)))

    def _send_delta(self, since: int) -> None:
        self._model.send({"type": "jobs", **self._jobs.delta(since)})
        pinned = self._jobs.pinned_delta() if since <= 0 else None
        if pinned is not None:
            self._model.send({"type": "jobs", **pinned})

    def _publish_changes(self, changed: Collection[str]) -> None:
        ids = self._jobs.known(changed)
        if len(ids) <= SINGLY:
            for job_id in ids:
                self._model.set_trait("_live", self._jobs.change([job_id]))
            return
        for start in range(0, len(ids), PAGE_SIZE):
            delta = self._jobs.change(ids[start : start + PAGE_SIZE])
            self._model.send({"type": "jobs", **delta})


def on_main_thread() -> bool:
    """Whether this is the main thread, where most kernels call the handlers of comm messages."""
    return threading.current_thread() is threading.main_thread()


def _call_guarded(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:
        _log.exception("A change could not be shown in the notebook.")

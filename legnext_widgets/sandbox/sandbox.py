"""The sandbox: a Legnext of one's own."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Self

from legnext_widgets import browser_python

from . import answers, callbacks, seeded
from .accounts import Accounts
from .app import build_app
from .carried_production import CarriedProduction
from .clock import Clock, Pulse
from .connections import Connections
from .fault_middleware import FaultyService
from .faults import Fault, Faults
from .links import signed
from .media import MediaFolder
from .scheduler import Scheduler
from .stills.catalogue import SCENES
from .transport import SandboxTransport
from .workers import Workers

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from .jobs import Job, Output
    from .production import Production
    from .server import ServerThread

_NOWHERE = "http://sandbox.legnext.invalid"
"""Origin of a sandbox that is reached without sockets; `.invalid` leads nowhere by definition."""

_REMEMBERED_CALLS = 10_000


@dataclass(frozen=True)
class Call:
    """A request that arrived."""

    method: str
    path: str


class Sandbox:
    """A simulated Legnext with the service's paths, bodies and clock, and with real MP4s.

    Args:
        speed: How many times faster than the real service: 60 makes a 4-minute job take 4 s.
        api_key: The only good key; None takes any key that is not empty. Each has its own account.
        points: What each account begins with.
        seed: Makes job ids, times and pictures the same in every run.
        offline: Neither fetch pictures nor deliver callbacks beyond this machine.
        faults: Faults that are on from the start: `Fault`, a dict, or text such as
            `"rate_limit:times=2,path=/api/v1/job/*"`.
        link_seconds: How long links to media work, in real seconds.
        carried: Show the clips that the package carries even where new ones could be made.

    Raises:
        ValueError: `speed`, `points`, `link_seconds` or a fault is out of its limits.
    """

    def __init__(
        self,
        speed: float = 1.0,
        *,
        api_key: str | None = None,
        points: int = 100_000,
        seed: int | str | None = None,
        offline: bool = False,
        faults: Iterable[Fault | Mapping[str, Any] | str] = (),
        link_seconds: float = 3600.0,
        carried: bool = False,
    ) -> None:
        if not 0 < speed <= 100_000:
            raise ValueError(f"speed must be more than 0 and at most 100000, not {speed!r}")
        if points < 0 or link_seconds <= 0:
            raise ValueError("points must not be negative, and link_seconds must be more than 0")
        self.speed = float(speed)
        self.offline = offline
        self.link_seconds = link_seconds
        self.secret = secrets.token_bytes(32)
        self.clock: Callable[[], float] = Clock()
        self.media = MediaFolder()
        self.faults = Faults(Random(seed), faults)
        self.accounts = Accounts(api_key, points)
        self.calls: deque[Call] = deque(maxlen=_REMEMBERED_CALLS)
        self.errands = Workers("still", 1)
        self._couriers = Workers("callback", 2)
        self.production = _production(self.media, offline, carried)
        self.scheduler = Scheduler(self.clock, self.speed, seed, self.production, self._job_ended)
        self._pulse = Pulse(self.scheduler.advance)
        self.scheduler.changed = self._pulse.stir
        self.scheduler.found_without_submitting = partial(seeded.image_job, self.media)
        self._connections = Connections()
        self.app: ASGIApp = FaultyService(
            build_app(self), self.faults, self._connections, self._note_call, self.speed
        )
        self._server: ServerThread | None = None
        self._closed = False
        self._lock = threading.Lock()
        closers = (self._pulse, self._couriers, self.errands, self.production, self.media)
        self._finalizer = weakref.finalize(self, _close_all, [c.close for c in closers])

    @property
    def can_serve(self) -> bool:
        """Whether `start` works here: uvicorn is installed and threads can be started."""
        return importlib.util.find_spec("uvicorn") is not None and not browser_python.runs_here()

    @property
    def note(self) -> str | None:
        """What a person should know about the clips, or None."""
        return self.production.note

    @property
    def base_url(self) -> str:
        """Where it is reached: its socket once started, else a name that only `transport` knows."""
        return self._server.base_url if self._server is not None else _NOWHERE

    @property
    def example_paths(self) -> list[tuple[str, str]]:
        """Title and path of each example picture."""
        return [(scene.title, f"/stills/{scene.name}.jpg") for scene in SCENES]

    @property
    def examples(self) -> list[tuple[str, str]]:
        """Title and link of each example picture, good as `image_url` of a job."""
        return [(title, f"{self.base_url}{path}") for title, path in self.example_paths]

    def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        """Serves on a socket, in a thread of its own; harmless when it does already.

        Args:
            host: Address to listen on.
            port: Port to listen on; 0 takes a free one.

        Raises:
            RuntimeError: uvicorn is not installed (extra `sandbox`), or the sandbox is closed.
            OSError: The port is taken.
        """
        from .server import ServerThread

        with self._lock:
            if self._closed:
                raise RuntimeError("The sandbox is closed")
            if self._server is None:
                self._server = ServerThread(self.app, self._connections, host, port)
        return self

    def transport(self) -> SandboxTransport:
        """A transport for `httpx.AsyncClient` that reaches this sandbox without sockets."""
        return SandboxTransport(self.app)

    def join(self) -> None:
        """Waits until the server ends, or Ctrl-C."""
        if self._server is not None:
            self._server.join()

    def close(self) -> None:
        """Ends the server and all work, and removes the media. Harmless when called again."""
        with self._lock:
            self._closed = True
            server, self._server = self._server, None
        if server is not None:
            server.close()
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        where = self.base_url if self._server is not None else "no socket"
        return f"<Sandbox speed={self.speed:g} {where} jobs={self.scheduler.count()}>"

    def _note_call(self, method: str, path: str) -> None:
        self.calls.append(Call(method, path))

    def _job_ended(self, job: Job) -> None:
        if job.order.callback:
            self._couriers.do(partial(self._deliver, job))

    def _deliver(self, job: Job) -> None:
        now = self.clock()
        expires = int(now + self.link_seconds) + 1

        def link(output: Output) -> str:
            return job.order.origin + signed(output.path, expires, self.secret)

        with self.scheduler.lock:
            body = json.dumps(answers.task(job, link)).encode()
        callbacks.deliver(
            job.order.callback,
            body,
            job.secret,
            now,
            offline=self.offline,
            stop=self._couriers.stopping,
        )


def _production(media: MediaFolder, offline: bool, carried: bool) -> Production:
    if carried or not all(importlib.util.find_spec(name) for name in ("av", "numpy", "PIL")):
        return CarriedProduction(media)
    from .rendered_production import RenderedProduction

    return RenderedProduction(media, offline=offline, threads=max(1, min(4, os.cpu_count() or 1)))


def _close_all(closers: list[Callable[[], None]]) -> None:
    for close in closers:
        close()

"""`Sandbox`: a simulated Legnext service in this process."""

from __future__ import annotations

import importlib.util
import inspect
import os
import secrets
import threading
import warnings
import weakref
from collections import deque
from contextlib import ExitStack
from functools import cached_property, partial
from random import Random
from typing import TYPE_CHECKING, Any, Self

from legnext_widgets import environment
from legnext_widgets.sandbox.api import bodies
from legnext_widgets.sandbox.faults.connections import Connections
from legnext_widgets.sandbox.faults.faults import Fault, Faults
from legnext_widgets.sandbox.faults.hooks import Call, Hook, Hooks
from legnext_widgets.sandbox.media.media_store import MediaStore
from legnext_widgets.sandbox.media.packaged import PackagedProducer
from legnext_widgets.sandbox.media.renderer import Renderer
from legnext_widgets.sandbox.media.scenes import SAMPLE_ORIGIN, SCENES, sample_links
from legnext_widgets.sandbox.simulation.accounts import Accounts
from legnext_widgets.sandbox.simulation.adoption import EarlierJobs
from legnext_widgets.sandbox.simulation.clock import Clock, ManualClock, SystemClock, Ticker
from legnext_widgets.sandbox.simulation.scheduler import Scheduler
from legnext_widgets.sandbox.simulation.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from starlette.types import ASGIApp

    from legnext_widgets.sandbox.media.producer import Producer
    from legnext_widgets.sandbox.serving.asgi_transport import SandboxTransport
    from legnext_widgets.sandbox.serving.http_server import ServerThread
    from legnext_widgets.sandbox.simulation.adoption import FindRecord
    from legnext_widgets.sandbox.simulation.jobs import Job

_MAX_CALLS = 10_000
_RENDERING_LIBRARIES = ("av", "numpy", "PIL")


class Sandbox:
    """A simulated Legnext service with the paths, bodies and timing of the real one, and real MP4s.

    Args:
        speed: How many times faster than the real service, more than 0, at most 100,000. 60 makes
            a 4-minute job take 4 s.
        api_key: The only valid key; None accepts any key that is not empty. Each key has its own
            account.
        points: Points of a new account.
        seed: Makes job ids, durations and pictures the same in every run.
        offline: Fetch no pictures from and send no callbacks to other machines.
        faults: Faults that are on from the start: `Fault`, a dict, or text such as
            `"rate_limit:times=2,path=/api/v1/job/*"`.
        link_seconds: Lifetime of links to media, in seconds of the sandbox's clock.
        packaged: Serve the packaged clips even where new ones can be rendered.
        clock: Gives the time as unix seconds. A `ManualClock` moves only when a test advances it;
            jobs then change their status within `advance`. Default: the system's time.
        sound: Give rendered clips a quiet tone, to try players with. Those of the real service are
            silent, and so are the packaged ones.
        carried: Deprecated name of `packaged`.

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
        packaged: bool = False,
        clock: Clock | None = None,
        sound: bool = False,
        carried: bool | None = None,
    ) -> None:
        if not 0 < speed <= 100_000:
            raise ValueError(f"speed must be more than 0 and at most 100000, not {speed!r}")
        if points < 0 or link_seconds <= 0:
            raise ValueError("points must not be negative, and link_seconds must be more than 0")
        if carried is not None:
            _warn_of_packaged_clips()
            packaged = carried
        self.speed = float(speed)
        self.offline = offline
        self.link_seconds = link_seconds
        self.secret = secrets.token_bytes(32)
        self.clock: Clock = clock or SystemClock()
        self.media = MediaStore()
        self.faults = Faults(Random(seed), faults)
        self.accounts = Accounts(api_key, points)
        self.calls: deque[Call] = deque(maxlen=_MAX_CALLS)
        self.producer = _choose_producer(
            self.media, offline=offline, packaged=packaged, sound=sound
        )
        body_of = partial(_task_body, self.clock, self.secret, link_seconds)
        webhooks = Webhooks(self.clock, body_of, offline=offline)
        # Not a method of this object, which the scheduler's thread would keep alive.
        self._earlier_jobs = EarlierJobs(self.media)
        self.scheduler = Scheduler(
            self.clock,
            self.speed,
            seed=seed,
            producer=self.producer,
            on_ended=webhooks.send,
            find_elsewhere=self._earlier_jobs,
        )
        self._hooks = Hooks()
        self._connections = Connections()
        self._server: ServerThread | None = None
        self._closed = False
        self._lock = threading.Lock()
        # None of the callbacks refers to this object, so it can be garbage-collected.
        closing = ExitStack()  # calls the last one first
        closing.callback(self.media.close)
        closing.callback(self.producer.close)
        closing.callback(webhooks.close)
        closing.callback(_drive(self.scheduler, self.clock))
        self._finalizer = weakref.finalize(self, closing.close)

    @cached_property
    def app(self) -> ASGIApp:
        """The service as an ASGI app. Made when first needed: it loads a web framework."""
        from legnext_widgets.sandbox.api.app import build_app
        from legnext_widgets.sandbox.faults.middleware import FaultMiddleware

        return FaultMiddleware(
            build_app(self),
            faults=self.faults,
            hooks=self._hooks,
            connections=self._connections,
            calls=self.calls,
            speed=self.speed,
        )

    @property
    def can_serve(self) -> bool:
        """Whether `start` works here: uvicorn is installed, and there are sockets and threads."""
        return importlib.util.find_spec("uvicorn") is not None and not environment.in_pyodide()

    @property
    def note(self) -> str | None:
        """What a user should know about the clips, or None."""
        return self.producer.note

    @property
    def base_url(self) -> str:
        """Origin of the API: the socket once started, else a name that only `transport` knows."""
        return self._server.base_url if self._server is not None else SAMPLE_ORIGIN

    @property
    def example_paths(self) -> list[tuple[str, str]]:
        """Title and path of each example picture."""
        return [(scene.title, f"/stills/{scene.name}.jpg") for scene in SCENES]

    @property
    def examples(self) -> list[tuple[str, str]]:
        """Title and link of each example picture, usable as `image_url` of a job."""
        return [(title, f"{self.base_url}{path}") for title, path in self.example_paths]

    @property
    def sample_links(self) -> list[tuple[str, str]]:
        """Title and lasting link of each example picture, which every sandbox knows."""
        return sample_links()

    def start(self, host: str = "127.0.0.1", port: int = 0, *, wait: bool = True) -> Self:
        """Serve on a socket, in a thread. Does nothing if it serves already.

        Args:
            host: Address to listen on.
            port: Port to listen on; 0 takes a free one.
            wait: Return once it answers. Without, it is made when a first request comes, which
                waits for it.

        Raises:
            RuntimeError: uvicorn is not installed (extra `sandbox`), or the sandbox is closed.
            OSError: The port is taken.
        """
        from legnext_widgets.sandbox.serving.http_server import ServerThread

        with self._lock:
            if self._closed:
                raise RuntimeError("The sandbox is closed")
            if self._server is None:
                self._server = ServerThread(
                    lambda: self.app, self._connections, host, port, wait=wait
                )
        return self

    def adopt(self, find_record: FindRecord) -> None:
        """Take up jobs of sandboxes that ended, when they are asked for or used.

        A completed job serves the clips that were kept; one that still ran is made again under its
        id.

        Args:
            find_record: Reads what is stored of a job by its id; None for a job that is not known.
        """
        self._earlier_jobs.find_record = find_record

    def transport(self) -> SandboxTransport:
        """Return a transport for `httpx.AsyncClient` that reaches this sandbox without sockets."""
        from legnext_widgets.sandbox.serving.asgi_transport import SandboxTransport

        return SandboxTransport(self.app)

    def add_hook(self, hook: Hook) -> None:
        """Call `hook(stage, call)` at each stage of each request to the API and the media.

        The stages are `"arrived"`, `"acted"` (the service has acted, nothing is sent yet),
        `"half_sent"` and `"sent"`. The request waits for the hook, also where it is async, so a
        test can hold a request, or kill a client, at an exact moment.
        """
        self._hooks.add(hook)

    def join(self) -> None:
        """Wait until the server ends, or Ctrl-C."""
        if self._server is not None:
            self._server.join()

    def close(self) -> None:
        """End the server and all work, and remove the media. Can be called again."""
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


def _choose_producer(media: MediaStore, *, offline: bool, packaged: bool, sound: bool) -> Producer:
    # find_spec imports nothing: the libraries are loaded with the first job that needs them.
    if packaged or not all(importlib.util.find_spec(name) for name in _RENDERING_LIBRARIES):
        return PackagedProducer(media)
    threads = max(1, min(4, os.cpu_count() or 1))
    return Renderer(media, offline=offline, threads=threads, sound=sound)


def _task_body(clock: Clock, secret: bytes, link_seconds: float, job: Job) -> dict[str, Any]:
    return bodies.task(job, job.order.origin, int(clock() + link_seconds) + 1, secret)


def _drive(scheduler: Scheduler, clock: Clock) -> Callable[[], None]:
    """Make the scheduler advance as its clock does, and return what ends that."""
    if isinstance(clock, ManualClock):
        clock.subscribe(scheduler.run_due)
        scheduler.on_change = scheduler.run_due
        return partial(clock.unsubscribe, scheduler.run_due)
    ticker = Ticker(scheduler.advance)
    scheduler.on_change = ticker.wake
    return ticker.close


def _warn_of_packaged_clips() -> None:
    """Warn in the name of the first caller outside this package."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and frame.f_globals.get("__name__", "").startswith("legnext_widgets"):
        frame, level = frame.f_back, level + 1
    message = "The argument carried of the sandbox is now called packaged"
    warnings.warn(message, DeprecationWarning, stacklevel=level)

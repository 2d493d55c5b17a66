"""The stand-in for Legnext: a sandbox whose jobs move as a test says, and which counts what comes.

What the sandbox cannot do is broken HTTP: see `raw_service`.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Self

import httpx

from legnext_widgets.sandbox import ManualClock, Sandbox

if TYPE_CHECKING:
    from legnext_widgets.sandbox.faults.hooks import Call, Stage
    from legnext_widgets.sandbox.simulation.jobs import Job

SUBMISSIONS = ("/video-diffusion", "/diffusion", "/extend-video", "/video-upscale")


class Service:
    """A simulated Legnext. In a `with` statement it is closed at the end.

    Args:
        speed: How many times faster than the real service. Clients poll faster by this, too.
        manual: Whether jobs stay as they are until `move` or `complete`; else they take their time.
        packaged: Whether it serves the packaged clips instead of rendering some.

    Attributes:
        sandbox: The sandbox, for its faults and hooks.
        go: While this is not set, submissions are accepted but not answered.
        media_requests: Requests for clips that `http_client` sent.
    """

    key = "key-that-must-stay-secret-4711"

    def __init__(self, speed: float = 60, *, manual: bool = False, packaged: bool = True) -> None:
        self.clock = ManualClock()
        clock = self.clock if manual else None
        self.sandbox = Sandbox(speed, packaged=packaged, clock=clock, seed=1)
        self.sandbox.add_hook(self._hold)
        self.go = threading.Event()
        self.go.set()
        self.media_requests: list[httpx.Request] = []
        self._step = 2 / speed

    # How clients reach it

    def start(self) -> Self:
        """Serve on a socket of this process."""
        self.sandbox.start()
        return self

    @property
    def url(self) -> str:
        """The address of the socket."""
        return self.sandbox.base_url

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that connect a kernel to it."""
        return {"LEGNEXT_BASE_URL": self.url, "LEGNEXT_API_KEY": self.key}

    def http_client(self) -> httpx.AsyncClient:
        """Make an HTTP client that reaches it without sockets, whatever the address."""

        async def record(request: httpx.Request) -> None:
            if request.url.path.startswith("/media/"):
                self.media_requests.append(request)

        transport = self.sandbox.transport()
        return httpx.AsyncClient(transport=transport, event_hooks={"request": [record]})

    # What arrived

    @property
    def submissions(self) -> int:
        """How many requests for a new job arrived."""
        return len(self._submissions())

    @property
    def posts(self) -> list[Any]:
        """The bodies of those that it has read."""
        return [call.json() for call in self._submissions() if call.body]

    def polls(self, job_id: str = "") -> int:
        """How often it was asked for a job; by default for any."""
        calls = list(self.sandbox.calls)
        return sum("/api/v1/job/" in call.path and call.path.endswith(job_id) for call in calls)

    # Its jobs

    @property
    def jobs(self) -> list[Job]:
        """The jobs of `key` that are not final."""
        return self.sandbox.scheduler.active(self._account())

    def job(self, job_id: str) -> Job:
        """Find a job of `key`."""
        found = self.sandbox.scheduler.find(self._account(), job_id)
        assert found is not None, job_id
        return found

    def clip(self, job_id: str, index: int) -> bytes:
        """Read a clip of a completed job."""
        outputs = self.job(job_id).outputs
        assert outputs is not None
        return outputs[index].file.read_bytes()

    def move(self, job_id: str, status: str) -> None:
        """Let time pass until a job has a status; jobs that are older move as well."""
        job = self.job(job_id)
        while job.status != status:
            assert not job.done, f"{job.status} before {status}"
            self.clock.advance(self._step)

    def complete(self, job_id: str) -> None:
        """Let time pass until a job is completed."""
        self.move(job_id, "completed")

    def end_all(self) -> None:
        """Let time pass until all jobs are final."""
        while self.jobs:
            self.clock.advance(self._step)

    def refuse(self, status: int, message: str) -> None:
        """Refuse all submissions from now on."""
        self.sandbox.faults.switch_on("server_error", method="POST", status=status, message=message)

    def close(self) -> None:
        """End it."""
        self.go.set()
        self.sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _account(self) -> Any:
        return self.sandbox.accounts.of(self.key)

    def _submissions(self) -> list[Call]:
        calls = list(self.sandbox.calls)
        return [call for call in calls if call.method == "POST" and call.path.endswith(SUBMISSIONS)]

    async def _hold(self, stage: Stage, call: Call) -> None:
        while stage == "acted" and call.method == "POST" and not self.go.is_set():
            await asyncio.sleep(0.01)

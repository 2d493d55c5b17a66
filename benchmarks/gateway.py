"""Measure a class behind a gateway against students who poll the service themselves.

Run it as `python -m benchmarks.gateway [--students N]`. Each student makes one video at the same
moment, at a service on loopback that is 5 times as fast as the real one and takes all at once. All
intervals are as much shorter; lags are given in seconds of the real service. What the processor and
the disk take counts fivefold, so that lags are rather too long.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

import legnext_widgets as lw
from benchmarks._table import Row
from benchmarks.polling import video
from legnext_widgets.client.api.auth import Secret
from legnext_widgets.gateway.config import GatewayConfig
from legnext_widgets.gateway.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

SPEED = 5.0
STUDENTS = 12
_SEED = 1
_LINK = "https://example.com/boat.png"
_PATIENCE = 120.0


@dataclass
class Service:
    """A service that is asked for jobs, and knows to the millisecond when each has ended.

    Attributes:
        ends: When each job ends, on the monotonic clock, by its prompt.
    """

    ends: dict[str, float] = field(default_factory=dict)
    _draw: random.Random = field(default_factory=lambda: random.Random(_SEED))
    _prompts: dict[str, str] = field(default_factory=dict)

    def app(self) -> Starlette:
        """The routes that a video needs."""
        return Starlette(
            routes=[
                Route("/api/v1/video-diffusion", self._submit, methods=["POST"]),
                Route("/api/v1/job/{job_id}", self._job),
                Route("/api/account/balance", self._balance),
            ]
        )

    async def _submit(self, request: Request) -> JSONResponse:
        prompt, job_id = (await request.json())["prompt"].split()[-1], str(uuid.uuid4())
        self._prompts[job_id] = prompt
        self.ends[prompt] = time.monotonic() + video(self._draw) / SPEED
        return self._answer(self._task(job_id))

    async def _job(self, request: Request) -> JSONResponse:
        return self._answer(self._task(request.path_params["job_id"]))

    async def _balance(self, _request: Request) -> JSONResponse:
        return self._answer({"data": {"account_id": 1, "available_points": 10**6}})

    def _task(self, job_id: str) -> dict[str, Any]:
        done = time.monotonic() >= self.ends[self._prompts[job_id]]
        return {
            "job_id": job_id,
            "task_type": "video_diffusion",
            "status": "completed" if done else "processing",
            "output": {"video_urls": [f"https://example.com/{job_id}.mp4"]} if done else None,
            "meta": {"usage": {"type": "point", "frozen": 480, "consume": 480 if done else 0}},
        }

    def _answer(self, body: dict[str, Any]) -> JSONResponse:
        return JSONResponse(body, headers={"x-legnext-sandbox": f"speed={SPEED:g}"})


@dataclass(frozen=True)
class Measured:
    """What one way of waiting takes.

    Attributes:
        lags: Seconds of the real service from the end of each video to the student's notice.
        polls: Questions that the service was asked for each video.
        requests: Requests that a student sent for each video, the submission included.
    """

    lags: list[float]
    polls: float
    requests: float


class Counted:
    """An app with a record of the paths that were asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self.paths: list[str] = []
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            self.paths.append(scope["path"])
        await self._app(scope, receive, send)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an app on loopback in a thread of its own; gives its address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


async def make_videos(url: str, tokens: list[str], ends: dict[str, float]) -> list[float]:
    """Let each student make a video; gives the lags of their notices, in seconds here."""

    async def make(number: int, token: str) -> float:
        async with lw.AsyncClient(token, base_url=url, library=False, progress=False) as client:
            await client.balance()
            job = await client.video_diffusion(str(number), image_url=_LINK)
            await job.wait(_PATIENCE)
            return time.monotonic() - ends[str(number)]

    return list(await asyncio.gather(*(make(*each) for each in enumerate(tokens))))


def direct(students: int) -> Measured:
    """Let the students poll the service."""
    service = Service()
    counted = Counted(service.app())
    with served(counted) as url:
        lags = asyncio.run(make_videos(url, ["key"] * students, service.ends))
    return _measured(lags, counted.paths, counted.paths)


def behind_gateway(students: int) -> Measured:
    """Let a gateway poll the service, and tell the students."""
    service = Service()
    at_service = Counted(service.app())
    with tempfile.TemporaryDirectory() as folder, served(at_service) as upstream:
        database = f"sqlite:///{(Path(folder) / 'gateway.sqlite').as_posix()}"
        gateway = Gateway(GatewayConfig(Secret("key"), database, upstream=upstream, slots=students))
        make_token, now = gateway.store.members.make_token, time.time()
        tokens = [make_token(f"student {n}", now=now, seconds=3600) for n in range(students)]
        at_gateway = Counted(gateway.app)
        with served(at_gateway) as url:
            lags = asyncio.run(make_videos(url, tokens, service.ends))
            gateway.notifier.close()
        gateway.close()
    return _measured(lags, at_service.paths, at_gateway.paths)


def _measured(lags: list[float], at_service: list[str], of_students: list[str]) -> Measured:
    polls = sum("/job/" in path for path in at_service)
    count = len(lags)
    return Measured([lag * SPEED for lag in lags], polls / count, len(of_students) / count)


def rows(students: int = STUDENTS) -> list[Row]:
    """Measure both ways once."""
    ours, theirs = behind_gateway(students), direct(students)
    what, peer = f"class of {students}", "direct polling"
    return [
        Row(f"{what}: mean lag of a video", mean(ours.lags), "s", peer, mean(theirs.lags)),
        Row(f"{what}: longest lag of a video", max(ours.lags), "s", peer, max(theirs.lags)),
        Row(f"{what}: polls of the service, a video", ours.polls, "", peer, theirs.polls),
        Row(f"{what}: requests of a student, a video", ours.requests, "", peer, theirs.requests),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=STUDENTS)
    options = parser.parse_args()
    for name, way in (("gateway", behind_gateway), ("direct", direct)):
        found = way(options.students)
        print(
            f"{name}: lag {mean(found.lags):.2f} s, at most {max(found.lags):.2f} s; "
            f"{found.polls:.1f} polls of the service and {found.requests:.1f} requests of a "
            "student for each video"
        )


if __name__ == "__main__":
    main()

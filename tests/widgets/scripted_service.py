"""A service whose jobs move when the test says so, behind httpx's mock transport."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

import httpx

from tests.support import mp4

CLIP = mp4.clip(bytes(range(256)) * 10_000)  # 2.4 MiB: three chunks


class ScriptedService:
    """Answers as the API does; `move` changes a job, `refuse_with` the next submissions.

    It says that it is the sandbox, so that it is polled quickly.
    """

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.polls: list[str] = []
        self.media_requests: list[httpx.Request] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.refuse_with: httpx.Response | Exception | None = None
        self.hold = threading.Event()
        self.hold.set()

    def http_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def move(self, job_id: str, status: str, **more: Any) -> None:
        self.jobs[job_id] = {**self.jobs[job_id], "status": status, **more}

    def complete(self, job_id: str) -> None:
        links = [
            f"https://media.example.com/{job_id}_{number}.mp4"
            "?Expires=4102444800&Signature=da9zd27VIGrBNyeAOkwLycV9pns%3D"
            for number in range(4)
        ]
        self.move(job_id, "completed", output={"video_urls": links})

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "media.example.com":
            self.media_requests.append(request)
            return httpx.Response(200, content=CLIP, headers={"content-type": "video/mp4"})
        if request.method == "POST":
            return await self._submit(request)
        job_id = request.url.path.rpartition("/")[2]
        self.polls.append(job_id)
        if job_id in self.jobs:
            return self._json(self.jobs[job_id])
        return self._json({"code": 404, "message": "job not found"}, 404)

    async def _submit(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(json.loads(request.content))
        while not self.hold.is_set():
            await _a_moment()
        if isinstance(self.refuse_with, Exception):
            raise self.refuse_with
        if self.refuse_with is not None:
            return self.refuse_with
        job_id = str(uuid.uuid4())
        self.jobs[job_id] = {
            "job_id": job_id,
            "task_type": request.url.path.rpartition("/")[2].replace("-", "_"),
            "status": "pending",
            "output": None,
            "meta": {
                "created_at": f"2026-01-01T00:{len(self.jobs):02}:00Z",
                "started_at": "0001-01-01T00:00:00Z",
                "ended_at": "0001-01-01T00:00:00Z",
                "usage": {"type": "point", "frozen": 480, "consume": 0},
            },
            "error": {"code": 0, "message": "", "raw_message": "", "detail": None},
        }
        return self._json(self.jobs[job_id])

    def _json(self, body: dict[str, Any], status: int = 200) -> httpx.Response:
        return httpx.Response(status, json=body, headers={"X-Legnext-Sandbox": "speed=60"})


async def _a_moment() -> None:
    import asyncio

    await asyncio.sleep(0.01)

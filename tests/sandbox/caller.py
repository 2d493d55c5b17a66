"""Calls of the simulated API as a test writes them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx

SEEDED_JOB = "c6821434-5e41-408f-b42b-2562306b109c"
TEXT = {"text": "a lighthouse in the evening"}
FROM_JOB = {"jobId": SEEDED_JOB, "imageNo": 0, "prompt": "waves"}


class Caller:
    """A client of a sandbox."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def post(self, endpoint: str, body: Any) -> httpx.Response:
        return await self.client.post(f"/api/v1/{endpoint}", json=body)

    async def submit(self, endpoint: str, body: Any) -> str:
        answer = await self.post(endpoint, body)
        assert answer.status_code == 200, answer.text
        job_id = answer.json()["job_id"]
        assert isinstance(job_id, str)
        return job_id

    async def job(self, job_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/api/v1/job/{job_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ended(self, job_id: str, timeout: float = 240) -> dict[str, Any]:
        """The task once it is final."""
        end = time.monotonic() + timeout
        while (task := await self.job(job_id))["status"] not in ("completed", "failed"):
            assert time.monotonic() < end, f"still {task['status']} after {timeout} s"
            await asyncio.sleep(0.01)
        return task

    async def made(self, endpoint: str, body: Any) -> dict[str, Any]:
        """The completed task of a new job."""
        task = await self.ended(await self.submit(endpoint, body))
        assert task["status"] == "completed", task["error"]
        return task

    async def points(self) -> int:
        answer = await self.client.get("/api/account/balance")
        points = answer.json()["data"]["available_points"]
        assert isinstance(points, int)
        return points

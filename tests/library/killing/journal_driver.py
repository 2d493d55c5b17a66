"""One session of a program that uses the library as the client does, without the client."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from legnext_widgets.client.session.store import Attempt, Identity
from legnext_widgets.library import Library
from tests.library.killing.deadly_database import When, library_in
from tests.library.killing.watched_service import KEY


def run(base_url: str, folder: Path, prompts: list[str], when: When | None = None) -> None:
    """Finish what earlier sessions left, then make a job for each prompt."""
    with library_in(folder, when) as library:
        asyncio.run(session(library, base_url, prompts))


async def session(library: Library, base_url: str, prompts: list[str]) -> None:
    identity = Identity(base_url, "fingerprint")
    headers = {"x-api-key": KEY}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False) as http:
        known = [record.job_id for record in library.unfinished_records(identity)]
        known += [record.job_id for record in library.unkept_records(identity)]
        await asyncio.gather(*(follow(library, http, identity, str(job_id)) for job_id in known))
        await asyncio.gather(*(submit(library, http, identity, prompt) for prompt in prompts))


async def submit(
    library: Library, http: httpx.AsyncClient, identity: Identity, prompt: str
) -> None:
    # The packaged clips of a job, and their order, depend on its picture.
    payload = {"prompt": f"https://example.com/{prompt[-1]}.png {prompt}"}
    attempt = Attempt(str(uuid.uuid4()), identity, "video-diffusion", payload, datetime.now(UTC))
    await library.intend(attempt)
    answer = await http.post("/api/v1/video-diffusion", json=dict(attempt.payload))
    job_id = answer.json()["job_id"]
    await library.accept(attempt.id, job_id, answer.content)
    await follow(library, http, identity, job_id)


async def follow(
    library: Library, http: httpx.AsyncClient, identity: Identity, job_id: str
) -> None:
    task: dict[str, Any] = {}
    while task.get("status") != "completed":
        task = json.loads((await http.get(f"/api/v1/job/{job_id}")).content)
        await library.observe(identity, task)
    for number, url in enumerate(task["output"]["video_urls"]):
        await library.keep(job_id, number, partial(download, http, url), identity=identity)


async def download(http: httpx.AsyncClient, url: str, target: Path) -> None:
    async with http.stream("GET", url) as answer:
        with target.open("wb") as file:
            async for chunk in answer.aiter_bytes(16_384):
                file.write(chunk)

"""What the studio sends to the browser, and how long it takes to open, as the library grows.

Run it as `python -m benchmarks.studio [--jobs N]`. The library is a real one on disk; the messages
are those that leave for the front end, measured as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

import legnext_widgets as lw
from legnext_widgets.client.session.store import Attempt, Identity

SIGNED = "?Expires=4102444800&Signature=da9zd27VIGrBNyeAOkwLycV9pns%3D"


def task(job_id: str, status: str, created: datetime) -> dict[str, Any]:
    """A video job with four signed links once it is completed."""
    links = [f"https://image.legnext.ai/20260101/{job_id}_0_{n}.mp4{SIGNED}" for n in range(4)]
    return {
        "job_id": job_id,
        "task_type": "video_diffusion",
        "status": status,
        "output": {"video_urls": links if status == "completed" else None},
        "meta": {
            "created_at": created.isoformat().replace("+00:00", "Z"),
            "usage": {"type": "point", "frozen": 480, "consume": 480},
        },
        "error": {"code": 0},
    }


class Service:
    """Completes each new job on request; knows no others."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}

    def client(self) -> httpx.AsyncClient:
        """What reaches it."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        headers = {"X-Legnext-Sandbox": "speed=60"}
        if request.method == "POST":
            job_id = str(uuid.uuid4())
            self.jobs[job_id] = task(job_id, "pending", datetime.now(UTC))
            return httpx.Response(200, json=self.jobs[job_id], headers=headers)
        found = self.jobs.get(request.url.path.rpartition("/")[2])
        if found is None:
            return httpx.Response(404, json={"code": 404, "message": "no"}, headers=headers)
        return httpx.Response(200, json=found, headers=headers)


def fill(folder: Path, realm: Identity, count: int) -> None:
    """Writes completed jobs into a library, whose clips are not to be kept."""
    library = lw.Library(folder)
    library.keep_clips = False

    async def write() -> None:
        for number in range(count):
            made = datetime.now(UTC) - timedelta(minutes=count - number)
            payload = {"prompt": f"https://example.com/{number}.jpg waves {number}", "videoType": 0}
            attempt = Attempt(str(uuid.uuid4()), realm, "video-diffusion", payload, made)
            job_id = str(uuid.uuid4())
            await library.intend(attempt)
            body = json.dumps(task(job_id, "completed", made)).encode()
            await library.accept(attempt.id, job_id, body)

    asyncio.run(write())
    library.close()


def wait_until(holds: Any) -> None:
    """Returns when a condition holds."""
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        threading.Event().wait(0.02)


def measure(jobs: int) -> list[str]:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder, service = Path(name), Service()
        probe = lw.Client("key", http_client=service.client(), library=False)
        fill(folder, probe.session.identity, jobs)
        probe.close()
        library = lw.Library(folder)
        client = lw.Client("key", http_client=service.client(), library=library)
        began = time.perf_counter()
        studio = lw.VideoStudio(client, prompt="waves", image_url="https://example.com/a.jpg")
        opened = time.perf_counter() - began
        state = len(json.dumps(studio.get_state(), default=repr))
        sent: list[int] = []
        studio.send = lambda content, *_: sent.append(len(json.dumps(content)))
        studio._handle_custom_msg({"type": "sync", "since": 0}, [])
        wait_until(lambda: sent)
        page = sent[0]
        changes: list[int] = []
        studio.observe(lambda change: changes.append(len(json.dumps(change.new))), "_live")
        job = studio.submit()
        for status in ("staged", "processing", "completed"):
            service.jobs[job.id] = task(job.id, status, datetime.now(UTC))
            wait_until(lambda status=status: job.status == status)
        wait_until(lambda: studio._live["jobs"][0]["status"] == "completed")
        studio.close()
        client.close()
        library.close()
    return [f"{jobs:,}", f"{opened:.2f} s", f"{state:,}", f"{page:,}", f"{max(changes):,}"]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, nargs="*", default=[0, 100, 1000])
    rows = [measure(count) for count in parser.parse_args().jobs]
    heads = ["jobs kept", "to open", "state (bytes)", "first page (bytes)", "a change (bytes)"]
    for row in [heads, *rows]:
        print("  ".join(f"{cell:>18}" for cell in row))


if __name__ == "__main__":
    main()

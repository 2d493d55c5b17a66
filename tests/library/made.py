"""Attempts and task objects for tests, of the shapes that the service uses."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from legnext_widgets.client.session.store import Attempt, Identity
from legnext_widgets.library import Library

REAL = Identity("https://api.legnext.ai", "fingerprint-a")
OTHER_ACCOUNT = Identity("https://api.legnext.ai", "fingerprint-b")
SANDBOX = Identity("http://127.0.0.1:8000", "fingerprint-a", sandbox=True)
FIRST_DAY = datetime(2025, 10, 20, 12, 0, tzinfo=UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def attempt(
    prompt: str = "a cat",
    *,
    identity: Identity = REAL,
    sent_at: datetime | None = None,
    endpoint: str = "video-diffusion",
    **more: Any,
) -> Attempt:
    when = datetime.now(UTC) if sent_at is None else sent_at
    return Attempt(new_id(), identity, endpoint, {"prompt": prompt, **more}, when)


def task(
    job_id: str,
    status: str = "completed",
    *,
    kind: str = "video_diffusion",
    created: datetime = FIRST_DAY,
    seconds: float = 200,
    points: int = 480,
    **more: Any,
) -> dict[str, Any]:
    done = status in ("completed", "failed")
    ended = (created + timedelta(seconds=seconds)).isoformat() if done else "0001-01-01T00:00:00Z"
    clips = [
        f"https://image.legnext.ai/x/{job_id}_{n}.mp4?Expires=1761107607&Signature=s{n}%2Bq%3D"
        for n in range(4)
    ]
    return {
        "job_id": job_id,
        "model": "midjourney",
        "task_type": kind,
        "status": status,
        "config": {"service_mode": "public", "webhook_config": {"endpoint": "", "secret": "w"}},
        "input": None,
        "output": {"video_urls": clips if status == "completed" else None},
        "meta": {
            "created_at": created.isoformat(),
            "started_at": "0001-01-01T00:00:00Z",
            "ended_at": ended,
            "usage": {"type": "point", "frozen": points, "consume": points if done else 0},
        },
        "detail": None,
        "logs": [],
        "error": {"code": 0, "raw_message": "", "message": "", "detail": None},
        **more,
    }


async def job(
    library: Library, prompt: str = "a cat", *, status: str = "completed", **options: Any
) -> str:
    """Put a job through its whole life in the journal and return its id."""
    identity = options.pop("identity", REAL)
    sent_at = options.pop("sent_at", FIRST_DAY)
    kind = options.pop("kind", "video_diffusion")
    begun = attempt(prompt, identity=identity, sent_at=sent_at, endpoint=kind.replace("_", "-"))
    job_id = new_id()
    await library.intend(begun)
    await library.accept(begun.id, job_id, b'{"job_id": "%s"}' % job_id.encode())
    await library.observe(identity, task(job_id, status, kind=kind, created=sent_at, **options))
    return job_id

"""Attempts and whole jobs, put into a library."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from legnext_widgets.client.session.store import Attempt, Identity
from legnext_widgets.library import Library
from tests.support.task_factory import FIRST_DAY, task

REAL = Identity("https://api.legnext.ai", "fingerprint-a")
OTHER_ACCOUNT = Identity("https://api.legnext.ai", "fingerprint-b")
SANDBOX = Identity("http://127.0.0.1:8000", "fingerprint-a", sandbox=True)


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
    await library.observe(identity, task(job_id, status, kind, created=sent_at, **options))
    return job_id


def json_of(found: dict[str, Any]) -> str:
    return json.dumps(found)

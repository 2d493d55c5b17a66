"""Task objects and other response bodies, in the shapes that the service sends."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

BODIES = Path(__file__).parent / "bodies"
"""Responses that the service is known to send, or documents."""

FIRST_DAY = datetime(2025, 10, 20, 12, 0, tzinfo=UTC)
NEVER = "0001-01-01T00:00:00Z"
"""How the service writes a time that has not come."""


def body(name: str) -> dict[str, Any]:
    """Read one of the bodies in `BODIES`."""
    found: dict[str, Any] = json.loads((BODIES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def signed_urls(job_id: str) -> list[str]:
    """Make the four signed links of a completed job."""
    signed = "Expires=1761107607&Signature=da9zd27VIGrBNyeAOkwLycV9pns%3D"
    return [f"https://image.legnext.ai/20251020/{job_id}_0_{n}.mp4?{signed}" for n in range(4)]


def task(
    job_id: str,
    status: str = "pending",
    kind: str = "video_diffusion",
    *,
    created: datetime = FIRST_DAY,
    seconds: float = 156,
    points: int = 480,
    urls: Sequence[str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Make a task object.

    Args:
        job_id: The id of the job.
        status: Any text; `completed` and `failed` end the job.
        kind: Its `task_type`.
        created: When the service accepted it.
        seconds: How long it took, if it has ended.
        points: Frozen while it runs, consumed when it has ended.
        urls: Links to its clips, if it is completed; four signed ones by default.
        more: Fields to add or to replace.
    """
    done = status in ("completed", "failed")
    made = body("video-completed-temp")
    made |= {"job_id": job_id, "status": status, "task_type": kind}
    links = signed_urls(job_id) if urls is None else list(urls)
    made["output"]["video_urls"] = links
    if status != "completed":
        made["output"] = {"video_urls": None}
    ended = created + timedelta(seconds=seconds)
    made["meta"] = {
        "created_at": _written(created),
        "started_at": _written(created) if done else NEVER,
        "ended_at": _written(ended) if done else NEVER,
        "usage": {"type": "point", "frozen": points, "consume": points if done else 0},
    }
    if status == "failed":
        made["error"] = {"code": 500, "message": "The images could not be read", "raw_message": "x"}
    return made | more


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

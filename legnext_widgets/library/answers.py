"""What the journal reads from a task object. Pure: whatever is missing or odd is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from legnext_widgets.client.api.models import FINAL_STATUSES


@dataclass(frozen=True)
class Seen:
    """The columns that one task object fills.

    Attributes:
        job_id: Empty when the answer names none.
        kind: The task's type, with underscores.
        status: As the service wrote it, in lower case.
        final: Whether it will not change any more.
        created_at: Unix seconds, None when the service gave no time.
        duration: Seconds from started to ended, without the time in the queue.
        points: Those consumed, or those frozen while it runs.
        videos: How many videos it has made.
    """

    job_id: str
    kind: str
    status: str
    final: bool
    created_at: float | None
    duration: float | None
    points: int | None
    videos: int


def read_task(task: Mapping[str, Any]) -> Seen:
    """Read a task object.

    Args:
        task: Whatever JSON object the service sent.

    Returns:
        What could be read of it.
    """
    status = text(task.get("status")).lower()
    final = status in FINAL_STATUSES
    meta = task.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    created, ended = seconds(meta.get("created_at")), seconds(meta.get("ended_at"))
    started = seconds(meta.get("started_at")) or created
    duration = None
    if final and started is not None and ended is not None and ended >= started:
        duration = ended - started
    usage = meta.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    output = task.get("output")
    videos = output.get("video_urls") if isinstance(output, Mapping) else None
    return Seen(
        job_id=text(task.get("job_id")),
        kind=kind_of(text(task.get("task_type"))),
        status=status,
        final=final,
        created_at=created,
        duration=duration,
        points=whole(usage.get("consume" if final else "frozen")),
        videos=len(videos) if isinstance(videos, list) else 0,
    )


def task_in(answer: bytes) -> dict[str, Any] | None:
    """Find the task object in the raw body of an answer.

    Args:
        answer: Bytes as received, perhaps cut short or not JSON at all.

    Returns:
        The object, or None.
    """
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and "job_id" not in value and isinstance(value.get("data"), dict):
        value = value["data"]
    return value if isinstance(value, dict) and "job_id" in value else None


def kind_of(name: str) -> str:
    """Write a task type or an endpoint as answers write it: with underscores."""
    return name.strip("/").replace("-", "_").lower()


def seconds(value: object) -> float | None:
    """Read an RFC 3339 time as Unix seconds; the zero time means not yet."""
    if not isinstance(value, str) or value.startswith("0001-"):
        return None
    try:
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return time.timestamp()


def text(value: object) -> str:
    """Take a text, and nothing for anything else."""
    return storable(value) if isinstance(value, str) else ""


def storable(value: str) -> str:
    """Replace what no database takes: halves of characters, which JSON can contain."""
    return value.encode("utf-8", "replace").decode("utf-8")


def whole(value: object) -> int | None:
    """Take a number as whole points, and nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) < 2**53 else None

"""Response bodies, in the shapes that the real service sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from legnext_widgets.sandbox.simulation.jobs import MAX_EXTENSIONS

from .signed_urls import sign

if TYPE_CHECKING:
    from legnext_widgets.sandbox.simulation.accounts import Account
    from legnext_widgets.sandbox.simulation.jobs import Job, MediaFile

_NEVER = "0001-01-01T00:00:00Z"
_NO_ERROR: dict[str, Any] = {"code": 0, "raw_message": "", "message": "", "detail": None}

_Links: TypeAlias = Callable[["list[MediaFile]"], "list[str]"]
_IMAGE_ACTIONS = ("edit", "inpaint", "outpaint", "pan", "remix", "upscale", "variation")


def timestamp(seconds: float | None) -> str:
    """Format a time as RFC 3339 in UTC with whole seconds, as the service does."""
    if seconds is None:
        return _NEVER
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def task(job: Job, origin: str, expires: int, secret: bytes) -> dict[str, Any]:
    """Return the task object of a job.

    Args:
        job: The job; hold the scheduler's lock unless it is final.
        origin: Scheme and host with which its links begin.
        expires: When its links expire, in unix seconds.
        secret: Signs its links.
    """

    def links(files: list[MediaFile]) -> list[str]:
        return [origin + sign(file.path, expires, secret) for file in files]

    output = _image_output(job, links) if job.kind == "diffusion" else _video_output(job, links)
    failure = job.failure
    error = {"code": failure.code, "message": failure.message} if failure else {}
    return {
        "job_id": job.id,
        "model": "midjourney",
        "task_type": job.kind,
        "status": job.status,
        "config": {
            "service_mode": "public",
            "webhook_config": {"endpoint": job.order.callback, "secret": job.secret},
        },
        "input": None,
        "output": output,
        "meta": {
            "created_at": timestamp(job.created),
            "started_at": timestamp(job.started),
            "ended_at": timestamp(job.ended),
            "usage": {"type": "point", "frozen": job.frozen, "consume": job.consumed},
        },
        "detail": None,
        "logs": list(job.logs),
        "error": _NO_ERROR | error,
    }


def _image_output(job: Job, links: _Links) -> dict[str, Any]:
    if job.status != "completed" or job.outputs is None or job.grid is None:
        return {"image_url": "", "image_urls": None, "seed": ""}
    numbers = list(range(len(job.outputs)))
    actions: dict[str, Any] = dict.fromkeys(_IMAGE_ACTIONS, numbers) | {"reroll": True}
    return {
        "image_url": links([job.grid])[0],
        "image_urls": links(job.outputs),
        "seed": str(job.seed),
        "available_actions": dict(sorted(actions.items())),
    }


def _video_output(job: Job, links: _Links) -> dict[str, Any]:
    if job.status != "completed" or job.outputs is None:
        return {"video_urls": None, "seed": ""}
    numbers = list(range(len(job.outputs)))
    actions: dict[str, Any] = {} if job.kind == "video_upscale" else {"upscale": numbers}
    if actions and job.extensions < MAX_EXTENSIONS:
        actions = {"extend": numbers} | actions
    return {
        "video_urls": links(job.outputs),
        "seed": str(job.seed),
        "available_actions": actions,
    }


def balance(account: Account, now: float) -> dict[str, Any]:
    """Return the balance of an account; a point is worth a tenth of a cent here."""
    return {
        "code": 200,
        "data": {
            "account_id": account.number,
            "balance_usd": round(account.points / 1000, 3),
            "available_credits": 0,
            "available_points": account.points,
            "alert_threshold": 10,
            "low_balance_alert": account.points < 10,
            "updated_at": timestamp(now),
        },
        "message": "success",
    }


def active_tasks(jobs: list[Job], now: float) -> dict[str, Any]:
    """Return the jobs that run or wait, newest first; the real envelope is not documented."""
    return {
        "code": 200,
        "data": [
            {
                "job_id": job.id,
                "task_type": job.kind,
                "status": job.status,
                "created_at": timestamp(job.created),
                "progress": _progress(job, now),
                "estimated_time": _remaining(job, now),
            }
            for job in sorted(jobs, key=lambda job: -job.number)
        ],
        "message": "success",
    }


def _progress(job: Job, now: float) -> int:
    if job.admitted is None:
        return 0
    return max(0, min(99, int(100 * (now - job.admitted) / job.durations.final)))


def _remaining(job: Job, now: float) -> int:
    if job.admitted is None:
        return round(job.durations.final)
    return max(0, round(job.admitted + job.durations.final - now))


def plain_error(code: int, message: str) -> dict[str, Any]:
    """Return an error in its usual shape."""
    return {"code": code, "message": message, "raw_message": "", "detail": None}


def wrapped_error(code: int, message: str) -> dict[str, Any]:
    """Return an error in the shape seen with HTTP 400."""
    return {"error": {"code": code, "message": message}}


def task_shaped_error(code: int, message: str) -> dict[str, Any]:
    """Return an error in the shape seen with HTTP 403: a failed task without content."""
    return {
        "job_id": "",
        "model": "",
        "task_type": "",
        "status": "failed",
        "config": {"service_mode": "", "webhook_config": {"endpoint": "", "secret": ""}},
        "input": None,
        "output": None,
        "meta": None,
        "detail": None,
        "logs": None,
        "error": {"code": code, "raw_message": "", "message": message, "detail": None},
    }

"""The bodies of answers, exactly in the shapes that the real service sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .jobs import EXTENSIONS

if TYPE_CHECKING:
    from .accounts import Account
    from .jobs import Job, Output

NOT_YET = "0001-01-01T00:00:00Z"
NO_ERROR: dict[str, Any] = {"code": 0, "raw_message": "", "message": "", "detail": None}

_IMAGE_ACTIONS = ("edit", "inpaint", "outpaint", "pan", "remix", "upscale", "variation")

Link = Callable[["Output"], str]
"""Gives the signed link of an output."""


def moment(seconds: float | None) -> str:
    """RFC 3339 in UTC with whole seconds, as the service writes it."""
    if seconds is None:
        return NOT_YET
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def task(job: Job, link: Link) -> dict[str, Any]:
    """The task object of a job."""
    trouble = job.trouble
    error = {"code": trouble.code, "message": trouble.message} if trouble else {}
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
        "output": _image_output(job, link) if job.kind == "diffusion" else _video_output(job, link),
        "meta": {
            "created_at": moment(job.created),
            "started_at": moment(job.started),
            "ended_at": moment(job.ended),
            "usage": {"type": "point", "frozen": job.frozen, "consume": job.consumed},
        },
        "detail": None,
        "logs": list(job.logs),
        "error": NO_ERROR | error,
    }


def _image_output(job: Job, link: Link) -> dict[str, Any]:
    if job.status != "completed" or job.outputs is None or job.grid is None:
        return {"image_url": "", "image_urls": None, "seed": ""}
    numbers = list(range(len(job.outputs)))
    actions: dict[str, Any] = dict.fromkeys(_IMAGE_ACTIONS, numbers) | {"reroll": True}
    return {
        "image_url": link(job.grid),
        "image_urls": [link(output) for output in job.outputs],
        "seed": str(job.seed),
        "available_actions": dict(sorted(actions.items())),
    }


def _video_output(job: Job, link: Link) -> dict[str, Any]:
    if job.status != "completed" or job.outputs is None:
        return {"video_urls": None, "seed": ""}
    numbers = list(range(len(job.outputs)))
    actions: dict[str, Any] = {} if job.kind == "video_upscale" else {"upscale": numbers}
    if actions and job.extensions < EXTENSIONS:
        actions = {"extend": numbers} | actions
    return {
        "video_urls": [link(output) for output in job.outputs],
        "seed": str(job.seed),
        "available_actions": actions,
    }


def balance(account: Account, now: float) -> dict[str, Any]:
    """The account's balance; a point is worth a tenth of a cent here."""
    return {
        "code": 200,
        "data": {
            "account_id": account.number,
            "balance_usd": round(account.points / 1000, 3),
            "available_credits": 0,
            "available_points": account.points,
            "alert_threshold": 10,
            "low_balance_alert": account.points < 10,
            "updated_at": moment(now),
        },
        "message": "success",
    }


def active_tasks(jobs: list[Job], now: float) -> dict[str, Any]:
    """What runs or waits, the newest first; the real envelope is not documented."""
    return {
        "code": 200,
        "data": [
            {
                "job_id": job.id,
                "task_type": job.kind,
                "status": job.status,
                "created_at": moment(job.created),
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
    return max(0, min(99, int(100 * (now - job.admitted) / job.timetable.final)))


def _remaining(job: Job, now: float) -> int:
    if job.admitted is None:
        return round(job.timetable.final)
    return max(0, round(job.admitted + job.timetable.final - now))


def plain_error(code: int, message: str) -> dict[str, Any]:
    """The shape of most refusals."""
    return {"code": code, "message": message, "raw_message": "", "detail": None}


def wrapped_error(code: int, message: str) -> dict[str, Any]:
    """The shape seen with bad requests."""
    return {"error": {"code": code, "message": message}}


def task_shaped_error(code: int, message: str) -> dict[str, Any]:
    """The shape seen with HTTP 403: a task that is nothing but failed."""
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

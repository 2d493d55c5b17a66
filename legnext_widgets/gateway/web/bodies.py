"""Bodies of answers, in the shapes of the service, with the gateway's own job ids. Pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.errors.advice import OF_A_CLASS
from legnext_widgets.client.messages import CATALOG

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from legnext_widgets.gateway.store.models import Attempt, Gate, Member

_NEVER = "0001-01-01T00:00:00Z"
_NO_ERROR: dict[str, Any] = {"code": 0, "raw_message": "", "message": "", "detail": None}
_UNCERTAIN = "gateway: the response to this request was lost; its job is being looked for"
_SHOWN = ("output", "detail", "logs", "error", "meta", "model")


def task(
    attempt: Attempt,
    place: int | None = None,
    links: Callable[[str], str] = str,
    reason: str | None = None,
) -> dict[str, Any]:
    """Compose the task object of an attempt.

    Args:
        attempt: The attempt.
        place: Its position in the queue, from 1, while it waits.
        links: Changes links of the answer to ones that students reach.
        reason: Why nothing starts, where that is so.

    Returns:
        The object; without the service's job id, callback address and secret.
    """
    known: dict[str, Any] = json.loads(links(attempt.task)) if attempt.task else {}
    body: dict[str, Any] = {
        "job_id": attempt.id,
        "model": "",
        "task_type": attempt.kind,
        "status": _status(attempt, known),
        "config": {"service_mode": "", "webhook_config": {"endpoint": "", "secret": ""}},
        "input": None,
        "output": None,
        "detail": None,
        "logs": [],
        "error": dict(_NO_ERROR),
    }
    body |= {name: known[name] for name in _SHOWN if name in known}
    meta = known.get("meta")
    body["meta"] = _meta(attempt, meta if isinstance(meta, dict) else {})
    if attempt.state == "failed" and known.get("status") != "failed":
        code, _, reason = (attempt.reason or "").partition(" ")
        if not code.isdigit():
            code, reason = "500", attempt.reason or "The job failed."
        body["error"] = _NO_ERROR | {
            "code": int(code),
            "message": CATALOG["class_points"] if code == "402" else reason,
            "detail": dict(OF_A_CLASS),
        }
    if attempt.state == "uncertain":
        body["logs"] = [_UNCERTAIN]
    if place is not None and attempt.state == "queued":
        body["detail"] = {"queue_place": place} | ({"reason": reason} if reason else {})
        body["logs"] = [f"gateway: position {place} in the queue of the class"]
        if reason:
            body["logs"].append(f"gateway: no jobs start: {reason}")
    return body


def active(attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Compose the list of running jobs."""
    listed = [
        {
            "job_id": attempt.id,
            "task_type": attempt.kind,
            "status": _status(attempt, json.loads(attempt.task or "{}")),
            "created_at": timestamp(attempt.created_at),
        }
        for attempt in attempts
    ]
    return {"code": 200, "data": listed, "message": "success"}


def balance(member: Member, whole: Member, gate: Gate, now: float) -> dict[str, Any]:
    """Compose the balance of a student: the points that the student can still use."""
    points = left_of(member, whole)
    data = {
        "account_id": account_id(member, gate),
        "balance_usd": None,
        "available_credits": 0,
        "available_points": points,
        "alert_threshold": None,
        "low_balance_alert": points is not None and points < 480,
        "updated_at": timestamp(now),
    }
    return {"code": 200, "data": data, "message": "success"}


def me(
    member: Member,
    whole: Member,
    gate: Gate,
    load: tuple[int, int],
    places: dict[str, int],
    *,
    reason: str | None = None,
) -> dict[str, Any]:
    """Compose what a student sees of themselves and of the class.

    Args:
        member: The student.
        whole: The budget of the class.
        gate: The state of the queue.
        load: How many jobs of the class run, and how many wait.
        places: The place of each own job that waits.
        reason: Why nothing starts, where that is so.
    """
    running, waiting = load
    return {
        "gateway": "legnext-widgets",
        "account_id": account_id(member, gate),
        "name": member.name,
        "points": {
            "limit": member.limit,
            "held": member.held,
            "spent": member.spent,
            "left": left_of(member, whole),
        },
        "blocked": member.blocked,
        "class": {
            "state": "stopped" if gate.stopped else "open",
            "running": running,
            "waiting": waiting,
            "reason": reason,
        },
        "places": places,
        "seq": gate.seq,
    }


def account_id(member: Member, gate: Gate) -> str:
    """Name the account of a student: the same with each token, and at no other gateway."""
    return f"{gate.class_id}:{member.id}"


def left_of(member: Member, whole: Member) -> int | None:
    """Return the points that a student can still use, within the budget of the class."""
    known = [left for left in (member.left, whole.left) if left is not None]
    return min(known, default=None)


def error(status: int, message: str) -> dict[str, Any]:
    """Compose an error."""
    return {"code": status, "message": message, "raw_message": "", "detail": None}


def timestamp(seconds: float | None) -> str:
    """Format a time as the service does."""
    if seconds is None:
        return _NEVER
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status(attempt: Attempt, known: dict[str, Any]) -> str:
    if attempt.state in ("completed", "failed"):
        return attempt.state
    status = known.get("status")
    return (
        status if isinstance(status, str) and status not in ("completed", "failed") else "pending"
    )


def _meta(attempt: Attempt, known: dict[str, Any]) -> dict[str, Any]:
    usage = {"type": "point", "frozen": attempt.held or attempt.spent, "consume": attempt.spent}
    return {
        "created_at": timestamp(attempt.created_at),
        "started_at": known.get("started_at") or _NEVER,
        "ended_at": known.get("ended_at")
        if known.get("ended_at") not in (None, "", _NEVER)
        else (timestamp(attempt.ended_at)),
        "usage": usage,
    }

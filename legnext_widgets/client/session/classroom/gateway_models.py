"""Models of the answers that only a gateway gives: the class, and changes of jobs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from legnext_widgets.client.api.bounded_json import JSON, parse_object
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.errors import InvalidResponseError


@dataclass(frozen=True)
class ClassInfo:
    """What a gateway says of an account and its class.

    Attributes:
        account_id: The account: the same with each of its tokens.
        name: The student's name.
        points_left: Points that the student can still use; None for no limit.
        stopped: Whether the teacher lets nothing start.
        blocked: Whether the teacher lets this student start nothing.
        reason: Why nothing starts, in the gateway's words; None where jobs start.
        running: Jobs of the class that run.
        waiting: Jobs of the class that wait.
        places: The position in the queue of each own job that waits, from 1.
    """

    account_id: str
    name: str
    points_left: int | None
    stopped: bool
    blocked: bool
    reason: str | None
    running: int
    waiting: int
    places: dict[str, int]


class Changes(NamedTuple):
    """Own jobs that changed.

    Attributes:
        tasks: The jobs as they are now.
        next: The number to ask after next.
        reset: Whether older changes are missing, so that each job must be asked for.
    """

    tasks: list[Task]
    next: int
    reset: bool


def parse_class(body: bytes) -> ClassInfo:
    """Read the answer of `/gateway/me`.

    Raises:
        InvalidResponseError: It is not a gateway's.
    """
    found = parse_object(body)
    account = found.get("account_id")
    if found.get("gateway") != "legnext-widgets" or not isinstance(account, str) or not account:
        raise InvalidResponseError("The response is not from a gateway.")
    points, group = _object(found.get("points")), _object(found.get("class"))
    places = _object(found.get("places"))
    return ClassInfo(
        account_id=account,
        name=str(found.get("name", "")),
        points_left=_whole(points.get("left")),
        stopped=group.get("state") == "stopped",
        blocked=found.get("blocked") is True,
        reason=reason if isinstance(reason := group.get("reason"), str) and reason else None,
        running=_whole(group.get("running")) or 0,
        waiting=_whole(group.get("waiting")) or 0,
        places={job: place for job, at in places.items() if (place := _whole(at)) is not None},
    )


def parse_changes(body: bytes) -> Changes:
    """Read the answer of `/gateway/changes`.

    Raises:
        InvalidResponseError: It is not a gateway's.
    """
    found = parse_object(body)
    tasks, following = found.get("tasks"), _whole(found.get("next"))
    if not isinstance(tasks, list) or following is None:
        raise InvalidResponseError("The response is not from a gateway.")
    read = [Task.of(task) for task in tasks if isinstance(task, dict)]
    return Changes([task for task in read if task.job_id], following, bool(found.get("reset")))


def _object(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _whole(value: JSON) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None

"""Count points: what a job is expected to cost, and how much of a budget is spent."""

from __future__ import annotations

import threading
from types import MappingProxyType
from typing import TYPE_CHECKING

from legnext_widgets.client.errors import BudgetExceededError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.client.api.models.tasks import Task

USUAL_POINTS = MappingProxyType(
    {"video_diffusion": 480, "extend_video": 480, "video_upscale": 120, "diffusion": 80}
)
"""Points seen in recordings of real jobs: 480 a video, 80 an image, 120 an upscale.

That an extension costs as much as a video is assumed until one has been seen."""

_UNKNOWN_KIND_POINTS = 480


class Budget:
    """Count the points of one client's jobs, and of its copies; from any thread.

    Args:
        limit: Points that may be spent in all; None for no limit.
    """

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._by_job: dict[str, int] = {}
        self._reserved: dict[str, int] = {}
        self._last_seen: dict[str, int] = {}
        self._lock = threading.RLock()

    @property
    def spent(self) -> int:
        """Points consumed, frozen, or reserved for requests on their way."""
        with self._lock:
            return sum(self._by_job.values()) + sum(self._reserved.values())

    def cost(self, task_type: str) -> int:
        """Estimate the points of the next job of a kind: as last seen, else the usual ones."""
        usual = USUAL_POINTS.get(task_type, _UNKNOWN_KIND_POINTS)
        return self._last_seen.get(task_type, usual)

    def reserve(self, attempt_id: str, task_type: str) -> None:
        """Set points aside before a request is sent.

        Raises:
            BudgetExceededError: Too few are left.
        """
        with self._lock:
            self.check([task_type])
            self._reserved[attempt_id] = self.cost(task_type)

    def check(self, task_types: Iterable[str]) -> None:
        """Check that several jobs fit in.

        Raises:
            BudgetExceededError: Too few points are left.
        """
        cost = sum(self.cost(task_type) for task_type in task_types)
        if self.limit is not None and self.spent + cost > self.limit:
            raise BudgetExceededError(budget=self.limit, spent=self.spent, cost=cost)

    def release(self, attempt_id: str) -> None:
        """Return reserved points: the request was refused, or is counted as a job now."""
        with self._lock:
            self._reserved.pop(attempt_id, None)

    def count(self, task: Task) -> None:
        """Count the points of a job as the service states them, in place of earlier ones."""
        usage = task.usage
        if task.done:
            points = usage.consumed if usage.consumed is not None else usage.frozen
        else:
            points = usage.frozen
        if usage.frozen:
            self._last_seen[task.kind] = usage.frozen
        if points is None:
            points = 0 if task.status == "failed" else self.cost(task.kind)
        with self._lock:
            self._by_job[task.job_id] = points

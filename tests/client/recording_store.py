"""A user's own store with the methods of `JobStore` alone; it notes each call in order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from legnext_widgets.client.session.store import Attempt, Identity, JobRecord


class RecordingStore:
    """Note each call in a diary, which may be shared with the stub.

    Attributes:
        block_at: Name of a method that does not return before `go` is set.
    """

    def __init__(self, diary: list[tuple[str, ...]] | None = None) -> None:
        self.diary: list[tuple[str, ...]] = [] if diary is None else diary
        self.attempts: list[Attempt] = []
        self.answers: list[bytes] = []
        self.history: list[float] = []
        self.block_at = ""
        self.reached = threading.Event()
        self.go = threading.Event()

    async def intend(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        await self._note("intend", attempt.id)

    async def accept(self, attempt_id: str, job_id: str, answer: bytes) -> None:
        self.answers.append(answer)
        await self._note("accept", attempt_id, job_id)

    async def refuse(self, attempt_id: str, reason: str) -> None:
        await self._note("refuse", attempt_id, reason)

    async def mark_uncertain(self, attempt_id: str, reason: str) -> None:
        await self._note("mark_uncertain", attempt_id, reason)

    async def observe(self, identity: Identity, task: Mapping[str, Any]) -> None:
        await self._note("observe", str(task.get("job_id")), str(task.get("status")))

    def record(self, job_id: str) -> JobRecord | None:
        return None

    def durations(self, task_type: str, *, sandbox: bool) -> Sequence[float]:
        return self.history

    @property
    def words(self) -> list[str]:
        """The kinds of calls in order, without what polling saw."""
        return [entry[0] for entry in self.diary if entry[0] != "observe"]

    async def _note(self, *entry: str) -> None:
        self.diary.append(entry)
        if self.block_at == entry[0]:
            self.reached.set()
            await asyncio.to_thread(self.go.wait, 30)

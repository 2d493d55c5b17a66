"""Which jobs changed since which revision, so that the browser is told only what is new. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

IN_ONE_MESSAGE = 1
"""Jobs in one change, so that it stays below 2 KB with four signed links."""

IN_ONE_PAGE = 24
"""Jobs, newest first, that a view gets when it asks for all."""


class Changes:
    """Numbers the changes of jobs."""

    def __init__(self) -> None:
        self.revision = 0
        self._changed_at: dict[str, int] = {}

    def note(self, job_ids: Iterable[str]) -> int:
        """Gives these jobs the next revision; gives the one before it."""
        before = self.revision
        self.revision += 1
        for job_id in job_ids:
            self._changed_at[job_id] = self.revision
        return before

    def since(self, revision: int) -> list[str]:
        """Ids of the jobs that changed after a revision, in the order they became known."""
        return [job_id for job_id, changed in self._changed_at.items() if changed > revision]

"""What a blocking job needs to ask anybody: the engine and the service of its client."""

from __future__ import annotations

from dataclasses import dataclass

from .downloads import Progress
from .engine import Engine
from .requests import Request
from .service import Service
from .tracking import TrackedJob


@dataclass(frozen=True, eq=False)
class Connection:
    """A service, and the thread in which it is asked."""

    engine: Engine
    service: Service

    def submit(self, request: Request) -> TrackedJob:
        """Sends a request; Ctrl-C does not call back what has left."""
        try:
            return self.engine.run(self.service.submit(request), leave_running=True)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                "If the request had already left, it was not called back: its job will appear in "
                "client.jobs (and in the library, if there is one)."
            )
            raise

    def follow(self, job: TrackedJob) -> None:
        """Has a job followed in the background."""
        self.engine.call_on_loop(lambda: self.service.follower.follow(job))

    def reported(self, progress: Progress | None) -> Progress | None:
        """The same report, made in the thread for people's callbacks, where it may block."""
        if progress is None:
            return None
        report = progress
        return lambda have, total: self.engine.call_soon(lambda: report(have, total))

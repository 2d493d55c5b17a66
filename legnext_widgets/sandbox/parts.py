"""What the HTTP face of a sandbox needs of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from .accounts import Accounts
    from .faults import Faults
    from .media import MediaFolder
    from .production import Production
    from .scheduler import Scheduler
    from .workers import Workers


class Parts(Protocol):
    """The parts of a sandbox, as `Sandbox` has them."""

    speed: float
    offline: bool
    link_seconds: float
    secret: bytes
    clock: Callable[[], float]
    media: MediaFolder
    faults: Faults
    accounts: Accounts
    errands: Workers
    production: Production
    scheduler: Scheduler

    @property
    def note(self) -> str | None:
        """What a person should know about the clips."""

    @property
    def example_paths(self) -> list[tuple[str, str]]:
        """Title and path of each example picture."""

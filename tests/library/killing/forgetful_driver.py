"""A session with a fault, to show that the campaign would notice: it writes no intents."""

from __future__ import annotations

from pathlib import Path

from legnext_widgets.client.session.store import Attempt
from legnext_widgets.library.store import DiskJobStore
from tests.library.killing import journal_driver


def run(
    base_url: str, folder: Path, prompts: list[str], at: tuple[str, str, int] | None = None
) -> None:
    """Do what the journal's driver does, but for the intents."""

    async def forget(self: DiskJobStore, attempt: Attempt) -> None:
        pass

    DiskJobStore.intend = forget  # type: ignore[method-assign]
    journal_driver.run(base_url, folder, prompts, at)

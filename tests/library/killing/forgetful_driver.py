"""A session with a fault, to show that the campaign would notice: it records no intents."""

from __future__ import annotations

import asyncio
from pathlib import Path

from legnext_widgets.client.session.store import Attempt
from legnext_widgets.library import Library
from tests.library.killing import journal_driver
from tests.library.killing.deadly_database import When


class ForgetfulLibrary(Library):
    async def intend(self, attempt: Attempt) -> None:
        """Record nothing."""


def run(base_url: str, folder: Path, prompts: list[str], when: When | None = None) -> None:
    """Do what the journal's driver does, but for the intents."""
    with ForgetfulLibrary(folder) as library:
        asyncio.run(journal_driver.session(library, base_url, prompts))

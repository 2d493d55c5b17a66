"""A library that is there before a notebook opens, as one of earlier sessions."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from legnext_widgets.client.session.store import Identity
from legnext_widgets.library import Library

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

EMBEDDED = Identity("sandbox", "", sandbox=True)
"""Whose jobs those of an embedded sandbox are, in every session."""


def fill_library(folder: Path, write: Callable[[Library], Awaitable[object]]) -> None:
    """Writes a library that keeps no clips by itself from then on."""

    async def fill() -> None:
        with Library(folder) as library:
            await write(library)
            library.keep_clips = False

    # In a thread: Playwright's own loop runs in this one.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, fill()).result()

"""Clips for a browser that cannot reach their links: it pulls them through the kernel."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

CHUNK = 2**20
"""Bytes in one message: a front end loses messages far above it."""

Fetch = Callable[[Path], Awaitable[Path]]


@dataclass(frozen=True)
class Chunk:
    """A part of a file.

    Attributes:
        number: From 0.
        count: Chunks in the whole file.
        size: Bytes in the whole file.
    """

    number: int
    count: int
    size: int
    mime: str
    data: bytes


class MediaFiles:
    """Keeps pulled files for as long as the widget lives, each fetched once.

    It is used on one event loop only.
    """

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: dict[str, asyncio.Task[Path]] = {}

    async def chunk(self, name: str, number: int, fetch: Fetch) -> Chunk:
        """A part of a file, which is fetched when its first part is asked for.

        Raises:
            ValueError: There is no such part.
            DownloadError: The file could not be fetched.
        """
        path = await self._whole(name, fetch)
        size = path.stat().st_size
        count = max(1, -(-size // CHUNK))
        if not 0 <= number < count:
            raise ValueError(f"chunk {number} of {count} was asked for")
        data = await asyncio.to_thread(_read, path, number * CHUNK)
        mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Chunk(number, count, size, mime, data)

    def close(self) -> None:
        """Removes the files."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                self._folder.cleanup()

    async def _whole(self, name: str, fetch: Fetch) -> Path:
        fetching = self._files.get(name)
        if fetching is None:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(
                    prefix="legnext-clips-", ignore_cleanup_errors=True
                )
            target = Path(self._folder.name) / name
            fetching = asyncio.ensure_future(fetch(target))
            self._files[name] = fetching
        try:
            return await asyncio.shield(fetching)
        except Exception:
            self._files.pop(name, None)
            raise


def _read(path: Path, start: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(CHUNK)

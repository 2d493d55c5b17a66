"""Hold a file while it is downloaded in several tries, and check it in the end."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from legnext_widgets.client.media.containers import HEAD, begins_like, flaw_in, shown_size
from legnext_widgets.client.media.unexpected_content import LOOKED_AT, describe_content
from legnext_widgets.client.runtime.callbacks import call_guarded
from legnext_widgets.client.session.retry import TransientError
from legnext_widgets.environment import to_thread

if TYPE_CHECKING:
    from legnext_widgets.client.media.containers import FileKind

Progress = Callable[[int, int | None], object]
"""Called with the bytes so far and in all (None while unknown)."""


WRITE_BYTES = 512 * 1024
"""Bytes that are written at once: a write in a thread costs more than most chunks of a network."""


class InterruptedDownloadError(TransientError):
    """The connection ended early; what came so far is kept."""


class RefusedLinkError(TransientError):
    """The link is not accepted, or not yet."""


class PartialFile:
    """A file while it is fetched in several tries.

    Args:
        file: Where the bytes go.
        kind: What the file should be.
        progress: Called with the bytes so far and in all.

    Attributes:
        kind: What the file should be.
        have: Bytes that are there.
        head: The first of them.
        total: Bytes of the whole file; None while unknown.
        etag: Of the version whose first bytes are there; empty without a strong one.
        in_vain: Tries in a row that brought nothing new.
        stalls: Tries that stalled.
    """

    def __init__(self, file: IO[bytes], kind: FileKind, progress: Progress | None) -> None:
        self.kind = kind
        self.have = 0
        self.head = b""
        self.total: int | None = None
        self.etag = ""
        self.in_vain = 0
        self.stalls = 0
        self._file = file
        self._progress = progress
        self._farthest, self._unwritten = 0, bytearray()

    async def append(self, chunk: bytes) -> None:
        """Append some bytes; `flush` writes the last of them."""
        self._unwritten += chunk
        self.have += len(chunk)
        self.head += chunk[: LOOKED_AT - len(self.head)]
        if len(self._unwritten) >= WRITE_BYTES:
            await self.flush()
        if self.have > self._farthest:
            self._farthest, self.in_vain = self.have, 0
        if self._progress is not None:
            call_guarded(self._progress, self.have, self.total)

    async def flush(self) -> None:
        """Write what was appended."""
        unwritten, self._unwritten = self._unwritten, bytearray()
        if unwritten:
            await to_thread(self._file.write, unwritten)

    def begin(self) -> None:
        """Begin with another link."""
        self.start_over()
        self.in_vain = self.stalls = self._farthest = 0

    def start_over(self) -> None:
        """Throw away what is there."""
        self._unwritten.clear()
        self._file.seek(0)
        self._file.truncate()
        self.have, self.head = 0, b""

    async def check(self, content_type: str) -> None:
        """Check that the file is whole and what it should be.

        Raises:
            InterruptedDownloadError: It is not. What may be the beginning of the file is kept.
        """
        have, total, head = self.have, self.total, self.head
        known = have >= HEAD or total in (None, have)
        foreign = known and not begins_like(self.kind, head)
        if total is not None and have < total and not foreign:
            raise InterruptedDownloadError(f"{shown_size(have, total)} received")
        flaw = await to_thread(flaw_in, self.kind, self._file)
        if flaw is None and total in (None, have):
            return
        what = flaw.reason if flaw else shown_size(have, total)
        if flaw is not None and flaw.cut and total is None:
            self._file.seek(0, os.SEEK_END)  # the rest may still be had
        else:
            self.start_over()
        if foreign:
            what = describe_content(head, content_type)
        raise InterruptedDownloadError(f"the server sent {what}")

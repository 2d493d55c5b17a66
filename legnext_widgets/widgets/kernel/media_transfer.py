"""Clips for a browser that cannot reach their links: pulled through the kernel, in chunks."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.environment import to_thread

if TYPE_CHECKING:
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.jobs import Job

CHUNK = 2**20
"""Bytes in one message: a front end loses messages far above it."""

Say = Callable[[dict[str, Any], list[bytes]], object]
Fetch = Callable[[Path], Awaitable[Path]]

_SUFFIX = {"video": ".mp4", "image": ".png", "poster": ".webp", "sample": ".jpg"}


@dataclass(frozen=True)
class Pull:
    """One question of the browser: a part of a file.

    Attributes:
        name: What the browser calls this pull; said back with every answer.
        kind: `video`, `image` or `poster` of a job, or `sample`: a picture of the sandbox to try.
        index: Number of the clip or image in its job, or of the sample.
        chunk: Number of the part, from 0.
    """

    name: object
    kind: str
    index: int
    chunk: int

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Pull | None:
        """The question in a message; None when it is none."""
        kind, index, chunk = content.get("media"), content.get("index"), content.get("chunk")
        if kind not in _SUFFIX or type(index) is not int or type(chunk) is not int:
            return None
        return cls(content.get("pull"), str(kind), index, chunk)


class MediaFiles:
    """Answers pulls. Files that are not on this machine are fetched once and kept while it lives.

    Args:
        say: Sends an answer to the browser; called in whatever thread.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._fetching: dict[str, asyncio.Task[Path]] = {}

    def answer(self, job: Job, pull: Pull) -> None:
        """Begins to answer a pull; returns at once."""
        if not 0 <= pull.index < len(links(job, pull.kind)):
            self.refuse(pull.name, "There is no such clip.", retry=False)
            return
        on_disk = _files(job, pull.kind).get(pull.index)
        if on_disk is not None and on_disk.is_file():
            self._send_chunk(on_disk, pull)
        elif pull.kind == "poster":
            self.refuse(pull.name, "This clip has no poster.", retry=False)
        elif job.client is None:
            self.refuse(pull.name, "This clip was not kept in the library.", retry=False)
        else:
            job.client.runtime.start(
                self._fetch_and_send(job.id, pull, self._saved_by(job.client, job, pull))
            )

    def answer_with_sample(self, client: Client, links: list[str], pull: Pull) -> None:
        """Begins to answer a pull of one of the sandbox's pictures."""
        if not 0 <= pull.index < len(links):
            self.refuse(pull.name, "There is no such picture.", retry=False)
            return

        async def no_other_link() -> str | None:
            return None

        def fetch(path: Path) -> Awaitable[Path]:
            downloads = client.session.downloads
            return downloads.save(links[pull.index], path, renew=no_other_link)

        client.runtime.start(self._fetch_and_send("sample", pull, fetch))

    def refuse(self, name: object, message: str, *, retry: bool) -> None:
        """Says that a pull cannot be answered."""
        error = {"message": message, "retry": retry}
        self._say({"type": "media", "pull": name, "error": error}, [])

    def close(self) -> None:
        """Removes the files that were fetched."""
        with self._lock:
            if self._folder is not None:
                with contextlib.suppress(OSError):
                    self._folder.cleanup()

    def _saved_by(self, client: Client, job: Job, pull: Pull) -> Fetch:
        def link() -> str | None:
            found = links(job, pull.kind)
            return found[pull.index] if pull.index < len(found) else None

        return lambda path: client.session.save(job.state, link, path, None)

    async def _fetch_and_send(self, whose: str, pull: Pull, fetch: Fetch) -> None:
        name = f"{whose}_{pull.index}{_SUFFIX[pull.kind]}"
        target = self._place() / name
        fetching = self._fetching.get(name)
        if fetching is None:
            fetching = self._fetching[name] = asyncio.ensure_future(fetch(target))
        try:
            path = await asyncio.shield(fetching)
        except (LegnextError, OSError) as error:
            self._fetching.pop(name, None)
            self.refuse(pull.name, str(error), retry=True)
            return
        await to_thread(self._send_chunk, path, pull)

    def _send_chunk(self, path: Path, pull: Pull) -> None:
        try:
            size = path.stat().st_size
            count = max(1, -(-size // CHUNK))
            if not 0 <= pull.chunk < count:
                self.refuse(pull.name, f"The file has {count} chunks.", retry=False)
                return
            with path.open("rb") as file:
                file.seek(pull.chunk * CHUNK)
                data = file.read(CHUNK)
        except OSError as error:
            self.refuse(pull.name, f"The file cannot be read: {error.strerror}.", retry=True)
            return
        content = {
            "type": "media",
            "pull": pull.name,
            "chunk": pull.chunk,
            "chunks": count,
            "bytes": size,
            "mime": mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        }
        self._say(content, [data])

    def _place(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(
                    prefix="legnext-clips-", ignore_cleanup_errors=True
                )
            return Path(self._folder.name)


def links(job: Job, kind: str) -> list[str | None]:
    """A job's links to its files of a kind, by their number."""
    task = job.task
    if task is None:
        return []
    return task.output.image_urls if kind == "image" else task.output.video_urls


def _files(job: Job, kind: str) -> Mapping[int, Path]:
    """Files of a job that are on this machine, by their number."""
    return {"video": job.state.kept, "poster": job.state.posters}.get(kind, {})

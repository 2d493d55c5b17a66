"""Send files to a browser that cannot reach their links: through the kernel, in chunks on request.

Chunks are read where the work queue for files runs, or in a thread of asyncio's; the publisher only
sends them.
"""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.environment import to_thread

from .traits import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from legnext_widgets.client.client import Client
    from legnext_widgets.client.jobs import Job

    from .comm_messages import FromKernel, MediaErrorMessage, MediaRequest
    from .traits import ChunkedKind

Send = Callable[["FromKernel", "Sequence[bytes]"], object]
_Fetch = Callable[[Path], Awaitable[Path]]

_SUFFIX: Mapping[ChunkedKind, str] = {
    "video": ".mp4",
    "image": ".png",
    "poster": ".webp",
    "sample": ".jpg",
}


class MediaTransfer:
    """Answers requests for chunks.

    A file that is not on this machine is downloaded once, and kept while the widget lives.

    Args:
        send: Sends a message and its buffers to the browser, from any thread.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._downloads: dict[str, asyncio.Task[Path]] = {}

    def answer(self, job: Job | None, request: MediaRequest) -> None:
        """Answer a request for a chunk of a job's file, now or after a download.

        Args:
            job: The job; None when the widget does not show it.
            request: The request.
        """
        kind, index = request["media"], request["index"]
        if job is None or not 0 <= index < len(links(job, kind)):
            self.refuse(request["pull"], "There is no such clip.", retry=False)
            return
        on_disk = _files(job, kind).get(index)
        if on_disk is not None and on_disk.is_file():
            self._send_chunk(on_disk, request)
        elif kind == "poster":
            self.refuse(request["pull"], "This clip has no poster.", retry=False)
        elif job.client is None:
            self.refuse(request["pull"], "This clip was not kept in the library.", retry=False)
        else:
            download = _download(job.client, job, kind, index)
            job.client.runtime.start(self._download_and_send(job.id, request, download))

    def answer_with_sample(self, client: Client, request: MediaRequest) -> None:
        """Answer a request for a chunk of a sample picture of the sandbox."""
        samples = client.embedded.examples if client.embedded else []
        index = request["index"]
        if not 0 <= index < len(samples):
            self.refuse(request["pull"], "There is no such picture.", retry=False)
            return

        async def no_other_link() -> str | None:
            return None

        def download(path: Path) -> Awaitable[Path]:
            url = samples[index]["url"]
            return client.session.downloads.save(url, path, renew=no_other_link)

        client.runtime.start(self._download_and_send("sample", request, download))

    def refuse(self, pull: str, message: str, *, retry: bool) -> None:
        """Answer that no chunk comes.

        Args:
            pull: The request's id.
            message: Why.
            retry: Whether asking again may help.
        """
        answer: MediaErrorMessage = {
            "type": "media",
            "pull": pull,
            "error": {"message": message, "retry": retry},
        }
        self._send(answer, ())

    def close(self) -> None:
        """Remove the files that were downloaded."""
        with self._lock:
            if self._folder is not None:
                with contextlib.suppress(OSError):
                    self._folder.cleanup()

    async def _download_and_send(self, owner: str, request: MediaRequest, download: _Fetch) -> None:
        name = f"{owner}_{request['index']}{_SUFFIX[request['media']]}"
        running = self._downloads.get(name)
        if running is None:
            running = asyncio.ensure_future(download(self._path_of(name)))
            self._downloads[name] = running
        try:
            path = await asyncio.shield(running)
        except (LegnextError, OSError) as error:
            self._downloads.pop(name, None)
            self.refuse(request["pull"], str(error), retry=True)
            return
        await to_thread(self._send_chunk, path, request)

    def _send_chunk(self, path: Path, request: MediaRequest) -> None:
        pull, chunk = request["pull"], request["chunk"]
        try:
            size = path.stat().st_size
            chunks = max(1, -(-size // CHUNK_BYTES))
            if not 0 <= chunk < chunks:
                self.refuse(pull, f"The file has {chunks} chunks.", retry=False)
                return
            with path.open("rb") as file:
                file.seek(chunk * CHUNK_BYTES)
                data = file.read(CHUNK_BYTES)
        except OSError as error:
            self.refuse(pull, f"The file cannot be read: {error.strerror}.", retry=True)
            return
        self._send(
            {
                "type": "media",
                "pull": pull,
                "chunk": chunk,
                "chunks": chunks,
                "bytes": size,
                "mime": mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            },
            [data],
        )

    def _path_of(self, name: str) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(
                    prefix="legnext-clips-", ignore_cleanup_errors=True
                )
            return Path(self._folder.name, name)


def links(job: Job, kind: ChunkedKind) -> list[str | None]:
    """A job's links to its files of a kind, by their number."""
    if job.task is None:
        return []
    output = job.task.output
    return list(output.image_urls if kind == "image" else output.video_urls)


def _files(job: Job, kind: ChunkedKind) -> Mapping[int, Path]:
    """Files of a job that are on this machine, by their number."""
    if kind == "video":
        return job.state.kept
    return job.state.posters if kind == "poster" else {}


def _download(client: Client, job: Job, kind: ChunkedKind, index: int) -> _Fetch:
    def link() -> str | None:
        found = links(job, kind)
        return found[index] if index < len(found) else None

    return lambda path: client.session.save(job.state, link, path, None)

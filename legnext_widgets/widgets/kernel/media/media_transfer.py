"""Send files to a browser that cannot reach their links: through the kernel, in chunks on request.

Chunks are read where the work queue for files runs, or in a thread of asyncio's; the publisher only
sends them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import mimetypes
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import legnext_widgets as lw
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.messages import Message
from legnext_widgets.environment import to_thread
from legnext_widgets.widgets.kernel.protocol.traits import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from legnext_widgets.client.client import Client
    from legnext_widgets.client.handles.jobs import Job, Video
    from legnext_widgets.client.media.containers import FileKind
    from legnext_widgets.widgets.kernel.protocol.comm_messages import FromKernel, MediaErrorMessage
    from legnext_widgets.widgets.kernel.protocol.comm_requests import MediaRequest
    from legnext_widgets.widgets.kernel.protocol.job_values import ChunkedKind

Send = Callable[["FromKernel", "Sequence[bytes]"], object]
_Fetch = Callable[[Path], Awaitable[Path]]

_SUFFIX: Mapping[ChunkedKind, str] = {
    "video": ".mp4",
    "image": ".png",
    "poster": ".webp",
    "sample": ".jpg",
    "zip": ".zip",
    "gif": ".gif",
    "webp": ".webp",
}
_log = logging.getLogger("legnext_widgets")


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
        self._packs: dict[str, Path] = {}

    def answer(self, job: Job | None, request: MediaRequest, send: Send | None = None) -> None:
        """Answer a request for a chunk of a job's file, now or after a download.

        Args:
            job: The job; None when the widget does not show it.
            request: The request.
            send: Sends the answer to this request; None for that of this object.
        """
        send = send or self._send
        kind, index = request["media"], request["index"]
        if kind == "zip":
            pack = self._packs.get(request["job_id"])
            if pack is None:
                _refuse(send, request["pull"], "There is no such file.", retry=False)
            else:
                _send_chunk(pack, request, send)
            return
        if job is None or not 0 <= index < len(links(job, kind)):
            _refuse(send, request["pull"], "There is no such clip.", retry=False)
            return
        if kind in ("gif", "webp"):
            self._animate_and_send(job, request, send)
            return
        on_disk = _file(job, kind, index)
        if on_disk is not None and on_disk.is_file():
            _send_chunk(on_disk, request, send)
        elif kind == "poster":
            _refuse(send, request["pull"], "This clip has no poster.", retry=False)
        elif job.client is None:
            flaw = job.state.kept_flaw(index) if kind == "video" else None
            damaged = f"The kept file of this clip is damaged ({flaw.reason})." if flaw else ""
            reason = damaged or "This clip was not kept in the library."
            _refuse(send, request["pull"], reason, retry=False)
        else:
            download = _download(job.client, job, kind, index)
            job.client.runtime.start(self._download_and_send(job.id, request, download, send))

    def answer_with_sample(
        self, client: Client, request: MediaRequest, send: Send | None = None
    ) -> None:
        """Answer a request for a chunk of a sample picture of the sandbox; see `answer`."""
        from legnext_widgets.sandbox.media.scenes import SCENES, picture_of

        send = send or self._send
        index = request["index"]
        if not client.session.identity.sandbox or not 0 <= index < len(SCENES):
            _refuse(send, request["pull"], "There is no such sample image.", retry=False)
        else:
            _send_chunk(picture_of(SCENES[index]), request, send)

    def pack(
        self,
        name: str,
        videos: Sequence[Video],
        report: Callable[[str, int, Message | None], object],
        post: Callable[[Callable[[], object]], object],
    ) -> None:
        """Make a zip file of clips, to be fetched in chunks; returns at once.

        Args:
            name: The id by which the chunks are asked for.
            videos: The clips; those that are not on this machine are downloaded first.
            report: Called with a name for the file, how many clips are missing, and why there is
                no file, if there is none.
            post: Does a piece of work where files are read and written.
        """
        paths = {video: _file(_job_of(video), "video", video.index) for video in videos}
        waiting = [video for video in videos if paths[video] is None and video.client]
        lock, left = threading.Lock(), len(waiting) + 1

        def arrived() -> None:
            nonlocal left
            with lock:
                left -= 1
                if left:
                    return
            post(write)

        def write() -> None:
            from .packing import write_zip, zip_name

            found = [(video, path) for video, path in paths.items() if path is not None]
            try:
                if found:
                    write_zip(self._path_of(f"{name}.zip"), found)
                    self._packs[name] = self._path_of(f"{name}.zip")
            except OSError as error:
                report(
                    "", len(videos), Message("zip_unwritten", error=error.strerror or str(error))
                )
                return
            problem = None if found else Message("clips_not_fetched")
            report(zip_name(found), len(videos) - len(found), problem)

        async def fetch(video: Video, client: Client) -> None:
            try:
                download = _download(client, _job_of(video), "video", video.index)
                paths[video] = await self._downloaded(f"{video.job_id}_{video.index}.mp4", download)
            except (LegnextError, OSError) as error:
                _log.warning("A clip is missing in a zip file: %s", error)
            finally:
                arrived()

        for video in waiting:
            if video.client is not None:
                video.client.runtime.start(fetch(video, video.client))
        arrived()

    def refuse(self, pull: str, message: str, *, retry: bool) -> None:
        """Answer that no chunk comes.

        Args:
            pull: The request's id.
            message: Why.
            retry: Whether asking again may help.
        """
        _refuse(self._send, pull, message, retry=retry)

    def close(self) -> None:
        """Remove the files that were downloaded."""
        with self._lock:
            if self._folder is not None:
                with contextlib.suppress(OSError):
                    self._folder.cleanup()

    async def _download_and_send(
        self, owner: str, request: MediaRequest, download: _Fetch, send: Send
    ) -> None:
        name = f"{owner}_{request['index']}{_SUFFIX[request['media']]}"
        try:
            path = await self._downloaded(name, download)
        except (LegnextError, OSError) as error:
            _refuse(send, request["pull"], str(error), retry=True)
            return
        await to_thread(_send_chunk, path, request, send)

    async def _downloaded(self, name: str, download: _Fetch) -> Path:
        """Download a file once, however many ask for it."""
        running = self._downloads.get(name)
        if running is None:
            running = asyncio.ensure_future(download(self._path_of(name)))
            self._downloads[name] = running
        try:
            return await asyncio.shield(running)
        except (LegnextError, OSError):
            self._downloads.pop(name, None)
            raise

    def _animate_and_send(self, job: Job, request: MediaRequest, send: Send) -> None:
        kind, video = request["media"], job.videos[request["index"]]
        path = self._path_of(f"{job.id}_{request['index']}{_SUFFIX[kind]}")
        try:
            if not path.is_file():
                (video.to_gif if kind == "gif" else video.to_webp)(path)
        except LegnextError as error:
            _refuse(send, request["pull"], str(error), retry=False)
        else:
            _send_chunk(path, request, send)

    def _path_of(self, name: str) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(
                    prefix="legnext-clips-", ignore_cleanup_errors=True
                )
            return Path(self._folder.name, name)


def _job_of(video: Video) -> Job:
    return lw.Job(video.client, video.state)


def _send_chunk(path: Path, request: MediaRequest, send: Send) -> None:
    pull, chunk = request["pull"], request["chunk"]
    try:
        size = path.stat().st_size
        chunks = max(1, -(-size // CHUNK_BYTES))
        if not 0 <= chunk < chunks:
            _refuse(send, pull, f"The file has {chunks} chunks.", retry=False)
            return
        with path.open("rb") as file:
            file.seek(chunk * CHUNK_BYTES)
            data = file.read(CHUNK_BYTES)
    except OSError as error:
        _refuse(send, pull, f"The file cannot be read: {error.strerror}.", retry=True)
        return
    send(
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


def _refuse(send: Send, pull: str, message: str, *, retry: bool) -> None:
    answer: MediaErrorMessage = {
        "type": "media",
        "pull": pull,
        "error": {"message": message, "retry": retry},
    }
    send(answer, ())


def links(job: Job, kind: ChunkedKind) -> list[str | None]:
    """A job's links to its files of a kind, by their number."""
    if job.task is None:
        return []
    output = job.task.output
    return list(output.image_urls if kind == "image" else output.video_urls)


def _file(job: Job, kind: ChunkedKind, index: int) -> Path | None:
    """The file of a job that is on this machine and can be used."""
    if kind == "video":
        return job.state.kept_file(index)
    return job.state.posters.get(index) if kind == "poster" else None


def _download(client: Client, job: Job, kind: ChunkedKind, index: int) -> _Fetch:
    def link() -> str | None:
        found = links(job, kind)
        return found[index] if index < len(found) else None

    def download(path: Path) -> Awaitable[Path]:
        file_kind: FileKind = "image" if kind == "image" else "clip"
        return client.session.save(job.state, link, path, None, kind=file_kind)

    return download

"""Media files in a private folder, and the answers that hand them out."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from .jobs import Output

TYPES = {".mp4": "video/mp4", ".png": "image/png", ".jpg": "image/jpeg"}
OPEN_TO_PAGES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-None-Match, If-Range",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
}
"""Headers by which a page of another origin may load media."""

_FOLDER_LIMIT = 1 << 30
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class MediaFolder:
    """A folder of our own that goes when we do."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._files: dict[str, Path] = {}
        self._outputs: dict[str, Output] = {}
        self._sizes: dict[str, int] = {}
        self._size = 0
        self._lock = threading.Lock()

    @property
    def root(self) -> Path:
        """Where the files are."""
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="legnext-sandbox-"))
            return self._root

    def publish(self, path: str, file: Path, output: Output | None = None) -> None:
        """Serves a file under a path; `output` is what it belongs to."""
        with self._lock:
            self._files[path] = file
            if self._root is not None and self._root in file.parents:
                self._sizes[path] = file.stat().st_size
                self._size += self._sizes[path]
                self._make_room()
            if output is not None:
                self._outputs[path] = output

    def _make_room(self) -> None:
        """Drops the oldest files when there are too many bytes; their links then give 404."""
        while self._size > _FOLDER_LIMIT and len(self._sizes) > 1:
            path = next(iter(self._sizes))
            self._size -= self._sizes.pop(path)
            output = self._outputs.pop(path, None)
            extras = (output.picture, output.depth) if output else ()
            for file in (self._files.pop(path), *extras):
                # Windows does not let go of what is being sent; the folder goes in the end.
                if file is not None:
                    with suppress(OSError):
                        file.unlink(missing_ok=True)

    def announce(self, path: str, output: Output) -> None:
        """Says what a path will serve once its file is made."""
        with self._lock:
            self._outputs[path] = output

    def at(self, path: str) -> Path | None:
        """The file served under a path."""
        with self._lock:
            return self._files.get(path)

    def output_at(self, path: str) -> Output | None:
        """The image that is served under a path."""
        with self._lock:
            return self._outputs.get(path)

    def close(self) -> None:
        """Removes everything."""
        with self._lock:
            root, self._root = self._root, None
            self._files.clear()
            self._sizes.clear()
            self._outputs.clear()
        if root is not None:
            shutil.rmtree(root, ignore_errors=True)


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last that a Range header asks for.

    Returns:
        None when the header is of a form that may be ignored (other units, several ranges).

    Raises:
        ValueError: No byte of a file of this size is in the range.
    """
    match = _RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0:
            raise ValueError(header)
        return max(0, size - int(last)), size
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise ValueError(header)
    return start, end


def media_answer(request: Request, file: Path) -> Response:
    """A file, or the part of it that was asked for."""
    size = file.stat().st_size
    mark = hashlib.sha256(f"{file.name}:{size}:{file.stat().st_mtime_ns}".encode()).hexdigest()[:32]
    tag = f'"{mark}"'
    headers = {
        **OPEN_TO_PAGES,
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Cache-Control": "private, max-age=3600",
    }
    if tag in (known.strip() for known in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    part: tuple[int, int] | None = None
    if "range" in request.headers and request.headers.get("if-range", tag) == tag:
        try:
            part = byte_range(request.headers["range"], size)
        except ValueError:
            return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    start, end = part or (0, size)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    body = b"" if request.method == "HEAD" else _read(file, start, end)
    return Response(body, 206 if part else 200, headers, TYPES[file.suffix])


def _read(file: Path, start: int, end: int) -> bytes:
    with file.open("rb") as source:
        source.seek(start)
        return source.read(end - start)

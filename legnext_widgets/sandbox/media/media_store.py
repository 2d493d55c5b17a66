"""Media files in a temporary folder, and the responses that serve them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from legnext_widgets import environment
from legnext_widgets.sandbox.simulation.jobs import MediaFile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


_TYPES = {".mp4": "video/mp4", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}

TAKEN = "/sandbox/pictures"
"""Path under which pictures of the user are given and served."""

_HEADERS = {"Cache-Control": "private, max-age=3600"}
_OPEN_TO_PAGES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-None-Match, If-Range",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
}


class MediaStore:
    """The files of all jobs, in a temporary folder that `close` removes.

    Args:
        limit: Largest size of the folder in bytes; the oldest files go first.
    """

    def __init__(self, limit: int = 1 << 30) -> None:
        self._limit = limit
        self._root: Path | None = None
        self._files: dict[str, MediaFile] = {}
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    @property
    def root(self) -> Path:
        """The folder, created when it is first needed."""
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="legnext-sandbox-"))
            return self._root

    def publish(self, media: MediaFile) -> MediaFile:
        """Serve a file under its path."""
        with self._lock:
            self._files[media.path] = media
            if self._root is not None and self._root in media.file.parents:
                self._sizes[media.path] = media.file.stat().st_size
                self._make_room()
        return media

    def _make_room(self) -> None:
        """Remove the oldest files while there are too many bytes; their links then give 404."""
        while sum(self._sizes.values()) > self._limit and len(self._sizes) > 1:
            path = next(iter(self._sizes))
            del self._sizes[path]
            media = self._files.pop(path)
            for file in (media.file, media.picture):
                # Windows cannot remove a file that is being sent; `close` removes it.
                if file is not None and self._root in file.parents:
                    with suppress(OSError):
                        file.unlink(missing_ok=True)

    def take(self, data: bytes, suffix: str) -> MediaFile:
        """Keep a picture of the user, to make clips of; the same picture once.

        Args:
            data: The file.
            suffix: Of its type, such as `.jpg`.
        """
        name = hashlib.sha256(data).hexdigest()[:40] + suffix
        path = f"{TAKEN}/{name}"
        if (known := self.find(path)) is not None:
            return known
        file = self.root / name
        file.write_bytes(data)
        return self.publish(MediaFile(path, file, picture=file))

    def find(self, path: str) -> MediaFile | None:
        """Return the file that is served under a path."""
        with self._lock:
            return self._files.get(path)

    def close(self) -> None:
        """Remove everything."""
        with self._lock:
            root, self._root = self._root, None
            self._files.clear()
            self._sizes.clear()
        if root is not None:
            shutil.rmtree(root, ignore_errors=True)


def file_response(request: Request, file: Path) -> Response:
    """Return a file, or 304 if the caller has it already."""
    from starlette.responses import FileResponse, PlainTextResponse, Response

    try:
        stat = os.stat(file)  # noqa: PTH116 - FileResponse takes os.stat_result
    except FileNotFoundError:
        return PlainTextResponse("Not found", 404)
    media_type = _TYPES[file.suffix]
    response: Response = FileResponse(file, 200, _HEADERS, media_type, stat_result=stat)
    known = request.headers.get("if-none-match", "").split(",")
    if response.headers["etag"] in (tag.strip() for tag in known):
        return Response(status_code=304, headers=_HEADERS | {"ETag": response.headers["etag"]})
    if environment.in_pyodide():
        # FileResponse reads in a thread. The files are small here, so ranges are not missed.
        return Response(file.read_bytes(), 200, _HEADERS, media_type)
    return response


def open_route(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    """Return the route of media that a page of another origin may load."""
    from starlette.middleware import Middleware
    from starlette.routing import Route

    methods = ["GET", "OPTIONS"]
    return Route(path, endpoint, methods=methods, middleware=[Middleware(_OpenToPages)])


class _OpenToPages:
    """ASGI middleware that answers OPTIONS, and adds the headers that browsers look for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        from starlette.datastructures import MutableHeaders
        from starlette.responses import Response

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_OPEN_TO_PAGES)
                # Starlette before 1.0 omits the unit in a response with status 416.
                if (size := headers.get("content-range", "")).startswith("*/"):
                    headers["content-range"] = f"bytes {size}"
            await send(message)

        app = Response(status_code=204) if scope["method"] == "OPTIONS" else self._app
        await app(scope, receive, send_open)

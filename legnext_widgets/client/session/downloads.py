"""Downloads: a clip is fetched whole or not at all.

The key is never sent to a media host: its requests carry none of the client's headers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import IO

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from legnext_widgets.client.api.redaction import quiet_about_links, redact_links
from legnext_widgets.client.api.urls import is_web_link, without_query
from legnext_widgets.client.errors import DownloadError
from legnext_widgets.environment import to_thread
from legnext_widgets.files import temporary_beside

ATTEMPTS = 5
"""How often in a row a download may bring nothing new before it is given up."""

AT_ONCE = 4
"""Downloads of one client that run at the same time."""

LARGEST = 4 * 2**30
"""Bytes; a longer file is no clip, and must not fill the disk."""

SLOWEST = 64 * 1024
"""Bytes that must come in each `STALL_SECONDS`; less is a connection that stands still."""

STALL_SECONDS = 60.0

_REDIRECTS = 5
_REFUSED = (400, 401, 403, 404, 410)
_TRIES_IN_ALL = 40
_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")

Renew = Callable[[], Awaitable[str | None]]
Progress = Callable[[int, int | None], object]

_log = logging.getLogger("legnext_widgets")


class _InterruptedError(Exception):
    """The connection ended early; what came so far is kept."""


class _Marks:
    """What is known of a file while it is fetched in several tries."""

    def __init__(self) -> None:
        self.etag = ""
        self.farthest = 0
        self.in_vain = 0
        self.stalls = 0


class _Pace:
    """Watches that a connection does not stand still: single bytes keep its timeout from acting."""

    def __init__(self) -> None:
        self._since, self._came = time.monotonic(), 0

    def came(self, count: int) -> bool:
        """Takes note of some bytes; False when too few came for too long."""
        self._came += count
        now = time.monotonic()
        if self._came >= SLOWEST:
            self._since, self._came = now, 0
        return now - self._since <= STALL_SECONDS


class _RefusedError(Exception):
    """The link has expired or is not accepted."""


class Downloader:
    """Fetches media files.

    Args:
        http: Used without its key header. Redirects are followed here, http(s) only.
        timeout: For each phase of a request.
    """

    def __init__(self, http: httpx.AsyncClient, timeout: httpx.Timeout) -> None:
        self._http = http
        self._timeout = timeout
        self._places = asyncio.Semaphore(AT_ONCE)

    async def save(
        self, url: str | None, target: Path, *, renew: Renew, progress: Progress | None = None
    ) -> Path:
        """Fetches a file into `target`, which appears only when it is whole.

        Args:
            url: The link; None when it has to be asked for first.
            target: Name of the file; its folder is made when missing. A file of this name is
                replaced.
            renew: Gives a fresh link; called once when the link is refused or has expired.
            progress: Called with the bytes so far and in all (None when not said).

        Raises:
            DownloadError: It could not be fetched or written.
        """
        try:
            await to_thread(target.parent.mkdir, parents=True, exist_ok=True)
            file = _temporary_beside(target)  # in a thread, a cancellation would leave it behind
        except OSError as error:
            raise DownloadError(f"Cannot write to {target.parent}: {error.strerror}.") from error
        try:
            async with self._places:
                await self._fetch_renewed(url, file, renew, progress)
            await to_thread(_finish, file, target)
        except OSError as error:
            raise DownloadError(f"Cannot write {target}: {error.strerror or error}.") from error
        finally:
            _discard(file)
        return target

    async def read(self, url: str | None, *, renew: Renew) -> bytes:
        """Fetches a file into memory.

        Raises:
            DownloadError: It could not be fetched.
        """
        with tempfile.TemporaryFile() as file:
            async with self._places:
                await self._fetch_renewed(url, file, renew, None)
            file.seek(0)
            return file.read()

    async def _fetch_renewed(
        self, url: str | None, file: IO[bytes], renew: Renew, progress: Progress | None
    ) -> None:
        renewed = url is None
        if url is None:
            url = await renew()
        for _ in range(2):
            if url is None:
                break
            try:
                await self._fetch(url, file, progress)
            except _RefusedError as error:
                if renewed:
                    raise DownloadError(
                        f"{_shown(url)} was refused ({error}), and so was a fresh link. "
                        "Outputs are stored for 30 days."
                    ) from None
                url, renewed = await renew(), True
                _start_over(file)
            else:
                return
        raise DownloadError("The service gives no link to this clip (any more).")

    async def _fetch(self, url: str, file: IO[bytes], progress: Progress | None) -> None:
        marks = _Marks()
        retrying = AsyncRetrying(
            stop=lambda state: (
                max(marks.in_vain, marks.stalls) >= ATTEMPTS
                or state.attempt_number >= _TRIES_IN_ALL
            ),
            wait=_wait,
            retry=retry_if_exception_type(_InterruptedError),
            reraise=True,
        )
        try:
            await retrying(self._fetch_on, url, file, marks, progress)
        except _InterruptedError as error:
            raise DownloadError(f"{_shown(url)} could not be fetched: {error}.") from None

    async def _fetch_on(
        self, url: str, file: IO[bytes], marks: _Marks, progress: Progress | None
    ) -> None:
        """Fetches what is still missing, from where the last try ended."""
        have = file.seek(0, os.SEEK_END)
        headers = {"accept-encoding": "identity"}
        if have:
            headers["range"] = f"bytes={have}-"
            if marks.etag:
                headers["if-range"] = marks.etag
        marks.in_vain += 1
        try:
            async with self._opened(url, headers) as response:
                have, total = _take_up(response, file, have)
                etag = response.headers.get("etag", "")
                marks.etag = etag if not etag.startswith("W/") else ""
                have = await _poured(response, file, have, total, marks, progress)
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise _InterruptedError(redact_links(str(error)) or type(error).__name__) from None
        except (httpx.InvalidURL, UnicodeError) as error:
            raise DownloadError("The clip's address cannot be opened.") from error
        except (DownloadError, _InterruptedError, _RefusedError, OSError):
            raise
        except Exception as error:  # a client of somebody else's may raise anything
            raise _InterruptedError(redact_links(repr(error))) from None
        _check_length(file, have, total)

    @contextlib.asynccontextmanager
    async def _opened(self, url: str, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        if self._http.is_closed:
            raise DownloadError("The HTTP client is closed.")
        for _ in range(_REDIRECTS + 1):
            if not is_web_link(url):
                raise DownloadError("The clip's address is not an http(s) link; it is not opened.")
            request = httpx.Request(
                "GET", url, headers=headers, extensions={"timeout": self._timeout.as_dict()}
            )
            with quiet_about_links():
                response = await self._http.send(
                    request, stream=True, follow_redirects=False, auth=_NO_LOGIN
                )
            try:
                if not response.has_redirect_location:
                    yield response
                    return
                url = str(response.url.join(response.headers["location"]))
            finally:
                await response.aclose()
        raise DownloadError("The clip's address leads in circles.")


async def _poured(
    response: httpx.Response,
    file: IO[bytes],
    have: int,
    total: int | None,
    marks: _Marks,
    progress: Progress | None,
) -> int:
    """Writes what comes to the end of the file; how long that is then."""
    pace = _Pace()
    async for chunk in response.aiter_bytes():
        await to_thread(file.write, chunk)
        have += len(chunk)
        if have > marks.farthest:
            marks.farthest, marks.in_vain = have, 0
        _tell(progress, have, total)
        if max(have, total or 0) > LARGEST:
            raise DownloadError("The file is far too large for a clip.")
        if not pace.came(len(chunk)):
            marks.stalls += 1
            raise _InterruptedError("hardly anything comes")
    return have


def _check_length(file: IO[bytes], have: int, total: int | None) -> None:
    if total is not None and have != total:
        if have > total:
            _start_over(file)
        raise _InterruptedError(f"{have} of {total} bytes came")
    if have == 0:
        raise _InterruptedError("the file is empty")


def _take_up(response: httpx.Response, file: IO[bytes], have: int) -> tuple[int, int | None]:
    """Where the answer's bytes belong in the file, and how long the file will be."""
    status = response.status_code
    length = response.headers.get("content-length", "")
    encoded = response.headers.get("content-encoding", "identity") != "identity"
    total = int(length) if re.fullmatch(r"[0-9]{1,18}", length) and not encoded else None
    if status in _REFUSED:
        raise _RefusedError(f"HTTP {status}")
    if status == 206:
        match = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if match and int(match[1]) == have and not encoded:
            return have, int(match[2]) if match[2] != "*" else None
        _start_over(file)
        raise _InterruptedError("the server sent another part than was asked for")
    if status == 416 or status != 200:
        if status == 416:
            _start_over(file)
        if status in (408, 416, 425, 429) or status >= 500:
            raise _InterruptedError(f"HTTP {status}")
        raise DownloadError(f"The media host answered HTTP {status}.")
    if response.headers.get("content-type", "").startswith("text/html"):
        raise _InterruptedError("a web page came instead of a clip")
    _start_over(file)
    return 0, total


def _tell(progress: Progress | None, have: int, total: int | None) -> None:
    if progress is None:
        return
    try:
        progress(have, total)
    except Exception:  # a progress display must not end a download
        _log.exception("Your progress callback raised an error.")


def _start_over(file: IO[bytes]) -> None:
    file.seek(0)
    file.truncate()


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try; jitter keeps several downloads from knocking at once."""
    ceiling: float = min(8.0, 0.5 * 2 ** min(state.attempt_number - 1, 10))
    return ceiling * random.uniform(0.2, 1)


def file_name(job_id: str, index: int, suffix: str) -> str:
    """A safe name for a file of a job, whatever the service's link looks like."""
    safe = re.sub(r"[^0-9A-Za-z_-]", "_", job_id)[:64] or "job"
    return f"{safe}_{index}{suffix}"


def suffix_of(url: str | None, default: str) -> str:
    """The file type in a link, when it is a usual one for media."""
    match = re.search(
        r"\.(mp4|webm|mov|png|jpe?g|webp|gif)$", without_query(url or ""), re.IGNORECASE
    )
    return f".{match[1].lower()}" if match else default


def _temporary_beside(target: Path) -> IO[bytes]:
    # Not a file of `tempfile`: this one has the rights that any file of the person has.
    return temporary_beside(target).open("x+b")


def _finish(file: IO[bytes], target: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    Path(file.name).replace(target)


def _discard(file: IO[bytes]) -> None:
    """Closes and removes a temporary file; one that became the real file is not there any more."""
    file.close()
    with contextlib.suppress(OSError):
        Path(file.name).unlink(missing_ok=True)


def _shown(url: str) -> str:
    return without_query(url)


class _NoLogin(httpx.Auth):
    """Keeps httpx from adding a login of the environment (.netrc) to a request for media."""


_NO_LOGIN = _NoLogin()

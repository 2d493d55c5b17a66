"""Download media files, whole or not at all, over connections that break.

The key is never sent to a media host: these requests carry none of the client's headers.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import IO, TYPE_CHECKING

from legnext_widgets.client.api.redaction import quiet_about_links, redact_links
from legnext_widgets.client.api.transport import user_agent
from legnext_widgets.client.api.urls import is_web_link, without_query
from legnext_widgets.client.errors import DownloadError, LegnextError
from legnext_widgets.client.runtime.callbacks import call_guarded
from legnext_widgets.environment import to_thread
from legnext_widgets.files import replacing

from .retry import RetryPolicy, TransientError

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from legnext_widgets.client.api.transport import Transport

    from .job_state import JobState

AT_ONCE = 4
"""Downloads of one client that run at the same time."""

LARGEST = 4 * 2**30
"""Bytes. A longer file is not a clip, and must not fill the disk."""

STALL_BYTES = 64 * 1024
"""Bytes that must come in each `STALL_SECONDS`; else the download is stalled."""

STALL_SECONDS = 60.0

WRITE_BYTES = 512 * 1024
"""Bytes that are written at once: a write in a thread costs more than most chunks of a network."""

MAX_REDIRECTS = 5

_MAX_TRIES = 40
_REFUSED = (400, 401, 403, 404, 410)
_PASSING = (408, 416, 425, 429)
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")

Renew = Callable[[], Awaitable[str | None]]
"""Gives a fresh link to a file; None when there is none any more."""

Progress = Callable[[int, int | None], object]
"""Called with the bytes so far and in all (None while unknown)."""


class _InterruptedError(TransientError):
    """The connection ended early; what came so far is kept."""


class _RefusedError(Exception):
    """The link has expired or is not accepted."""


class _Partial:
    """A file while it is fetched in several tries.

    Args:
        file: Where the bytes go.
        progress: Called with the bytes so far and in all.

    Attributes:
        have: Bytes that are there.
        total: Bytes of the whole file; None while unknown.
        etag: Of the version whose first bytes are there; empty without a strong one.
        in_vain: Tries in a row without new bytes.
        stalls: Tries that stalled.
    """

    def __init__(self, file: IO[bytes], progress: Progress | None) -> None:
        self.have = 0
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

    def start_over(self) -> None:
        """Discard the bytes received so far."""
        self._unwritten.clear()
        self._file.seek(0)
        self._file.truncate()
        self.have = 0


class Downloads:
    """Download media files.

    Args:
        transport: Its HTTP client is used without the key. Redirects are followed here, http(s)
            only.
        retry: How often to try again what broke; see `RetryPolicy.max_retries`.

    Attributes:
        largest: Bytes of a file, at most.
        stall_seconds: Seconds in which 64 KiB must come.
    """

    def __init__(self, transport: Transport, retry: RetryPolicy | None = None) -> None:
        self.retry = retry or RetryPolicy()
        self.largest = LARGEST
        self.stall_seconds = STALL_SECONDS
        self._transport = transport
        self._places = asyncio.Semaphore(AT_ONCE)

    async def save(
        self, url: str | None, target: Path, *, renew: Renew, progress: Progress | None = None
    ) -> Path:
        """Download a file to `target`, which appears only when it is whole.

        Args:
            url: The link; None when it must be requested first.
            target: Name of the file; its folder is made when missing. A file of this name is
                replaced.
            renew: Gives a fresh link; called once when the link is refused or has expired.
            progress: Called with the bytes so far and in all.

        Raises:
            DownloadError: It could not be fetched or written.
        """
        try:
            await to_thread(target.parent.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadError(f"Cannot write to {target.parent}: {error.strerror}.") from error
        try:
            with replacing(target) as partial, partial.open("x+b") as file:
                async with self._places:
                    await self._fetch_renewed(url, file, renew, progress)
                await to_thread(_flush, file)
        except OSError as error:
            raise DownloadError(f"Cannot write {target}: {error.strerror or error}.") from error
        return target

    async def read(self, url: str | None, *, renew: Renew) -> bytes:
        """Download a file into memory.

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
            partial = _Partial(file, progress)
            partial.start_over()
            try:
                await self._fetch(url, partial)
            except _RefusedError as error:
                if renewed:
                    raise DownloadError(
                        f"{without_query(url)} was refused ({error}), and so was a fresh link. "
                        "Outputs are stored for 30 days."
                    ) from None
                url, renewed = await renew(), True
            else:
                return
        raise DownloadError("The service gives no link to this clip (any more).")

    async def _fetch(self, url: str, partial: _Partial) -> None:
        def give_up(tries: int) -> bool:
            in_vain = max(partial.in_vain, partial.stalls)
            return in_vain > self.retry.max_retries + 1 or tries >= _MAX_TRIES

        try:
            await self.retry.run(lambda: self._fetch_rest(url, partial), give_up=give_up)
        except _InterruptedError as error:
            shown = without_query(url)
            raise DownloadError(f"{shown} could not be fetched: {error}.") from None

    async def _fetch_rest(self, url: str, partial: _Partial) -> None:
        """Fetch what is still missing, from where the last try ended."""
        import httpx

        headers = {"accept-encoding": "identity", "user-agent": user_agent()}
        if partial.have:
            headers["range"] = f"bytes={partial.have}-"
            if partial.etag:
                headers["if-range"] = partial.etag
        partial.in_vain += 1
        try:
            async with self._opened(url, headers) as response:
                _begin(response, partial)
                etag = response.headers.get("etag", "")
                partial.etag = etag if not etag.startswith("W/") else ""
                try:
                    await self._pour(response, partial)
                finally:  # what came before a connection broke is kept
                    await partial.flush()
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise _InterruptedError(redact_links(str(error)) or type(error).__name__) from None
        except (httpx.InvalidURL, UnicodeError) as error:
            raise DownloadError("The clip's address cannot be opened.") from error
        except (DownloadError, _InterruptedError, _RefusedError, OSError):
            raise
        except Exception as error:  # a user's own client may raise anything
            raise _InterruptedError(redact_links(repr(error))) from None
        _check_length(partial)

    @contextlib.asynccontextmanager
    async def _opened(self, url: str, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        import httpx

        http, timeout = self._transport.http, self._transport.timeout
        if http.is_closed:
            raise DownloadError("The HTTP client is closed.")
        for _ in range(MAX_REDIRECTS + 1):
            if not is_web_link(url):
                raise DownloadError("The clip's address is not an http(s) link; it is not opened.")
            request = httpx.Request(
                "GET", url, headers=headers, extensions={"timeout": timeout.as_dict()}
            )
            with quiet_about_links():
                # Not by default: httpx adds a login of the environment (.netrc) then.
                response = await http.send(
                    request, stream=True, follow_redirects=False, auth=httpx.Auth()
                )
            try:
                if not response.has_redirect_location:
                    yield response
                    return
                url = str(response.url.join(response.headers["location"]))
            finally:
                await response.aclose()
        raise DownloadError("The clip's address redirects too many times.")

    async def _pour(self, response: httpx.Response, partial: _Partial) -> None:
        """Append a body to the file."""
        # Single bytes now and then keep the timeout of a read from acting.
        since, came = time.monotonic(), 0
        async for chunk in response.aiter_bytes():
            await partial.append(chunk)
            if max(partial.have, partial.total or 0) > self.largest:
                raise DownloadError("The file is far too large for a clip.")
            came += len(chunk)
            if came >= STALL_BYTES:
                since, came = time.monotonic(), 0
            elif time.monotonic() - since > self.stall_seconds:
                partial.stalls += 1
                raise _InterruptedError(f"stalled: under 64 KiB in {self.stall_seconds:g} s")


def renewal(
    ask: Callable[[str, JobState], Awaitable[object]],
    job: JobState,
    link: Callable[[], str | None],
) -> Renew:
    """Make what renews the link to a file of a job: asking for the job gives a fresh one.

    Args:
        ask: Asks for a job; `Poller.ask`.
        job: The job.
        link: Gives the link as last known.
    """

    async def renew() -> str | None:
        try:
            await ask(job.id, job)
        except LegnextError as error:
            raise DownloadError(f"A new link could not be fetched: {error}") from error
        return link()

    return renew


def _begin(response: httpx.Response, partial: _Partial) -> None:
    """Find out where the body belongs in the file, and how long the file will be."""
    status = response.status_code
    length = response.headers.get("content-length", "")
    encoded = response.headers.get("content-encoding", "identity") != "identity"
    if status in _REFUSED:
        raise _RefusedError(f"HTTP {status}")
    if status == 206:
        match = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        if match and int(match[1]) == partial.have and not encoded:
            partial.total = int(match[2]) if match[2] != "*" else None
            return
        partial.start_over()
        raise _InterruptedError("the server sent a different part than requested")
    if status != 200:
        if status == 416:
            partial.start_over()
        if status in _PASSING or status >= 500:
            raise _InterruptedError(f"HTTP {status}")
        raise DownloadError(f"The media host answered HTTP {status}.")
    if response.headers.get("content-type", "").startswith("text/html"):
        raise _InterruptedError("a web page came instead of a clip")
    partial.start_over()
    partial.total = int(length) if re.fullmatch(r"[0-9]{1,18}", length) and not encoded else None


def _check_length(partial: _Partial) -> None:
    have, total = partial.have, partial.total
    if total is not None and have != total:
        if have > total:
            partial.start_over()
        raise _InterruptedError(f"{have} of {total} bytes came")
    if have == 0:
        raise _InterruptedError("the file is empty")


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())

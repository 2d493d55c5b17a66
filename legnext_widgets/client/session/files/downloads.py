"""Download media files, whole or not at all, over connections that break.

What comes is only believed when its container says that it is a whole clip or an image. The key is
never sent to a media host: these requests carry none of the client's headers.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from legnext_widgets.client.api.transport import user_agent
from legnext_widgets.client.api.urls import expiry_of, is_web_link
from legnext_widgets.client.errors import DownloadError
from legnext_widgets.client.media.containers import begins_like, shown_size
from legnext_widgets.client.media.unexpected_content import LOOKED_AT, describe_content
from legnext_widgets.client.redaction import quiet_about_links, redact_links, without_query
from legnext_widgets.client.session.retry import RetryPolicy, TransientError
from legnext_widgets.environment import to_thread
from legnext_widgets.files import replacing

from .partial_file import InterruptedDownloadError, PartialFile, Progress, RefusedLinkError

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.client.media.containers import FileKind

AT_ONCE = 4
"""Downloads of one client that run at the same time."""

LARGEST = 4 * 2**30
"""Bytes. A longer file is not a clip, and must not fill the disk."""

STALL_BYTES = 64 * 1024
"""Bytes that must come in each `STALL_SECONDS`; else the download is stalled."""

STALL_SECONDS = 60.0

MAX_REDIRECTS = 5

REFUSALS = 2
"""How often a link may be refused, a fresh one included."""

REFUSALS_WHEN_FRESH = 24
"""The same in the first minutes after a job ended: a media host may not have the file yet. With
the usual waits this is two to three minutes."""

_RENEW_AT = (1, 2, 4, 8, 16)
"""Refusals after which a fresh link is asked for."""

_MAX_TRIES = 40

Renew = Callable[[], Awaitable[str | None]]
"""Gives a fresh link to a file; None when there is none any more."""


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
        self._ending = asyncio.Event()

    def end_retries(self) -> None:
        """Let downloads that receive data end; those that wait for another try fail."""
        self._ending.set()

    async def save(
        self,
        url: str | None,
        target: Path,
        *,
        renew: Renew,
        progress: Progress | None = None,
        kind: FileKind = "media",
        fresh: bool = False,
    ) -> Path:
        """Download a file to `target`, which appears only when it is whole.

        Args:
            url: The link; None when it must be requested first.
            target: Name of the file; its folder is made when missing. A file of this name is
                replaced.
            renew: Gives a fresh link; called when the link is refused or has expired.
            progress: Called with the bytes so far and in all.
            kind: What the file must be.
            fresh: Whether its job ended a moment ago; then a refusal is waited through.

        Raises:
            DownloadError: It could not be fetched or written.
        """
        try:
            await to_thread(target.parent.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadError(
                f"Cannot write to {target.parent}: {error.strerror}.", unwritten=True
            ) from error
        try:
            with replacing(target) as partial, partial.open("x+b") as file:
                await self._fetch_renewed(
                    url, PartialFile(file, kind, progress), renew, fresh=fresh
                )
                await to_thread(_flush, file)
        except OSError as error:
            raise DownloadError(
                f"Cannot write {target}: {error.strerror or error}.", unwritten=True
            ) from error
        return target

    async def read(
        self, url: str | None, *, renew: Renew, kind: FileKind = "media", fresh: bool = False
    ) -> bytes:
        """Download a file into memory; see `save`.

        Raises:
            DownloadError: It could not be fetched.
        """
        with tempfile.TemporaryFile() as file:
            await self._fetch_renewed(url, PartialFile(file, kind, None), renew, fresh=fresh)
            file.seek(0)
            return file.read()

    async def _fetch_renewed(
        self, url: str | None, partial: PartialFile, renew: Renew, *, fresh: bool
    ) -> None:
        refusals, most = 0, REFUSALS_WHEN_FRESH if fresh else REFUSALS
        replaced = False
        if url is None:
            url, refusals = await renew(), 0 if fresh else REFUSALS - 1
        while url is not None:
            partial.begin()
            try:
                await self._fetch(url, partial)
            except RefusedLinkError as error:
                refusals += 1
                if refusals >= most:
                    raise DownloadError(
                        f"{without_query(url)} was refused {most} times ({error}), and so was a "
                        "fresh link.",
                        gone=True,
                    ) from None
                if refusals > 1:
                    await self._pause(self.retry.wait(refusals - 1, error))
                if refusals in _RENEW_AT:
                    url = await _renew_link(url, renew, fresh=fresh)
            except InterruptedDownloadError as error:
                other = None if replaced else await _other_link(url, renew)
                if other is None:
                    raise DownloadError(
                        f"{without_query(url)} could not be fetched: {error}."
                    ) from None
                url, replaced = other, True
            else:
                return
        raise DownloadError("The service provides no link to this clip.", gone=True)

    async def _fetch(self, url: str, partial: PartialFile) -> None:
        def give_up(tries: int) -> bool:
            in_vain = max(partial.in_vain, partial.stalls)
            return in_vain > self.retry.max_retries + 1 or tries >= _MAX_TRIES

        await self.retry.run(
            lambda: self._fetch_rest(url, partial),
            give_up=give_up,
            repeat=lambda error: isinstance(error, InterruptedDownloadError),
            sleep=self._pause,
        )

    async def _pause(self, seconds: float) -> None:
        """Wait before another try.

        Raises:
            DownloadError: No other try is wanted; see `end_retries`.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        except TimeoutError:
            return
        raise DownloadError("The client was closed.")

    async def _fetch_rest(self, url: str, partial: PartialFile) -> None:
        """Fetch what is still missing, from where the last try ended."""
        import httpx

        headers = {"accept-encoding": "identity", "user-agent": user_agent()}
        if partial.have:
            headers["range"] = f"bytes={partial.have}-"
            if partial.etag:
                headers["if-range"] = partial.etag
        partial.in_vain += 1
        try:
            async with self._places, self._open_response(url, headers) as response:
                await _begin(response, partial)
                etag = response.headers.get("etag", "")
                partial.etag = etag if not etag.startswith("W/") else ""
                try:
                    await self._write_chunks(response, partial)
                finally:  # what came before a connection broke is kept
                    await partial.flush()
        except (httpx.HTTPError, httpx.StreamError) as error:
            came = f"{shown_size(partial.have, partial.total)} received; " if partial.have else ""
            reason = redact_links(str(error)) or type(error).__name__
            raise InterruptedDownloadError(f"{came}{reason}") from None
        except (httpx.InvalidURL, UnicodeError) as error:
            raise DownloadError("The clip's address cannot be opened.") from error
        except (DownloadError, TransientError, OSError):
            raise
        except Exception as error:  # a user's own client may raise anything
            raise InterruptedDownloadError(redact_links(repr(error))) from None
        await partial.check(response.headers.get("content-type", ""))

    @contextlib.asynccontextmanager
    async def _open_response(
        self, url: str, headers: dict[str, str]
    ) -> AsyncIterator[httpx.Response]:
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

    async def _write_chunks(self, response: httpx.Response, partial: PartialFile) -> None:
        """Append a body to the file."""
        # Single bytes now and then keep the timeout of a read from acting.
        since, came = time.monotonic(), 0
        async for chunk in response.aiter_bytes():
            await partial.append(chunk)
            if max(partial.have, partial.total or 0) > self.largest:
                raise DownloadError("The file is too large to be a clip.")
            if len(partial.head) == LOOKED_AT and not begins_like(partial.kind, partial.head):
                return  # the rest of a page or of an error is not needed
            came += len(chunk)
            if came >= STALL_BYTES:
                since, came = time.monotonic(), 0
            elif time.monotonic() - since > self.stall_seconds:
                partial.stalls += 1
                raise InterruptedDownloadError(f"stalled: under 64 KiB in {self.stall_seconds:g} s")


async def _renew_link(url: str, renew: Renew, *, fresh: bool) -> str | None:
    """Ask for a fresh link; the old one stays while the service cannot be asked."""
    try:
        return await renew()
    except DownloadError:
        if fresh:
            return url
        raise


async def _other_link(url: str, renew: Renew) -> str | None:
    """Ask for another link where one leads to no clip: its host may be gone, or its time over.

    Returns:
        None where the service gives the same link, or cannot be asked.
    """
    with contextlib.suppress(DownloadError):
        other = await renew()
        expiry = expiry_of(url)
        is_over = expiry is not None and expiry <= datetime.now(UTC)
        if other is not None and (is_over or without_query(other) != without_query(url)):
            return other
    return None


async def _begin(response: httpx.Response, partial: PartialFile) -> None:
    """Find out where the body belongs in the file, and how long the file will be."""
    # Loaded with the first download.
    from legnext_widgets.client.media.download_response import verdict_of

    verdict = verdict_of(response.status_code, response.headers, partial.have)
    if verdict.meaning in ("whole", "start_over"):
        partial.start_over()
    if verdict.meaning in ("whole", "rest"):
        partial.total = verdict.total
        return
    reason = verdict.reason
    if response.status_code >= 400:
        import httpx

        head = b""
        with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
            async for chunk in response.aiter_bytes():
                head += chunk
                if len(head) >= LOOKED_AT:
                    break
        reason = f"{reason}, {describe_content(head)}" if head else reason
    kind = RefusedLinkError if verdict.meaning == "refused" else InterruptedDownloadError
    raise kind(reason, retry_after=verdict.retry_after)


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())

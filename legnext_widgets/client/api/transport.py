"""The channel to the service: HTTP requests with the key, to the API's own origin only."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Literal

import httpx

from legnext_widgets.client.errors import TransportError
from legnext_widgets.client.messages import Message

from .redaction import plain, quiet_about_links, redact_links
from .responses import Response
from .urls import ACCOUNT_PATH, TASK_PATH, origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .auth import Secret

LONGEST_ANSWER = 8 * 2**20
"""Bytes; a longer answer is not one of this API."""

DEADLINE = 4
"""How many times the timeout a whole call may take. Each phase has its own timeout (a place in the
pool, connecting, TLS, writing, each piece of the answer); only an answer that trickles in without
end takes longer."""

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_ACCEPT = {"accept": "application/json"}
_SEND = _ACCEPT | {"content-type": "application/json"}


class LostAnswerError(Exception):
    """A request left, and no whole answer came back.

    Attributes:
        reason: In plain words.
        partial: The part of the body that did arrive.
    """

    def __init__(self, reason: str, partial: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.partial = partial


class HTTPClientClosedError(TransportError):
    """The `http_client` that was given has been closed; nothing was sent, and nothing ever will."""

    def __init__(self) -> None:
        super().__init__("The HTTP client is closed. Nothing was sent.")


class Transport:
    """Sends requests to the service.

    Args:
        base_url: Origin of the service, with or without a path before `/api`.
        key: Sent as `x-api-key` with each request of this channel and nowhere else.
        timeout: Seconds for each phase (connect, write, read) of a request; the whole of it, with
            an answer that comes in many pieces, may take four times as long.
        http_client: A client to use instead of an own one; it is not closed here.
        by_proxy: Whether the proxies that the environment names are used; none could reach the
            embedded sandbox for us.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        *,
        timeout: float,
        http_client: httpx.AsyncClient | None,
        by_proxy: bool = True,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._shown = origin_of(base_url)
        self.timeout = httpx.Timeout(timeout, connect=min(timeout, 15.0))
        self._deadline = DEADLINE * timeout
        self._key = key
        self._owned: list[httpx.AsyncClient] = []
        if http_client is None:
            certificates = httpx.create_ssl_context()
            # A connection kept open may be closed by the server at the very moment at which a paid
            # request is written to it, and then nobody knows its outcome. So those get a fresh one.
            fresh = httpx.Limits(max_connections=20, max_keepalive_connections=0)
            self.http = httpx.AsyncClient(verify=certificates, trust_env=by_proxy)
            self._submitting = httpx.AsyncClient(
                verify=certificates, limits=fresh, trust_env=by_proxy
            )
            self._owned += [self.http, self._submitting]
        else:
            self.http = self._submitting = http_client

    async def get_job(self, job_id: str) -> Response:
        """`GET /api/v1/job/{job_id}`."""
        return await self._get(f"{TASK_PATH}/job/{job_id}")

    async def get_account(self, what: Literal["balance", "active_tasks"]) -> Response:
        """`GET /api/account/...`."""
        return await self._get(f"{ACCOUNT_PATH}/{what}")

    async def post(self, endpoint: str, payload: Mapping[str, Any]) -> Response:
        """`POST /api/v1/{endpoint}`, exactly once.

        Raises:
            TransportError: The request provably did not reach the service.
            LostAnswerError: It may have.
        """
        body = json.dumps(payload, ensure_ascii=False).encode()
        return await self._exchange(self._submitting, "POST", f"{TASK_PATH}/{endpoint}", body)

    async def aclose(self) -> None:
        """Closes the connections this channel opened."""
        for client in self._owned:
            await client.aclose()

    async def _get(self, path: str) -> Response:
        try:
            return await self._exchange(self.http, "GET", path, None)
        except LostAnswerError as error:
            reason = error.reason
        raise TransportError(Message("no_whole_answer", host=self._shown, reason=reason))

    async def _exchange(
        self, client: httpx.AsyncClient, method: str, path: str, body: bytes | None
    ) -> Response:
        if client.is_closed:
            raise HTTPClientClosedError
        got = _Received()
        failure: BaseException | None = None
        try:
            request = client.build_request(
                method,
                self.base_url + path,
                content=body,
                headers=_ACCEPT if body is None else _SEND,
                timeout=self.timeout,
                extensions={"trace": got.trace},
            )
            # Set here, so that no local variable of ours holds it, whatever shows a traceback.
            request.headers["x-api-key"] = self._key.reveal()
            with quiet_about_links():
                async with asyncio.timeout(self._deadline):
                    await self._receive(client, request, got)
        except Exception as error:  # a client of somebody else's may raise anything
            if got.connecting or isinstance(error, _NOTHING_SENT):
                failure = TransportError(
                    Message("unreachable", host=self._shown, reason=_in_words(error))
                )
            elif not 400 <= got.status < 500:  # a refusal is one, whatever became of its text
                failure = LostAnswerError(_in_words(error), bytes(got.body))
        except BaseException as interruption:
            raise plain(interruption)  # noqa: B904 - it is the same error
        if failure is not None:
            # Raised here and not above, where the cause with its request and key would hang on it.
            raise failure
        return Response(got.status, got.headers, bytes(got.body))

    async def _receive(
        self, client: httpx.AsyncClient, request: httpx.Request, got: _Received
    ) -> None:
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            got.status, got.headers = response.status_code, dict(response.headers)
            async for chunk in response.aiter_bytes():
                got.body += chunk
                if len(got.body) > LONGEST_ANSWER:
                    raise LostAnswerError("the answer is far too long", bytes(got.body))
        finally:
            await response.aclose()


class _Received:
    """What has come of an answer so far.

    Attributes:
        connecting: Whether a connection is being made and nothing of the request has left for
            certain. False where that is not known, as with a transport that does not tell.
    """

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.connecting = False
        self._left = False

    async def trace(self, event: str, _: object) -> None:
        """Is told by the connection what it does (httpcore's `trace` extension)."""
        self._left = self._left or not event.startswith("connection.")
        self.connecting = not self._left


def _in_words(error: Exception) -> str:
    if isinstance(error, LostAnswerError):
        return error.reason
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return "no connection in time"
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, TimeoutError):
        return "no whole answer in time"
    said = redact_links(str(error).strip())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__

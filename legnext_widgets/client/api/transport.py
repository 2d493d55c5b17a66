"""Send HTTP requests with the key, to the API's own origin only.

httpx is imported with the first request and not with this module: with all that it brings it takes
longer than the rest of this package, and a widget is shown before anything is sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import platform
import time
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal

from legnext_widgets.client.errors import APIError, TransportError
from legnext_widgets.client.messages import Message
from legnext_widgets.client.redaction import quiet_about_links, strip_frames

from .clock import ServiceClock, clock_message
from .failures import HTTPClientClosedError, LostAnswerError, reason_of, unsent_failure
from .models.balance import Balance, parse_balance
from .models.tasks import Task, parse_tasks
from .responses import GATEWAY_HEADER, Response, check, task_in
from .urls import ACCOUNT_PATH, TASK_PATH, origin_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    import httpx

    from .auth import Secret
    from .body_watch import WatchedRequest
    from .routes import Certificates

LARGEST_RESPONSE = 8 * 2**20
"""Bytes. A longer body is not an answer of this API."""

DEADLINE_FACTOR = 4
"""How many times the timeout a whole call may take. Each phase has its own timeout (a place in the
pool, connecting, TLS, writing, each piece of the body); the deadline ends a body that trickles in
without end."""

_CLOSE_TIMEOUT = 1.0
"""Seconds in which cancelled requests must release their connections."""

_log = logging.getLogger("legnext_widgets")

_ACCEPT = {"accept": "application/json"}
_SEND = _ACCEPT | {"content-type": "application/json"}


@cache
def user_agent() -> str:
    """Name this package, Python and httpx with their versions, as the `User-Agent` header."""
    import httpx

    try:
        own = version("legnext-widgets")
    except PackageNotFoundError:  # run from a copy of the sources
        own = "0"
    return f"legnext-widgets/{own} (python/{platform.python_version()}; httpx/{httpx.__version__})"


class Transport:
    """Send requests to one service with one key.

    Args:
        base_url: Origin of the service, with or without a path before `/api`.
        key: Sent as `x-api-key` with each request to the service, and nowhere else.
        timeout: Seconds for each phase (connect, write, read) of a request.
        http_client: A client to use instead of an own one. It is not closed here.
        use_environment: Whether to respect proxies and certificates of the environment. None of
            them could help to reach the embedded sandbox.
        on_headers: Called with the headers of every response, errors and broken ones included.
        clock: The service's clock, which learns from every response.

    Attributes:
        seconds: Seconds for each phase of a request.
        deadline: Seconds that a whole call may take.
        at_gateway: Whether an answer was a gateway's: see docs/guides/class.md.
        on_gateway: Called when the service shows itself as a gateway for the first time.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        *,
        timeout: float,
        http_client: httpx.AsyncClient | None,
        use_environment: bool = True,
        on_headers: Callable[[Mapping[str, str]], object] | None = None,
        clock: ServiceClock | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.deadline = DEADLINE_FACTOR * timeout
        self.at_gateway = False
        self.on_gateway: Callable[[], object] | None = None
        self._host = origin_of(base_url)
        self._key = key
        self._on_headers = on_headers
        self._clock = clock or ServiceClock()
        self._given = http_client
        self.seconds = timeout
        self._use_environment = use_environment
        self._owned: list[httpx.AsyncClient] = []
        self._under_way: set[asyncio.Timeout] = set()
        self._ended = asyncio.Event()

    @cached_property
    def timeout(self) -> httpx.Timeout:
        """The timeouts of each phase."""
        import httpx

        return httpx.Timeout(self.seconds, connect=min(self.seconds, 15.0))

    @cached_property
    def http(self) -> httpx.AsyncClient:
        """The client for everything but submissions; media are fetched with it, without the key."""
        return self._given or self._open()

    @cached_property
    def _submitting(self) -> httpx.AsyncClient:
        # A server may close a kept-alive connection at the very moment at which a paid request is
        # written to it, and its outcome is unknown then. So each of those gets a fresh one.
        return self._given or self._open(max_connections=20, max_keepalive_connections=0)

    @cached_property
    def _certificates(self) -> Certificates:
        from .routes import Certificates

        return Certificates(use_environment=self._use_environment)

    def _open(
        self, *, max_connections: int = 100, max_keepalive_connections: int = 20
    ) -> httpx.AsyncClient:
        import httpx

        from .routes import RoutingTransport

        limits = httpx.Limits(
            max_connections=max_connections, max_keepalive_connections=max_keepalive_connections
        )
        opened = httpx.AsyncClient(transport=RoutingTransport(self._certificates, limits))
        self._owned.append(opened)
        return opened

    async def get_task(self, job_id: str) -> Task:
        """Call `GET /api/v1/job/{job_id}`, once.

        Raises:
            TransportError: No whole answer came.
            APIError: The service answered with an error.
            InvalidResponseError: The answer is not a task of this job.
        """
        return task_in(await self._get(f"{TASK_PATH}/job/{job_id}"), job_id)

    async def get_balance(self) -> Balance:
        """Call `GET /api/account/balance`, once.

        Raises:
            TransportError, APIError, InvalidResponseError: As `get_task`.
        """
        return parse_balance(await self._get_account("balance"))

    async def get_active_tasks(self) -> list[Task]:
        """Call `GET /api/account/active_tasks`, once.

        Raises:
            TransportError, APIError, InvalidResponseError: As `get_task`.
        """
        return parse_tasks(await self._get_account("active_tasks"))

    async def post(
        self, endpoint: str, payload: Mapping[str, Any], *, key: str | None = None
    ) -> Response:
        """Call `POST /api/v1/{endpoint}`, exactly once.

        Args:
            endpoint: Such as `video-diffusion`.
            payload: The JSON body.
            key: The `Idempotency-Key` of the request. The service itself knows none; a gateway
                gives the same job for the same key.

        Raises:
            TransportError: The request provably did not reach the service.
            LostAnswerError: It may have reached the service.
        """
        body = json.dumps(payload, ensure_ascii=False).encode()
        path = f"{TASK_PATH}/{endpoint}"
        return await self._exchange(self._submitting, "POST", path, body, key=key)

    async def get(self, path: str) -> bytes:
        """Call `GET` for another path of the same service, once; gives the body.

        Raises:
            TransportError, APIError: As `get_task`.
        """
        response = await self._get(path)
        try:
            check(response)
        except APIError as error:
            error.operation = "account"
            raise
        return response.body

    async def aclose(self) -> None:
        """End the requests under way, and close the connections that were opened here."""
        for limit in self._under_way:
            if not limit.expired():
                limit.reschedule(0)
        with contextlib.suppress(TimeoutError):  # a user's own client may take its time
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                while self._under_way:
                    self._ended.clear()
                    await self._ended.wait()
        for client in self._owned:
            await client.aclose()

    async def _get_account(self, name: Literal["balance", "active_tasks"]) -> bytes:
        return await self.get(f"{ACCOUNT_PATH}/{name}")

    async def _get(self, path: str) -> Response:
        try:
            return await self._exchange(self.http, "GET", path, None)
        except LostAnswerError as error:
            reason = error.reason
        raise TransportError(Message("no_whole_answer", host=self._host, reason=reason))

    async def _exchange(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        body: bytes | None,
        *,
        key: str | None = None,
    ) -> Response:
        if client.is_closed:
            raise HTTPClientClosedError
        received = _Received()
        failure: BaseException | None = None
        request: WatchedRequest | None = None
        try:
            request = self._build(client, method, path, body, key)
            # Set here, so that no local variable holds it in a traceback that shows them.
            request.headers["x-api-key"] = self._key.reveal()
            with quiet_about_links():
                async with self._deadline():
                    await self._receive(client, request, received)
        except Exception as error:  # a user's own client may raise anything
            self._key.hide_in(error)
            own = self._given is None
            unsent = unsent_failure(error, request, self._host, by_httpcore=own)
            if unsent is not None and not received.status:
                failure = unsent
            elif not 400 <= received.status < 500:  # a 4xx is an error even if its body broke
                failure = LostAnswerError(reason_of(error), self._key.hide(bytes(received.body)))
        except BaseException as interruption:
            raise strip_frames(interruption)  # noqa: B904 - it is the same error
        self._learn(received.headers)
        if failure is not None:
            # Raised outside of `except`: its cause holds the request with the key.
            raise failure
        # A server may quote what it was sent; what it says is shown, logged and stored.
        body_of_answer = self._key.hide(bytes(received.body))
        return Response(received.status, received.headers, body_of_answer)

    @contextlib.asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        """End a request when its time is up or the client is closed."""
        async with asyncio.timeout(self.deadline) as limit:
            self._under_way.add(limit)
            try:
                yield
            finally:
                self._under_way.discard(limit)
                self._ended.set()

    def _learn(self, headers: Mapping[str, str]) -> None:
        if self._on_headers is not None and headers:
            self._on_headers(headers)
        if GATEWAY_HEADER in headers and not self.at_gateway:
            self.at_gateway = True
            if self.on_gateway is not None:
                self.on_gateway()

    def _build(
        self, client: httpx.AsyncClient, method: str, path: str, body: bytes | None, key: str | None
    ) -> WatchedRequest:
        """Make a request, without the API key."""
        from .body_watch import WatchedRequest

        built = client.build_request(
            method,
            self.base_url + path,
            content=body,
            headers=_ACCEPT if body is None else _SEND,
            timeout=self.timeout,
        )
        request = WatchedRequest(built, body or b"")
        if request.headers.get("user-agent", "").startswith("python-httpx/"):
            request.headers["user-agent"] = user_agent()
        if key is not None:
            request.headers["idempotency-key"] = key
        return request

    async def _receive(
        self, client: httpx.AsyncClient, request: httpx.Request, received: _Received
    ) -> None:
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            received.status, received.headers = response.status_code, dict(response.headers)
            if self._clock.learn(received.headers, time.time()) and self._clock.large:
                _log.warning("%s", clock_message(self._clock.skew))
            async for chunk in response.aiter_bytes():
                received.body += chunk
                if len(received.body) > LARGEST_RESPONSE:
                    raise LostAnswerError(Message("answer_too_long"), bytes(received.body))
        finally:
            await response.aclose()


class _Received:
    """The part of a response that has arrived so far."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = bytearray()

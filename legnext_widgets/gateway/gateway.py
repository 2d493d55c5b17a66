"""The gateway as one ASGI app: store, dispatcher, poller and routes put together."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from legnext_widgets.client.api.auth import Secret
from legnext_widgets.client.api.clock import ServiceClock
from legnext_widgets.client.api.responses import GATEWAY_HEADER, SANDBOX_HEADER, sandbox_speed
from legnext_widgets.client.api.transport import Transport
from legnext_widgets.client.errors import AuthenticationError, LegnextError
from legnext_widgets.client.schedule import expectation, next_delay
from legnext_widgets.gateway.embedded import EmbeddedSandbox
from legnext_widgets.gateway.identity.authenticator import Authenticator
from legnext_widgets.gateway.identity.hub import Hub
from legnext_widgets.gateway.notifier import Notifier
from legnext_widgets.gateway.store.store import Store
from legnext_widgets.gateway.upstream.dispatcher import Dispatcher
from legnext_widgets.gateway.upstream.poller import Poller
from legnext_widgets.gateway.upstream.verdicts import WRONG_KEY
from legnext_widgets.gateway.web.api import Api
from legnext_widgets.gateway.web.feed import Feed
from legnext_widgets.gateway.web.http import OwnHeaders, not_found
from legnext_widgets.gateway.web.teacher_pages import TeacherPages
from legnext_widgets.gateway.web.teacher_sessions import TeacherSessions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from legnext_widgets.gateway.config import GatewayConfig
    from legnext_widgets.gateway.store.models import Attempt

_WATCH_SECONDS = 1.0
_SHORTEST_POLL = 0.1
_TIMEOUT = 30.0
_FIRST_ANSWER = 10.0

_log = logging.getLogger("legnext_widgets.gateway")


class Gateway:
    """A class with one key.

    Args:
        config: Its options.

    Attributes:
        config: Its options.
        store: What it remembers.
        notifier: Wakes its waiters with each change.
        authenticator: Finds who asks.
        teacher_sessions: Lets teachers in.
        poller: Asks for running jobs.
        dispatcher: Sends what waits.
        embedded: The sandbox it works with, or None.

    Raises:
        DatabaseError: The database cannot be used.
    """

    def __init__(self, config: GatewayConfig) -> None:
        import httpx

        self.config = config
        self.notifier = Notifier()
        self.store = Store(
            config.database,
            slots=config.slots,
            member_points=config.student_points,
            class_points=config.class_points,
        )
        self.store.database.on_commit.append(self.notifier.notify)
        self.embedded = EmbeddedSandbox(config.speed) if config.sandbox else None
        self._speed: float | None = config.speed if config.sandbox else None
        embedded = self.embedded
        self._http = httpx.AsyncClient(timeout=10.0, follow_redirects=False, trust_env=False)
        clock = ServiceClock()
        self._transport = Transport(
            config.upstream if embedded is None else embedded.origin,
            config.key or Secret("sandbox"),
            timeout=_TIMEOUT,
            http_client=None if embedded is None else embedded.http_client(),
            on_headers=self._learn,
            clock=clock,
        )
        self.store.reservations.open_jobs = frozenset() if embedded is None else embedded.open_jobs
        hub = Hub(config.hub, self._http) if config.hub is not None else None
        self.authenticator = Authenticator(self.store, hub)
        self.teacher_sessions = TeacherSessions(self.store, self.authenticator, hub, config.prefix)
        base = None if config.public_url is None else config.public_url.rstrip("/")
        self.dispatcher = Dispatcher(
            self.store,
            self._transport,
            self.notifier,
            callback_base=base,
            first_poll=self.first_poll,
            clock=clock,
        )
        self.poller = Poller(self.store, self._transport, self.notifier, self.poll_interval)
        self.app = self._app()

    def first_poll(self) -> float:
        """Return the seconds from sending a request to the first poll of its job."""
        return max(_SHORTEST_POLL, self.config.pace.first / (self._speed or 1.0))

    def poll_interval(self, attempt: Attempt) -> float:
        """Return the seconds to the next poll of a job: by its age, as clients poll."""
        age = time.time() - (attempt.sent_at or attempt.created_at)
        expected, speed = expectation(attempt.kind), self._speed or 1.0
        return max(_SHORTEST_POLL, next_delay(age, expected, pace=self.config.pace, speed=speed))

    def links_for(self, request: Request) -> Callable[[str], str]:
        """Return a function that makes links of the embedded sandbox reachable for the student."""
        if self.embedded is None:
            return str
        asked = f"{request.url.scheme}://{request.url.netloc}{self.config.prefix}"
        origin, target = self.embedded.origin, (self.config.public_url or asked).rstrip("/")
        return lambda text: text.replace(origin, target)

    async def task_of_service(self, job_id: str) -> str:
        """Return the JSON of a job that everyone may use, from the service."""
        import json

        return json.dumps((await self._transport.get_task(job_id)).raw)

    def close(self) -> None:
        """Close the store and the sandbox."""
        self.store.close()
        if self.embedded is not None:
            self.embedded.close()

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """Send and ask in the background while the app is served."""
        self.store.database.lock()
        self.notifier.attach(asyncio.get_running_loop())
        await self._try_key()
        sending = asyncio.create_task(self.dispatcher.run())
        work = [asyncio.create_task(each) for each in (self.poller.run(), self._watch())]
        try:
            yield
        finally:
            self.dispatcher.stop()
            await asyncio.wait([sending])
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self._transport.aclose()
            await self._http.aclose()
            if self.embedded is not None:
                await self.embedded.aclose()

    async def _try_key(self) -> None:
        """Learn what the service is, and say plainly where it does not accept the key."""
        try:
            async with asyncio.timeout(_FIRST_ANSWER):
                await self._transport.get_balance()
        except AuthenticationError:
            _log.error("The service does not accept LEGNEXT_API_KEY. No request is sent with it.")
            self.dispatcher.pause_reason = WRONG_KEY
        except (LegnextError, TimeoutError) as error:
            _log.warning("The service did not answer at the start (%s).", type(error).__name__)

    async def _watch(self) -> None:
        """Notify of changes that another process made: a replica, or the command line."""
        known = -1
        while True:
            with suppress(Exception):  # the database may be away for a moment
                seq = await self.store.run(self.store.queries.seq)
                if seq != known:
                    known = seq
                    self.notifier.notify()
            await asyncio.sleep(_WATCH_SECONDS)

    def _learn(self, headers: Mapping[str, str]) -> None:
        speed = sandbox_speed(headers)
        if speed is not None:
            self._speed = speed

    def _own_headers(self) -> Mapping[str, str]:
        headers = {GATEWAY_HEADER: "1", "x-content-type-options": "nosniff"}
        if self._speed is not None:
            headers[SANDBOX_HEADER] = f"speed={self._speed:g}"
        return headers

    def _app(self) -> ASGIApp:
        api = Api(self)
        routes: list[BaseRoute] = [
            *api.routes(),
            *Feed(self, api).routes(),
            *TeacherPages(self).routes(),
            Route("/", _to_teacher, methods=["GET"]),
            Route("/health", self._health, methods=["GET"]),
            Route("/callback/{secret}", self._callback, methods=["POST"]),
        ]
        if self.embedded is not None:
            routes += self.embedded.routes()
        prefix = self.config.prefix
        handlers: dict[Any, Any] = {HTTPException: not_found}
        return Starlette(
            routes=[Mount(prefix, routes=routes)] if prefix else routes,
            middleware=[Middleware(OwnHeaders, headers=self._own_headers)],
            exception_handlers=handlers,
            lifespan=self.lifespan,
        )

    async def _health(self, _request: Request) -> Response:
        try:
            await self.store.run(self.store.queries.seq)
        except Exception as error:
            _log.warning("The database does not answer: %s", type(error).__name__)
            return JSONResponse({"status": "the database does not answer"}, 503)
        return JSONResponse({"status": "ok", "time": int(time.time())})

    async def _callback(self, request: Request) -> Response:
        """Take a callback as a hint to ask for the job: its body is not read, and not believed."""
        hinted = await self.store.run(self.store.queries.hint, request.path_params["secret"])
        if hinted:
            self.notifier.notify()
        return Response(status_code=204 if hinted else 404)


async def _to_teacher(_request: Request) -> Response:
    return RedirectResponse("teacher", 302)

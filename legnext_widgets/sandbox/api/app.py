"""The HTTP face of the sandbox: the service's own paths, its media, and a control of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import answers, control
from .jobs import EXTENSIONS, VIDEO_KINDS, Job, Order, Output, Trouble
from .links import Verdict, judge, signed
from .media import OPEN_TO_PAGES, media_answer
from .orders import BODY_LIMIT, Refusal, read_order
from .stills.catalogue import scene_named

if TYPE_CHECKING:
    from .accounts import Account
    from .parts import Parts

_Handler: TypeAlias = Callable[[Request, "Account"], Awaitable[Response]]

_OPERABLE_SECONDS = 3 * 24 * 3600
"""For how long an output can be animated, extended and upscaled (documentation: 3 days)."""


def build_app(sandbox: Parts) -> Starlette:
    """The app of a sandbox, without faults."""
    api = _Api(sandbox)
    routes = [
        Route("/api/v1/job/{job_id}", api.guarded(api.job), methods=["GET"]),
        Route("/api/account/balance", api.guarded(api.balance), methods=["GET"]),
        Route("/api/account/active_tasks", api.guarded(api.active_tasks), methods=["GET"]),
        *(
            Route(f"/api/v1/{endpoint}", api.guarded(api.submit), methods=["POST"])
            for endpoint in ("video-diffusion", "extend-video", "video-upscale", "diffusion")
        ),
        Route("/media/{path:path}", api.media, methods=["GET", "OPTIONS"]),
        Route("/stills/{name}.jpg", api.still, methods=["GET", "OPTIONS"]),
        *control.routes(sandbox),
    ]
    handlers: dict[Any, Any] = {Refusal: _refused, HTTPException: _no_route}
    return Starlette(routes=routes, exception_handlers=handlers)


class _Api:
    """The handlers; short, for they run on the event loop."""

    def __init__(self, sandbox: Parts) -> None:
        self._sandbox = sandbox
        self._scheduler = sandbox.scheduler

    def guarded(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        """A handler that only a caller with a good key reaches."""

        async def checked(request: Request) -> Response:
            account = self._sandbox.accounts.of(request.headers.get("x-api-key"))
            if account is None:
                raise Refusal(401, "Failed to verify api key")
            return await handler(request, account)

        return checked

    async def submit(self, request: Request, account: Account) -> Response:
        """Takes a job in."""
        endpoint = request.url.path.rpartition("/")[2]
        order = read_order(endpoint, await _body(request), _origin(request))
        source = self._source(account, order)
        doom = self._sandbox.faults.in_answer("failed_job", request.method, request.url.path)
        trouble = None
        if doom is not None:
            message = doom.message or "Generation failed, please try again"
            trouble = Trouble(doom.status or 500, message)
        job = self._scheduler.submit(account, order, source, trouble)
        return self._task(request, job)

    async def job(self, request: Request, account: Account) -> Response:
        """A job as it stands now."""
        self._scheduler.advance()
        job_id = request.path_params["job_id"]
        job = self._scheduler.find(account, job_id)
        if job is None:
            raise Refusal(404, "Job not found")
        return self._task(request, job)

    async def balance(self, _request: Request, account: Account) -> Response:
        """The account's points."""
        self._scheduler.advance()
        return JSONResponse(answers.balance(account, self._sandbox.clock()))

    async def active_tasks(self, _request: Request, account: Account) -> Response:
        """What runs or waits."""
        self._scheduler.advance()
        jobs = self._scheduler.active(account)
        return JSONResponse(answers.active_tasks(jobs, self._sandbox.clock()))

    async def media(self, request: Request) -> Response:
        """A file of a job, for as long as the link is good."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=OPEN_TO_PAGES)
        path = request.url.path
        now = self._sandbox.clock()
        verdict = judge(path, request.query_params, self._sandbox.secret, now)
        if verdict is not Verdict.GOOD:
            words = "Request has expired" if verdict is Verdict.EXPIRED else "Access denied"
            return Response(words, 403, OPEN_TO_PAGES, "text/plain")
        file = self._sandbox.media.at(path)
        if file is None:
            output = self._sandbox.media.output_at(path)
            if output is None or output.still is None:
                return Response("Not found", 404, OPEN_TO_PAGES, "text/plain")
            file = await self._drawn(output.still)
        return media_answer(request, file)

    async def still(self, request: Request) -> Response:
        """One of the example pictures; their links need no signature."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=OPEN_TO_PAGES)
        name = request.path_params["name"]
        if scene_named(name) is None:
            return Response("Not found", 404, OPEN_TO_PAGES, "text/plain")
        return media_answer(request, await self._drawn(name))

    async def _drawn(self, name: str) -> Any:
        """The file of a still, drawn off the loop when it is not there yet."""
        loop = asyncio.get_running_loop()
        drawn: asyncio.Future[Any] = loop.create_future()

        def settle(found: Any) -> None:
            if not drawn.done():
                drawn.set_result(found)

        def draw() -> None:
            found: Any = None
            try:
                found = self._sandbox.production.still(name)
            finally:
                loop.call_soon_threadsafe(settle, found)

        self._sandbox.errands.do(draw)
        found = await drawn
        if found is None:
            raise HTTPException(500)
        return found

    def _task(self, request: Request, job: Job) -> Response:
        """The task object with freshly signed links."""
        now = self._sandbox.clock()
        expires = int(now + self._sandbox.link_seconds) + 1
        faults = self._sandbox.faults
        if job.done and faults.in_answer("expired_links", request.method, request.url.path):
            expires = int(now) - 60
        origin = _origin(request)

        def link(output: Output) -> str:
            return origin + signed(output.path, expires, self._sandbox.secret)

        with self._scheduler.lock:
            return JSONResponse(answers.task(job, link))

    def _source(self, account: Account, order: Order) -> Job | None:
        """The job that an order begins from, when it can begin from it."""
        if order.source_job is None:
            return None
        self._scheduler.advance()
        job = self._scheduler.find(account, order.source_job)
        if job is None:
            raise Refusal(404, "Job not found")
        wanted = {"diffusion"} if order.kind == "video_diffusion" else VIDEO_KINDS
        if job.kind not in wanted or (
            order.kind != "video_diffusion" and job.kind == "video_upscale"
        ):
            raise Refusal(422, f"A {job.kind} job cannot be used for this")
        if job.status != "completed" or job.outputs is None or job.ended is None:
            raise Refusal(422, f"The job must be completed first, it is {job.status}")
        if order.source_no >= len(job.outputs):
            raise Refusal(422, f"The job has only {len(job.outputs)} outputs, counted from 0")
        if self._sandbox.clock() - job.ended > _OPERABLE_SECONDS:
            raise Refusal(422, "The job is older than 3 days, it can no longer be used")
        if order.kind == "extend_video" and job.extensions >= EXTENSIONS:
            raise Refusal(422, f"A video can be extended at most {EXTENSIONS} times")
        return job


def _origin(request: Request) -> str:
    """Scheme and host by which the caller reaches us: links must lead the same way back."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > BODY_LIMIT:
                raise Refusal(413, "Request entity too large")
            parts.append(part)
    except ClientDisconnect:
        raise Refusal(400, "request body is incomplete") from None
    return b"".join(parts)


async def _refused(_request: Request, refusal: Refusal) -> Response:
    return JSONResponse(refusal.body, refusal.status)


async def _no_route(_request: Request, error: HTTPException) -> Response:
    return JSONResponse(
        answers.plain_error(error.status_code, error.detail), error.status_code, error.headers
    )

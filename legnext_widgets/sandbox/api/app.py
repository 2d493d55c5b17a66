"""Routes and handlers of the simulated service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from legnext_widgets.sandbox.media.media_store import file_response, open_route
from legnext_widgets.sandbox.media.scenes import SCENES, picture_of
from legnext_widgets.sandbox.simulation.accounts import NotEnoughPointsError
from legnext_widgets.sandbox.simulation.jobs import (
    MAX_EXTENSIONS,
    VIDEO_KINDS,
    Failure,
    Job,
    Order,
)

from . import bodies, control
from .parse import BODY_LIMIT, ApiError, origin, parse_order, read_body
from .signed_urls import SignatureStatus, verify

if TYPE_CHECKING:
    from legnext_widgets.sandbox.sandbox import Sandbox
    from legnext_widgets.sandbox.simulation.accounts import Account

_Handler: TypeAlias = Callable[[Request, "Account"], Awaitable[Response]]

_OPERABLE_SECONDS = 3 * 24 * 3600
"""How long an output can be animated, extended and upscaled (documented: 3 days)."""


def build_app(sandbox: Sandbox) -> Starlette:
    """Return the app of a sandbox, without faults."""
    api = _Api(sandbox)
    routes = [
        Route("/api/v1/job/{job_id}", api.with_account(api.job), methods=["GET"]),
        Route("/api/account/balance", api.with_account(api.balance), methods=["GET"]),
        Route("/api/account/active_tasks", api.with_account(api.active_tasks), methods=["GET"]),
        *(
            Route(f"/api/v1/{endpoint}", api.with_account(api.submit), methods=["POST"])
            for endpoint in ("video-diffusion", "extend-video", "video-upscale", "diffusion")
        ),
        open_route("/media/{path:path}", api.media),
        open_route("/stills/{name}.jpg", api.still),
        *control.routes(sandbox),
    ]
    handlers: dict[Any, Any] = {ApiError: _api_error, HTTPException: _http_error}
    return Starlette(routes=routes, exception_handlers=handlers)


class _Api:
    """The handlers. They run on the event loop, so none of them does anything slow."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._scheduler = sandbox.scheduler

    def with_account(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        """Wrap a handler that needs a valid key."""

        async def checked(request: Request) -> Response:
            account = self._sandbox.accounts.of(request.headers.get("x-api-key"))
            if account is None:
                raise ApiError(401, "Failed to verify api key")
            return await handler(request, account)

        return checked

    async def submit(self, request: Request, account: Account) -> Response:
        """Accept a job."""
        endpoint = request.url.path.rpartition("/")[2]
        order = parse_order(endpoint, await read_body(request, BODY_LIMIT), origin(request))
        source = self._source(account, order)
        fault = self._sandbox.faults.in_response("failed_job", request.method, request.url.path)
        failure = None
        if fault is not None:
            message = fault.message or "Generation failed, please try again"
            failure = Failure(fault.status or 500, message)
        try:
            job = self._scheduler.submit(account, order, source, failure)
        except NotEnoughPointsError as error:
            raise ApiError(402, f"Insufficient credits: {error}") from None
        return self._task(request, job)

    async def job(self, request: Request, account: Account) -> Response:
        """Return a job as it is now."""
        self._scheduler.advance()
        job = self._scheduler.find(account, request.path_params["job_id"])
        if job is None:
            raise ApiError(404, "Job not found")
        return self._task(request, job)

    async def balance(self, _request: Request, account: Account) -> Response:
        """Return the account's points."""
        self._scheduler.advance()
        return JSONResponse(bodies.balance(account, self._sandbox.clock()))

    async def active_tasks(self, _request: Request, account: Account) -> Response:
        """Return the jobs that run or wait."""
        self._scheduler.advance()
        jobs = self._scheduler.active(account)
        return JSONResponse(bodies.active_tasks(jobs, self._sandbox.clock()))

    async def media(self, request: Request) -> Response:
        """Return a file of a job while its link is valid."""
        path = request.url.path
        sandbox = self._sandbox
        status = verify(path, request.query_params, sandbox.secret, sandbox.clock())
        if status is SignatureStatus.EXPIRED:
            return PlainTextResponse("Request has expired", 403)
        if status is not SignatureStatus.VALID:
            return PlainTextResponse("Access denied", 403)
        found = sandbox.media.find(path)
        return _not_found() if found is None else file_response(request, found.file)

    async def still(self, request: Request) -> Response:
        """Return an example picture; its link needs no signature."""
        name = request.path_params["name"]
        scene = next((scene for scene in SCENES if scene.name == name), None)
        return _not_found() if scene is None else file_response(request, picture_of(scene))

    def _task(self, request: Request, job: Job) -> Response:
        """Return the task object with freshly signed links."""
        now = self._sandbox.clock()
        expires = int(now + self._sandbox.link_seconds) + 1
        faults = self._sandbox.faults
        if job.done and faults.in_response("expired_links", request.method, request.url.path):
            expires = int(now) - 60
        with self._scheduler.lock:
            body = bodies.task(job, origin(request), expires, self._sandbox.secret)
        return JSONResponse(body)

    def _source(self, account: Account, order: Order) -> Job | None:
        """Return the job that an order uses, if it may be used."""
        if order.source_job is None:
            return None
        self._scheduler.advance()
        job = self._scheduler.find(account, order.source_job)
        if job is None:
            raise ApiError(404, "Job not found")
        usable = {"diffusion"} if order.kind == "video_diffusion" else VIDEO_KINDS
        if job.kind not in usable or (
            order.kind != "video_diffusion" and job.kind == "video_upscale"
        ):
            raise ApiError(422, f"A {job.kind} job cannot be used for this")
        if job.status != "completed" or job.outputs is None or job.ended is None:
            raise ApiError(422, f"The job must be completed first, it is {job.status}")
        if order.source_no >= len(job.outputs):
            raise ApiError(422, f"The job has only {len(job.outputs)} outputs, counted from 0")
        if self._sandbox.clock() - job.ended > _OPERABLE_SECONDS:
            raise ApiError(422, "The job is older than 3 days, it can no longer be used")
        if order.kind == "extend_video" and job.extensions >= MAX_EXTENSIONS:
            raise ApiError(422, f"A video can be extended at most {MAX_EXTENSIONS} times")
        return job


def _not_found() -> Response:
    return PlainTextResponse("Not found", 404)


async def _api_error(_request: Request, error: ApiError) -> Response:
    return JSONResponse(error.body, error.status)


async def _http_error(_request: Request, error: HTTPException) -> Response:
    return JSONResponse(
        bodies.plain_error(error.status_code, error.detail), error.status_code, error.headers
    )

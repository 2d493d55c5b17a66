"""The service's own API, as a student sees it: own jobs, own points."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.api.urls import is_job_id
from legnext_widgets.gateway.store.models import FINAL, Attempt, RefusedError

from . import bodies
from .http import read_body, with_refusals
from .orders import ENDPOINTS, read_key, read_order

if TYPE_CHECKING:
    from starlette.requests import Request

    from legnext_widgets.gateway.gateway import Gateway
    from legnext_widgets.gateway.store.models import Gate, Member

_FRESH_SECONDS = 30.0
"""A finished job is asked for again, for fresh links, when its last answer is older."""

_EMPTY_SECONDS = 3.0
"""The same for a job that is completed and has no links yet."""

_STOPPED = "the teacher has paused the queue"


class Api:
    """The routes of the service's API.

    Args:
        gateway: Has the store, and asks the service.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._store = gateway.store
        self._places: tuple[int, dict[str, int]] = (-1, {})
        self._counting = asyncio.Lock()

    def routes(self) -> list[Route]:
        """List the routes: each is written out, and no path is passed on as it came."""
        return [
            *(
                Route(f"/api/v1/{endpoint}", with_refusals(self.submit), methods=["POST"])
                for endpoint in ENDPOINTS
            ),
            Route("/api/v1/job/{job_id}", with_refusals(self.job), methods=["GET"]),
            Route("/api/account/balance", with_refusals(self.balance), methods=["GET"]),
            Route("/api/account/active_tasks", with_refusals(self.active_tasks), methods=["GET"]),
            Route("/gateway/me", with_refusals(self.me), methods=["GET"]),
            Route("/gateway/attempts/{key}", with_refusals(self.attempt), methods=["GET"]),
        ]

    async def submit(self, request: Request) -> Response:
        """Accept a paid request: stored with its points, and sent when its turn comes."""
        body = await read_body(request)
        member = await self._gateway.authenticator.student(request.headers)
        order = read_order(request.url.path.rpartition("/")[2], body)
        key = read_key(request.headers.get("idempotency-key")) or str(uuid.uuid4())
        reserve = self._store.reservations.reserve
        attempt, _new = await self._store.run(reserve, member, key, order, time.time())
        return await self.task(request, attempt)

    async def job(self, request: Request) -> Response:
        """Answer with a job of the student."""
        member = await self._gateway.authenticator.student(request.headers)
        job_id = request.path_params["job_id"]
        if job_id in self._store.reservations.open_jobs:
            links = self._gateway.links_for(request)
            return JSONResponse(json.loads(links(await self._gateway.task_of_service(job_id))))
        attempt = None
        if is_job_id(job_id):
            attempt = await self._store.run(self._store.queries.own, member.id, job_id.lower())
        if attempt is None:
            raise RefusedError(404, "Job not found")
        if _is_stale(attempt, time.time()):
            attempt = await self._gateway.poller.refresh(attempt)
        return await self.task(request, attempt)

    async def attempt(self, request: Request) -> Response:
        """Answer with the job of a request that the student sent before, by its key."""
        member = await self._gateway.authenticator.student(request.headers)
        key = read_key(request.path_params["key"])
        found = await self._store.run(self._store.queries.of_key, member.id, key) if key else None
        if found is None:
            raise RefusedError(404, "There is no request with this key.")
        return await self.task(request, found)

    async def balance(self, request: Request) -> Response:
        """Answer with the student's points."""
        member = await self._gateway.authenticator.student(request.headers)
        whole, gate = await self._of_class()
        return JSONResponse(bodies.balance(member, whole, gate, time.time()))

    async def active_tasks(self, request: Request) -> Response:
        """Answer with the student's jobs that are not done."""
        member = await self._gateway.authenticator.student(request.headers)
        return JSONResponse(
            bodies.active(await self._store.run(self._store.queries.active, member.id))
        )

    async def me(self, request: Request) -> Response:
        """Answer with what a student sees of themselves and of the class."""
        member = await self._gateway.authenticator.student(request.headers)
        return JSONResponse(await self.facts(member))

    async def facts(self, member: Member) -> dict[str, object]:
        """Compose the answer of `me`."""
        whole, gate = await self._of_class()
        load = await self._store.run(self._store.queue.load, time.time())
        own = {each.id for each in await self._store.run(self._store.queries.active, member.id)}
        places = await self.places() if own else {}
        mine = {job: at for job, at in places.items() if job in own}
        return bodies.me(member, whole, gate, load, mine, reason=self._reason(gate))

    def _reason(self, gate: Gate) -> str | None:
        return _STOPPED if gate.stopped else self._gateway.dispatcher.pause_reason

    async def why_nothing_starts(self) -> str | None:
        """Say why no job starts: the teacher, or the service; None where jobs start."""
        return self._reason(await self._store.run(self._store.members.gate))

    async def places(self) -> dict[str, int]:
        """Return the position in the queue of each attempt that waits, from 1.

        Each change wakes all students who wait for one, so it is counted once for all of them.
        """
        async with self._counting:
            seq = await self._store.run(self._store.queries.seq)
            if seq != self._places[0]:
                order = await self._store.run(self._store.queue.places, time.time())
                self._places = seq, {attempt: place for place, attempt in enumerate(order, 1)}
            return self._places[1]

    async def task(self, request: Request, attempt: Attempt) -> Response:
        """Answer with the task object of an attempt."""
        place = reason = None
        if attempt.state == "queued":
            place = (await self.places()).get(attempt.id)
            reason = await self.why_nothing_starts()
        links = self._gateway.links_for(request)
        return JSONResponse(bodies.task(attempt, place, links, reason))

    async def _of_class(self) -> tuple[Member, Gate]:
        members = self._store.members
        return await self._store.run(members.whole_class), await self._store.run(members.gate)


def _is_stale(attempt: Attempt, now: float) -> bool:
    if attempt.state not in FINAL or attempt.task is None or attempt.upstream_id is None:
        return False
    empty = Task.parse(attempt.task).lacks_output
    age = now - (attempt.asked_at or 0.0)
    return not 0 <= age <= (_EMPTY_SECONDS if empty else _FRESH_SECONDS)

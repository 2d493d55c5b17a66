"""Notify clients of changes: by long poll for students, as a stream for the teacher's page."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from legnext_widgets.gateway.store.models import RefusedError

from . import bodies
from .http import with_refusals

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from legnext_widgets.gateway.gateway import Gateway
    from legnext_widgets.gateway.store.models import Member

    from .api import Api

LONGEST_WAIT = 25.0
"""Seconds. Proxies between cut what is silent for a minute, some earlier."""

_PING_SECONDS = 15.0
_STREAM_SECONDS = 3600.0


class Feed:
    """The routes that wait for changes.

    Args:
        gateway: Has the store and the notifier.
        api: Composes what a student sees.
    """

    def __init__(self, gateway: Gateway, api: Api) -> None:
        self._gateway = gateway
        self._store = gateway.store
        self._api = api

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/gateway/changes", with_refusals(self.changes), methods=["GET"]),
            Route("/gateway/events", with_refusals(self.events), methods=["GET"]),
            Route("/teacher/events", with_refusals(self.teacher_events), methods=["GET"]),
        ]

    async def changes(self, request: Request) -> Response:
        """Answer with the student's jobs that changed, as soon as there are any."""
        member = await self._gateway.authenticator.student(request.headers)
        after = _number(request, "after", -1.0)
        wait = min(LONGEST_WAIT, max(0.0, _number(request, "wait", 0.0)))
        return JSONResponse(await self._wait(request, member, int(after), wait))

    async def events(self, request: Request) -> Response:
        """Stream the same to a student."""
        member = await self._gateway.authenticator.student(request.headers)
        after = int(_number(request, "after", -1.0))

        async def stream() -> AsyncIterator[str]:
            nonlocal after
            end = time.monotonic() + _STREAM_SECONDS
            while time.monotonic() < end and not self._gateway.notifier.closed:
                found = await self._wait(request, member, after, _PING_SECONDS)
                yield _event(found) if found["tasks"] or after < 0 else ": ping\n\n"
                after = found["next"]

        return _stream(stream())

    async def teacher_events(self, request: Request) -> Response:
        """Stream the numbers of changes to the teacher's page."""
        await self._gateway.teacher_sessions.require(request)

        async def stream() -> AsyncIterator[str]:
            seq = await self._store.run(self._store.queries.seq)
            end = time.monotonic() + _STREAM_SECONDS
            yield _event({"seq": seq})
            while time.monotonic() < end and not self._gateway.notifier.closed:
                newer = await self._newer(seq, _PING_SECONDS)
                yield ": ping\n\n" if newer == seq else _event({"seq": newer})
                seq = newer

        return _stream(stream())

    async def _wait(
        self, request: Request, member: Member, after: int, wait: float
    ) -> dict[str, Any]:
        """Wait for changes of a member; without a number to begin from, give all that is active."""
        queries = self._store.queries
        if after < 0:
            seq = await self._store.run(queries.seq)
            active = await self._store.run(queries.active, member.id)
            return await self._composed(request, [each.id for each in active], member, seq)
        oldest = await self._store.run(queries.oldest_change)
        if oldest > after + 1:
            return {"tasks": [], "next": await self._store.run(queries.seq), "reset": True}
        end = time.monotonic() + wait
        while True:
            seen = self._gateway.notifier.count
            found, following = await self._store.run(queries.changes, member.id, after)
            left = end - time.monotonic()
            if found or left <= 0 or self._gateway.notifier.closed:
                break
            await self._gateway.notifier.wait(seen, left)
        ids = list(dict.fromkeys(change.attempt for change in found if change.attempt))
        if any(change.attempt is None for change in found):  # the queue moved, or the teacher acted
            active = await self._store.run(queries.active, member.id)
            ids += [each.id for each in active if each.state == "queued" and each.id not in ids]
        return await self._composed(request, ids, member, following)

    async def _composed(
        self, request: Request, ids: list[str], member: Member, following: int
    ) -> dict[str, Any]:
        attempts = await self._store.run(self._store.queries.own_many, member.id, ids)
        waits = any(attempt.state == "queued" for attempt in attempts)
        places = await self._api.places() if waits else {}
        reason = await self._api.why_nothing_starts() if waits else None
        links = self._gateway.links_for(request)
        tasks = [bodies.task(each, places.get(each.id), links, reason) for each in attempts]
        return {"tasks": tasks, "next": following}

    async def _newer(self, seq: int, wait: float) -> int:
        end = time.monotonic() + wait
        while True:
            seen = self._gateway.notifier.count
            now = await self._store.run(self._store.queries.seq)
            left = end - time.monotonic()
            if now != seq or left <= 0 or self._gateway.notifier.closed:
                return now
            await self._gateway.notifier.wait(seen, left)


def _number(request: Request, name: str, usual: float) -> float:
    given = request.query_params.get(name, "")
    if not given:
        return usual
    try:
        number = float(given)
    except ValueError:
        number = float("nan")
    if not -1 <= number < 2**53:
        raise RefusedError(400, f"{name} must be a number")
    return number


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def _stream(events: AsyncIterator[str]) -> Response:
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)

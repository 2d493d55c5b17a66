"""The teacher's page: what it shows, and what its buttons do."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from legnext_widgets.client.api.urls import expiry_of
from legnext_widgets.gateway.identity.hub import HubDownError
from legnext_widgets.gateway.store.models import RefusedError

from . import bodies, csv_export, page
from .http import read_body
from .job_text import clips_of
from .teacher_sessions import LoginNeededError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from legnext_widgets.gateway.gateway import Gateway
    from legnext_widgets.gateway.store.models import Attempt

_FORM_LIMIT = 16 << 10
_SHOWN_JOBS = 200
_SHOWN_WAITING = 30
_CLIP = "/teacher/clip/{attempt}/{number:int}"
_LEFT_SECONDS = 60.0
"""A signed link that is shown must be good for so long."""

_UNSIGNED_SECONDS = 600.0
"""How long a link is taken for good that does not say when it expires."""

_ASKED_SECONDS = 30.0
"""The service is not asked again for the links of a job within this time."""

_MOST_POINTS = 10**9


class TeacherPages:
    """The routes of the teacher's page.

    Args:
        gateway: Has the store and the sessions.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._store = gateway.store
        self._sessions = gateway.teacher_sessions

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/teacher", self._guarded(self.show), methods=["GET"]),
            Route("/teacher.csv", self._guarded(self.export), methods=["GET"]),
            Route("/teacher/login", self._guarded(self.log_in), methods=["POST"]),
            Route("/teacher/logout", self._guarded(self.log_out), methods=["POST"]),
            Route(
                "/teacher/clip/{attempt}/{number:int}", self._guarded(self.clip), methods=["GET"]
            ),
            Route("/teacher/act", self._guarded(self.act), methods=["POST"]),
            Route("/oauth_callback", self._guarded(self.from_hub), methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show the class; a browser without a session gets the login."""
        person = await self._sessions.require(request)
        store, queries, members = self._store, self._store.queries, self._store.members
        nonce = secrets.token_urlsafe(16)
        places = await store.run(store.queue.places, time.time())
        facts = page.Facts(
            teacher=person.name,
            form_token=self._sessions.form_token(request),
            nonce=nonce,
            whole=await store.run(members.whole_class),
            gate=await store.run(members.gate),
            members=await store.run(members.all),
            counts=await store.run(queries.counts),
            jobs=await store.run(queries.newest, _SHOWN_JOBS),
            uncertain=await store.run(queries.uncertain),
            waiting=await store.run(queries.in_order, places[:_SHOWN_WAITING]),
            videos=await store.run(queries.newest_videos, page.SHOWN_CLIPS),
            pause_reason=self._gateway.dispatcher.pause_reason,
            totals=await store.run(queries.totals),
        )
        return _html(page.show(facts), nonce)

    async def clip(self, request: Request) -> Response:
        """Send the browser to a clip, by a link that has not expired."""
        await self._sessions.require(request)
        number = request.path_params["number"]
        attempt = await self._store.run(self._store.queries.get, request.path_params["attempt"])
        link = clips_of(attempt).get(number) if attempt is not None else None
        if attempt is not None and link is not None and _is_stale(link, attempt, time.time()):
            attempt = await self._gateway.poller.refresh(attempt)
            link = clips_of(attempt).get(number)
        if link is None:
            raise RefusedError(404, "There is no such clip.")
        headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
        return RedirectResponse(self._gateway.links_for(request)(link), 302, headers)

    async def export(self, request: Request) -> Response:
        """Export all jobs as CSV."""
        await self._sessions.require(request)
        jobs = await self._store.run(self._store.queries.newest)
        headers = {"content-disposition": 'attachment; filename="class.csv"'}
        return Response(csv_export.table(jobs), media_type="text/csv", headers=headers)

    async def log_in(self, request: Request) -> Response:
        """Begin a session with a token."""
        form = await _form(request)
        return await self._sessions.log_in(request, form.get("token", ""))

    async def log_out(self, request: Request) -> Response:
        """End the session."""
        form = await _form(request)
        await self._sessions.require_form(request, form.get("form_token", ""))
        return await self._sessions.log_out(request)

    async def from_hub(self, request: Request) -> Response:
        """Begin a session of a person whom the Hub sends back."""
        return await self._sessions.from_hub(request)

    async def act(self, request: Request) -> Response:
        """Do what a button says."""
        form = await _form(request)
        await self._sessions.require_form(request, form.get("form_token", ""))
        store, members, now = self._store, self._store.members, time.time()
        name, action = form.get("name", ""), form.get("action", "")
        if action in ("block", "unblock") and name:
            done = await store.run(members.set_blocked, name, blocked=action == "block", now=now)
        elif action == "add":
            done = await store.run(members.add_points, name, _points(form), now)
        elif action == "limit":
            done = await store.run(members.set_limit, name, _points(form), now)
        elif action in ("stop", "start"):
            await store.run(members.set_stopped, stopped=action == "stop", now=now)
            done = True
        elif action in ("was_made", "was_not_made"):
            close = store.outcomes.close
            attempt = form.get("attempt", "")
            done = await store.run(close, attempt, was_made=action == "was_made", now=now)
        else:
            raise RefusedError(400, "Unknown action.")
        if not done:
            raise RefusedError(409, "This was changed in the meantime. Reload the page.")
        return RedirectResponse("../teacher", 303)

    def _guarded(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Show refusals as pages; without a session, the login."""

        async def answer(request: Request) -> Response:
            nonce = secrets.token_urlsafe(16)
            at_page = request.url.path.endswith("/teacher")
            try:
                return await handler(request)
            except LoginNeededError as error:
                if at_page and (to_hub := self._sessions.to_hub(request)) is not None:
                    return to_hub
                if not at_page:
                    return JSONResponse(bodies.error(error.status, str(error)), error.status)
                return _html(page.login(nonce), nonce, 401)
            except RefusedError as error:
                back = "teacher" if "/teacher/" not in request.url.path else "../teacher"
                return _html(page.refusal(str(error), nonce, back), nonce, error.status)
            except HubDownError as error:
                text = "The Hub is not responding. Try again in a moment."
                answer = _html(page.refusal(text, nonce, "teacher"), nonce, 503)
                answer.headers["retry-after"] = str(error.retry_after)
                return answer

        return answer


async def _form(request: Request) -> dict[str, str]:
    from urllib.parse import parse_qsl

    _require_same_origin(request)
    body = await read_body(request, _FORM_LIMIT)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        raise RefusedError(400, "The form cannot be read.") from None


def _is_stale(link: str, attempt: Attempt, now: float) -> bool:
    """Whether a link has expired, or may have, and the service was not asked just now."""
    age = now - (attempt.asked_at or 0.0)
    if 0 <= age <= _ASKED_SECONDS:
        return False
    expiry = expiry_of(link)
    if expiry is None:
        return not 0 <= age <= _UNSIGNED_SECONDS
    return expiry.timestamp() - now < _LEFT_SECONDS


def _require_same_origin(request: Request) -> None:
    """Refuse forms that another site sends. Browsers say where a form comes from."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none"):
        raise RefusedError(403, "The form came from another site.")


def _points(form: dict[str, str]) -> int:
    given = form.get("points", "").strip()
    if not given.isascii() or not given.isdigit() or int(given) > _MOST_POINTS:
        raise RefusedError(422, "Points must be a whole number.")
    return int(given)


def _html(body: str, nonce: str, status: int = 200) -> Response:
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "connect-src 'self'; media-src https: http:; img-src https: http:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "same-origin",
    }
    return HTMLResponse(body, status, headers)

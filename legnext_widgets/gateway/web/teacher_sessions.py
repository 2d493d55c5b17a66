"""Sessions of teachers in a browser: begun through the Hub or with a token of the gateway."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from legnext_widgets.gateway.identity.authenticator import Person, token_in
from legnext_widgets.gateway.store.models import RefusedError

if TYPE_CHECKING:
    from starlette.requests import Request

    from legnext_widgets.gateway.identity.authenticator import Authenticator
    from legnext_widgets.gateway.identity.hub import Hub
    from legnext_widgets.gateway.store.store import Store

SESSION_SECONDS = 12 * 3600.0
_STATE_SECONDS = 600
_SESSION = "legnext-teacher"
_STATE = "legnext-teacher-login"


class LoginNeededError(RefusedError):
    """The browser has no session of a teacher."""

    def __init__(self) -> None:
        super().__init__(401, "Log in as a teacher first.")


class TeacherSessions:
    """Check and make the sessions of teachers.

    Args:
        store: Where sessions are, as hashes.
        authenticator: Finds whose a token is.
        hub: Logs people in; None without a Hub.
        prefix: Path of the gateway.
    """

    def __init__(
        self, store: Store, authenticator: Authenticator, hub: Hub | None, prefix: str
    ) -> None:
        self._store = store
        self._authenticator = authenticator
        self._hub = hub
        self._path = f"{prefix}/"

    async def require(self, request: Request) -> Person:
        """Return the teacher who asks: by a session, or by a token in a header.

        Raises:
            LoginNeededError: It is no teacher.
            HubDownError: The Hub cannot be asked.
        """
        if session := request.cookies.get(_SESSION):
            members = self._store.members
            owner = await self._store.run(members.owner_of, session, time.time(), session=True)
            if owner is not None and owner.teacher:
                return Person(owner.name, teacher=True)
        if token := token_in(request.headers):
            person = await self._authenticator.person(token)
            if person.teacher:
                return person
            raise RefusedError(403, "This page is for teachers.")
        raise LoginNeededError

    def form_token(self, request: Request) -> str:
        """Return what forms of this session carry, so that no other page can send them."""
        session = request.cookies.get(_SESSION, "")
        return hashlib.sha256(f"form {session}".encode()).hexdigest()

    async def require_form(self, request: Request, given: str) -> Person:
        """Check a form that changes something: it must come from a page of this session.

        Raises:
            LoginNeededError: There is no session of a teacher.
            RefusedError: It came from elsewhere.
        """
        if not request.cookies.get(_SESSION):
            raise LoginNeededError
        person = await self.require(request)
        if not hmac.compare_digest(given.encode(), self.form_token(request).encode()):
            raise RefusedError(403, "The form is out of date. Reload the page.")
        return person

    async def log_in(self, request: Request, token: str) -> Response:
        """Begin a session with a teacher's token.

        Raises:
            RefusedError: It is not a teacher's.
        """
        try:
            person = await self._authenticator.person(token.strip())
        except RefusedError as error:
            if error.status != 401:
                raise
            # Clients get the words of the service; a person at a form needs others.
            text = "The gateway does not accept this token. It may have been removed."
            raise RefusedError(401, text) from None
        return await self._begin(request, person, "../teacher")

    def to_hub(self, request: Request) -> Response | None:
        """Send a browser to the Hub to log in; None without a Hub."""
        if self._hub is None:
            return None
        state = secrets.token_urlsafe(32)
        answer = RedirectResponse(self._hub.login_url(self._callback, state), 302)
        self._set(answer, request, _STATE, state, _STATE_SECONDS)
        return answer

    async def from_hub(self, request: Request) -> Response:
        """Begin a session for a person whom the Hub sends back.

        Raises:
            RefusedError: The login was not begun in this browser, or it is no teacher.
        """
        given, begun = request.query_params.get("state", ""), request.cookies.get(_STATE, "")
        if (
            self._hub is None
            or not begun
            or not hmac.compare_digest(given.encode(), begun.encode())
        ):
            raise RefusedError(403, "The login was not started in this browser. Try again.")
        code = request.query_params.get("code", "")
        user = await self._hub.user_of_code(code, self._callback)
        if user is None:
            raise RefusedError(403, "The Hub did not confirm the login. Try again.")
        return await self._begin(request, Person(user.name, user.teacher), "teacher")

    async def log_out(self, request: Request) -> Response:
        """End the session of this browser."""
        if session := request.cookies.get(_SESSION):
            await self._store.run(self._store.members.end_session, session)
        answer = RedirectResponse("../teacher", 303)
        answer.delete_cookie(_SESSION, path=self._path)
        return answer

    async def _begin(self, request: Request, person: Person, target: str) -> Response:
        if not person.teacher:
            raise RefusedError(403, "This page is for teachers.")
        make = self._store.members.make_token
        session = await self._store.run(
            make,
            person.name,
            now=time.time(),
            seconds=SESSION_SECONDS,
            teacher=True,
            session=True,
        )
        answer = RedirectResponse(target, 303)
        answer.delete_cookie(_STATE, path=self._path)
        self._set(answer, request, _SESSION, session, int(SESSION_SECONDS))
        return answer

    def _set(self, answer: Response, request: Request, name: str, value: str, age: int) -> None:
        encrypted = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
        answer.set_cookie(
            name, value, max_age=age, path=self._path, httponly=True, samesite="lax",
            secure=encrypted,
        )  # fmt: skip

    @property
    def _callback(self) -> str:
        return os.getenv("JUPYTERHUB_OAUTH_CALLBACK_URL") or f"{self._path}oauth_callback"

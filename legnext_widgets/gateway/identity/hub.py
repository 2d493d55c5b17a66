"""Ask a JupyterHub whose token it is, and log a teacher in, through the Hub's HTTP API."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from legnext_widgets.client.api.auth import Secret

if TYPE_CHECKING:
    import httpx

CACHE_SECONDS = 60.0
"""How long an answer of the Hub holds, at most."""

TEACH_SCOPE = "custom:legnext:teach"
"""The Hub's scope that opens the teacher's page."""

_MOST_CACHED = 5000
_REFUSAL_SECONDS = 5.0
_RETRY_SECONDS = 5


class HubDownError(Exception):
    """The Hub cannot be asked now.

    Attributes:
        retry_after: Seconds to wait.
    """

    retry_after = _RETRY_SECONDS


@dataclass(frozen=True)
class HubSettings:
    """How the Hub is reached, as it says to a service that it manages.

    Attributes:
        api_url: Address of its API.
        token: The service's own token.
        service: Name of this service.
        prefix: Path of this service, with slashes at both ends.
        base_path: Path of the Hub for browsers, such as `/hub/`.
        client_id: Of this service, for logins.
    """

    api_url: str
    token: Secret = field(repr=False)
    service: str = "legnext"
    prefix: str = "/services/legnext/"
    base_path: str = "/hub/"
    client_id: str = "service-legnext"

    @classmethod
    def find(cls) -> HubSettings | None:
        """Read what a Hub gives to its services; None where no Hub started this process."""
        api_url = os.getenv("JUPYTERHUB_API_URL", "")
        token = os.getenv("JUPYTERHUB_API_TOKEN", "")
        name = os.getenv("JUPYTERHUB_SERVICE_NAME", "")
        if not (api_url and token and name):
            return None
        base = os.getenv("JUPYTERHUB_BASE_URL", "/").rstrip("/")
        return cls(
            api_url=api_url.rstrip("/"),
            token=Secret(token),
            service=name,
            prefix=os.getenv("JUPYTERHUB_SERVICE_PREFIX", f"{base}/services/{name}/"),
            base_path=f"{base}/hub/",
            client_id=os.getenv("JUPYTERHUB_CLIENT_ID", f"service-{name}"),
        )


@dataclass(frozen=True)
class HubUser:
    """A person at the Hub.

    Attributes:
        name: The name there.
        allowed: Whether the Hub lets the token use this service.
        teacher: Whether it has the scope of teachers.
    """

    name: str
    allowed: bool
    teacher: bool


class Hub:
    """Ask the Hub, and remember its answers for at most a minute, by the hash of the token.

    Args:
        settings: How it is reached.
        http: Asks it.
    """

    def __init__(self, settings: HubSettings, http: httpx.AsyncClient) -> None:
        self.settings = settings
        self._http = http
        self._known: dict[str, tuple[float, HubUser | None]] = {}

    async def user_of(self, token: str) -> HubUser | None:
        """Find whose a token is; None where the Hub does not know it.

        Raises:
            HubDownError: The Hub cannot be asked.
        """
        digest = hashlib.sha256(token.encode()).hexdigest()
        now = time.monotonic()
        until, user = self._known.get(digest, (0.0, None))
        if until > now:
            return user
        user = await self._ask(token)
        if len(self._known) >= _MOST_CACHED:
            self._known = {key: each for key, each in self._known.items() if each[0] > now}
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
        self._known[digest] = (now + (CACHE_SECONDS if user else _REFUSAL_SECONDS), user)
        return user

    def login_url(self, redirect_uri: str, state: str) -> str:
        """Return the address at which the Hub logs a person in for this service."""
        query = urlencode(
            {
                "client_id": self.settings.client_id,
                "redirect_uri": redirect_uri,
                "response_type": "code",
                "state": state,
            }
        )
        return f"{self.settings.base_path}api/oauth2/authorize?{query}"

    async def user_of_code(self, code: str, redirect_uri: str) -> HubUser | None:
        """Find who logged in, by the code that the Hub sent along.

        Raises:
            HubDownError: The Hub cannot be asked.
        """
        form = {
            "client_id": self.settings.client_id,
            "client_secret": self.settings.token.reveal(),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        }
        answer = await self._request("POST", "/oauth2/token", data=form)
        token = _object(answer).get("access_token") if answer.status_code == 200 else None
        return await self._ask(token) if isinstance(token, str) else None

    async def _ask(self, token: str) -> HubUser | None:
        if not token.isascii() or not token.isprintable():
            return None
        headers = {"Authorization": f"token {token}"}
        answer = await self._request("GET", "/user", headers=headers)
        if answer.status_code in (401, 403, 404):
            return None
        found = _object(answer)
        name, scopes = found.get("name"), found.get("scopes")
        if answer.status_code != 200 or not isinstance(name, str) or not name:
            raise HubDownError
        if found.get("kind") != "user":
            return None  # a service or a group has no budget
        scopes = scopes if isinstance(scopes, list) else []
        own = f"access:services!service={self.settings.service}"
        return HubUser(
            name=name,
            allowed=own in scopes or "access:services" in scopes,
            teacher=TEACH_SCOPE in scopes,
        )

    async def _request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
    ) -> httpx.Response:
        import httpx

        try:
            address = self.settings.api_url + path
            answer = await self._http.request(method, address, headers=headers, data=data)
        except httpx.HTTPError:
            raise HubDownError from None
        if answer.status_code >= 500 or answer.status_code == 429:
            raise HubDownError
        return answer


def service_address() -> str | None:
    """Return the address that a Hub expects its service to listen on; None without a Hub."""
    return os.getenv("JUPYTERHUB_SERVICE_URL") or None


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        raise HubDownError from None
    return found if isinstance(found, dict) else {}

"""A gateway on a socket of this process, before a sandbox of the tests' own."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send

from legnext_widgets.client.api.auth import Secret
from legnext_widgets.client.schedule import Pace
from legnext_widgets.gateway.config import GatewayConfig
from legnext_widgets.gateway.gateway import Gateway
from legnext_widgets.gateway.identity.hub import HubSettings
from legnext_widgets.sandbox import Sandbox

KEY = "the-key-of-the-class-4711"
PROMPT = "https://example.com/boat.png a boat"


def every(seconds: float) -> Pace:
    """Poll each job after so many seconds of the real service, however old it is."""
    return Pace(first=seconds, shortest=seconds, longest=seconds)


class Classroom:
    """A gateway with its service, and students.

    Attributes:
        service: The simulated service.
        url: Address of the gateway.
        gateway: The gateway, while it runs.
        asked: The paths that were asked for at the gateway.
    """

    def __init__(self, database_url: str, *, speed: float = 2000, points: int = 10**9) -> None:
        self.service = Sandbox(speed, packaged=True, api_key=KEY, points=points, offline=True)
        self.service.start()
        self.database_url = database_url
        self.options: dict[str, Any] = {"student_points": 2000, "pace": every(100.0)}
        self.port = 0
        self.asked: list[str] = []
        self._server: uvicorn.Server | None = None

    def start(self, **options: Any) -> Self:
        """Start the gateway, on the same port as before."""
        self.options |= options
        options = {"upstream": self.service.base_url} | self.options
        self.gateway = Gateway(GatewayConfig(Secret(KEY), self.database_url, **options))
        config = uvicorn.Config(
            self._note,
            interface="asgi3",
            host="127.0.0.1",
            port=self.port,
            log_level="error",
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=90,
        )
        server = self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < deadline
            assert self._thread.is_alive()
            time.sleep(0.01)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        return self

    async def _note(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked.append(scope["path"])
        await self.gateway.app(scope, receive, send)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.gateway.config.prefix}"

    def stop(self) -> None:
        if self._server is not None:
            self.gateway.notifier.close()
            self._server.should_exit = True
            self._thread.join(30)
            self.gateway.close()
            self._server = None

    def close(self) -> None:
        self.stop()
        self.service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Students and what they do

    def token(self, name: str = "ada", **options: Any) -> str:
        make = self.gateway.store.members.make_token
        return make(name, now=time.time(), seconds=3600, **options)

    def http(self, token: str, **headers: str) -> httpx.Client:
        """A client with a student's token."""
        return httpx.Client(base_url=self.url, headers={"x-api-key": token, **headers}, timeout=30)

    def posts(self) -> list[bytes | None]:
        """The bodies of the paid requests that arrived at the service, as far as it read them."""
        calls = list(self.service.calls)
        return [call.body for call in calls if call.method == "POST" and "/v1/" in call.path]

    def polls(self) -> int:
        return sum("/api/v1/job/" in call.path for call in list(self.service.calls))


def wait_for(condition: Any, seconds: float = 30.0, *, pause: float = 0.03) -> Any:
    """Wait until `condition()` is true, and give what it gives; it is asked after each pause."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(pause)
    return found


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{(folder / 'gateway.sqlite').as_posix()}"


def hub_settings(url: str) -> HubSettings:
    return HubSettings(api_url=url, token=Secret("service-token"))

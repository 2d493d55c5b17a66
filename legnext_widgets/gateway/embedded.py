"""The embedded sandbox: a class without any key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from legnext_widgets.sandbox import Sandbox
from legnext_widgets.sandbox.simulation.example_job import JOB_ID

if TYPE_CHECKING:
    import httpx
    from starlette.types import Receive, Scope, Send

_POINTS = 10**9
_MEDIA = ("/media/", "/stills/")


class EmbeddedSandbox:
    """A sandbox inside of the gateway; it fetches no pictures, and its clips are served here.

    Args:
        speed: How many times faster than the real service.
    """

    open_jobs = frozenset({JOB_ID})
    """Jobs that every student may continue: the sandbox's example."""

    def __init__(self, speed: float) -> None:
        self.sandbox = Sandbox(speed, points=_POINTS, offline=True)
        self._client: httpx.AsyncClient | None = None

    @property
    def origin(self) -> str:
        """What its links begin with."""
        return self.sandbox.base_url

    def http_client(self) -> httpx.AsyncClient:
        """Return a client that reaches it without sockets."""
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(transport=self.sandbox.transport())
        return self._client

    def routes(self) -> list[Route]:
        """List the routes of its clips and pictures."""
        return [
            Route(
                f"{path}{{path:path}}", _PrefixedApp(self.sandbox, path), methods=["GET", "OPTIONS"]
            )
            for path in _MEDIA
        ]

    async def aclose(self) -> None:
        """Close the client."""
        if self._client is not None:
            await self._client.aclose()

    def close(self) -> None:
        """End the sandbox."""
        self.sandbox.close()


class _PrefixedApp:
    """Answers with what the sandbox answers, with any prefix before the path."""

    def __init__(self, sandbox: Sandbox, path: str) -> None:
        self._sandbox = sandbox
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = self._path + scope["path_params"]["path"]
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
        inner.pop("path_params", None)
        await self._sandbox.app(inner, receive, send)

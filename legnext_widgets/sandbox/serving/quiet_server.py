"""A uvicorn server for one app: quiet while no request comes, with connections that can be cut."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from legnext_widgets.sandbox.faults.connections import Connections


class QuietServer(uvicorn.Server):
    """Looks once a second whether it has anything to do, where uvicorn does ten times.

    Args:
        app: What it serves.
        connections: Gets every connection, so that one can be cut.
        on_started: Called once it answers.
    """

    def __init__(
        self, app: ASGIApp, connections: Connections, on_started: Callable[[], object]
    ) -> None:
        config = uvicorn.Config(
            app,
            http=_protocol(connections),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self._on_started = on_started
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """End soon; on the server's loop."""
        self.should_exit = True
        self._stopped.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets=sockets)
        self._on_started()

    async def main_loop(self) -> None:
        """Wait for the end."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 10  # uvicorn counts tenths of a second
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), 1.0)


def _protocol(connections: Connections) -> type[asyncio.Protocol]:
    class TrackedProtocol(H11Protocol):
        """HTTP over a connection that is added to `connections`."""

        _peer: Any = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._peer = self.client
            connections.opened(self._peer, transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.closed(self._peer)
            super().connection_lost(exc)

    return TrackedProtocol

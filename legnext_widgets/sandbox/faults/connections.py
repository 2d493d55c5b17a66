"""The open connections of the sandbox's own server, so that a fault can cut one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


class ConnectionCutError(Exception):
    """The connection must be cut, and this process does not hold its socket.

    Raised out of the app where it runs without sockets, or in a server that is not ours.
    """


class Connections:
    """Transports by the address of their peer; used on the server's event loop only."""

    def __init__(self) -> None:
        self._open: dict[object, asyncio.Transport] = {}

    def opened(self, peer: object, transport: asyncio.Transport) -> None:
        """Add a connection."""
        self._open[peer] = transport

    def closed(self, peer: object) -> None:
        """Remove a connection."""
        self._open.pop(peer, None)

    def abort(self, peer: object) -> bool:
        """Cut a connection at once, with its buffers; return False if it is not ours."""
        transport = self._open.pop(peer, None)
        if transport is None:
            return False
        transport.abort()
        return True

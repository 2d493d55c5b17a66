"""The open connections of the sandbox's own server, so that one can really be cut."""

from __future__ import annotations

import asyncio
from typing import Any


class ConnectionCut(Exception):  # noqa: N818 - it is what happens, not an error of ours
    """The connection is to be cut, and we do not hold it: whoever carries the answer must.

    Raised out of the app where it runs without sockets or in a server that is not ours.
    """


class Connections:
    """Transports by the address of their other end; touched on the server's loop only."""

    def __init__(self) -> None:
        self._open: dict[Any, asyncio.Transport] = {}

    def opened(self, peer: Any, transport: asyncio.Transport) -> None:
        """Remembers a connection."""
        self._open[peer] = transport

    def closed(self, peer: Any) -> None:
        """Forgets a connection."""
        self._open.pop(peer, None)

    def abort(self, peer: Any) -> bool:
        """Cuts a connection at once, with what is buffered; False when it is not ours."""
        transport = self._open.pop(peer, None)
        if transport is None:
            return False
        transport.abort()
        return True

"""The sandbox on a socket: uvicorn in a thread."""

from __future__ import annotations

import asyncio
import importlib.util
import select
import socket
import sys
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from legnext_widgets.sandbox.faults.connections import Connections

    from .quiet_server import QuietServer

_START_SECONDS = 20.0


class ServerThread:
    """A server that runs until `close`.

    Args:
        make_app: Gives the ASGI app; called in the server's thread.
        connections: Gets every connection, so that one can be cut.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        wait: Return once it answers. Without, it only listens; app and server are made, which takes
            a third of a second, when a first connection comes.

    Raises:
        RuntimeError: uvicorn is not installed.
        OSError: The port is taken.
    """

    def __init__(
        self,
        make_app: Callable[[], ASGIApp],
        connections: Connections,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        wait: bool = True,
    ) -> None:
        if importlib.util.find_spec("uvicorn") is None:
            raise RuntimeError(
                "A sandbox on a socket needs uvicorn: pip install 'legnext-widgets[sandbox]'"
            )
        self._socket = _listen(host, port)
        address = self._socket.getsockname()
        self.host, self.port = host, int(address[1])
        self._ready = threading.Event()
        self._make_app, self._connections = make_app, connections
        self._waits_for_connection = not wait
        # Closing one end wakes the thread that waits at the other.
        self._wake, self._woken = socket.socketpair()
        self._server: QuietServer | None = None
        self._stop: Callable[[], object] = lambda: None
        self._closing = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="legnext-sandbox-server", daemon=True
        )
        self._thread.start()
        if wait:
            self._wait_until_started()

    @property
    def base_url(self) -> str:
        """Its origin."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def join(self) -> None:
        """Wait until the server ends."""
        # An endless join would not let Ctrl-C through on every platform.
        while self._thread.is_alive():
            self._thread.join(0.5)

    def close(self) -> None:
        """Stop listening, end open connections and the thread."""
        self._exit()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        # A loop of its own: `asyncio.run` may have been patched by a notebook.
        loop = asyncio.new_event_loop()
        try:
            if self._waits_for_connection:
                select.select([self._socket, self._woken], [], [])
            if not self._closing.is_set():
                from .quiet_server import QuietServer

                self._server = QuietServer(self._make_app(), self._connections, self._ready.set)
                self._stop = partial(loop.call_soon_threadsafe, self._server.stop)
                if self._closing.is_set():
                    self._server.stop()
                loop.run_until_complete(self._server.serve(sockets=[self._socket]))
        finally:
            loop.close()
            self._socket.close()
            self._woken.close()
            self._stopped.set()
            self._ready.set()

    def _exit(self) -> None:
        self._closing.set()
        self._wake.close()
        with suppress(RuntimeError):  # it has ended meanwhile
            self._stop()

    def _wait_until_started(self) -> None:
        if not self._ready.wait(_START_SECONDS) or self._stopped.is_set():
            self._exit()
            raise RuntimeError("The sandbox's server did not start")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # where it would let two servers listen on one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener

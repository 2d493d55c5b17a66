"""Serve a gateway on a socket until Ctrl-C or a termination signal."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, TextIO

from legnext_widgets.gateway.gateway import Gateway

if TYPE_CHECKING:
    from types import FrameType

    from legnext_widgets.gateway.config import GatewayConfig

_KEEP_ALIVE_SECONDS = 90

_GREETING = """\
Legnext gateway: a class with one key.

  Address    {address}
  Service    {service}
  Students   {students}
  Teacher    {address}/teacher
  Database   {database}

Press Ctrl-C to stop. Jobs that run go on, and are taken up at the next start.
"""


def serve(config: GatewayConfig, host: str, port: int, out: TextIO | None = None) -> None:
    """Serve a gateway.

    Args:
        config: Its options.
        host: Address to listen on.
        port: Port to listen on.
        out: Where the greeting goes; standard output if None.

    Raises:
        DatabaseError: The database cannot be used, or another gateway works on it.
        OSError: The port is taken.
    """
    import uvicorn

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    gateway = Gateway(config)
    try:
        gateway.store.database.lock()
        # Nothing of `x-forwarded-*` is believed, and no line of a log holds an address or a token.

        class Server(uvicorn.Server):
            """Lets those who wait for changes go, before it waits for requests to end."""

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                gateway.notifier.close()
                super().handle_exit(sig, frame)

        server = Server(
            uvicorn.Config(
                gateway.app,
                host=host,
                port=port,
                ws="none",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                log_level="warning",
                timeout_graceful_shutdown=5,
                # Longer than proxies keep theirs: one closed under a request is a lost answer.
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            )
        )
        greeting = _GREETING.format(
            address=f"http://{host}:{port}{config.prefix}",
            service="a sandbox inside; nothing is charged" if config.sandbox else config.upstream,
            students=(
                f"those of the JupyterHub, as service {config.hub.service}, and tokens"
                if config.hub
                else "tokens: legnext-widgets gateway token add NAME"
            ),
            database=gateway.store.engine.url.render_as_string(hide_password=True),
        )
        print(greeting, file=out or sys.stdout, flush=True)
        server.run()
        if not server.started:
            raise OSError(f"The gateway could not start on {host}:{port}")
    finally:
        gateway.close()

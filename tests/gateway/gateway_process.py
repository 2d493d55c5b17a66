"""A gateway in a process of its own, to be killed."""

from __future__ import annotations

import sys

from legnext_widgets.client.api.auth import Secret
from legnext_widgets.gateway.config import GatewayConfig
from legnext_widgets.gateway.server import serve
from tests.gateway.classroom import KEY, every


def main(database: str, upstream: str, port: str) -> None:
    """Serve until killed."""
    config = GatewayConfig(
        Secret(KEY),
        database,
        upstream=upstream,
        slots=100,
        student_points=10**6,
        pace=every(400.0),
    )
    serve(config, "127.0.0.1", int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""One simulated service for each test, outside of the kernels, so that it outlives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.matrix.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    """Starts services: `serve(speed)`."""
    started: list[Service] = []

    def start(speed: float = 100, *, carried: bool = True) -> Service:
        started.append(Service(speed, carried=carried))
        return started[-1]

    yield start
    for service in started:
        service.close()

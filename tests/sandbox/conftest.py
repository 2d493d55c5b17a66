"""Sandboxes for tests: quick ones with the packaged clips, and one on a socket that renders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from legnext_widgets.sandbox import Sandbox

from .caller import Caller

QUICK = 20_000


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Reached without sockets; its jobs take hundredths of a second."""
    with Sandbox(QUICK, seed=7, packaged=True) as made:
        yield made


@pytest.fixture
async def caller(sandbox: Sandbox) -> AsyncIterator[Caller]:
    """A caller of it with a key."""
    client = httpx.AsyncClient(
        transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "one"}
    )
    async with client:
        yield Caller(client)


@pytest.fixture
def served() -> Iterator[Sandbox]:
    """The same on a socket."""
    with Sandbox(QUICK, seed=7, packaged=True).start() as made:
        yield made


@pytest.fixture
async def remote(served: Sandbox) -> AsyncIterator[Caller]:
    """A caller of it over the socket."""
    async with httpx.AsyncClient(base_url=served.base_url, headers={"x-api-key": "one"}) as client:
        yield Caller(client)


@pytest.fixture(scope="session")
def rendering() -> Iterator[Sandbox]:
    """One that makes real clips, shared by the tests that only look at them."""
    pytest.importorskip("av")
    with Sandbox(QUICK, seed=7).start() as made:
        yield made


@pytest.fixture
async def producer(rendering: Sandbox) -> AsyncIterator[Caller]:
    """A caller of it."""
    async with httpx.AsyncClient(
        base_url=rendering.base_url, headers={"x-api-key": "one"}, timeout=60
    ) as client:
        yield Caller(client)

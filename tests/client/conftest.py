from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.raw_service import RawService

from .both_clients import AsyncDriver, Driver, SyncDriver
from .recording_store import RecordingStore

KEY = "lk-0123456789-nobody-may-see-this"

_certificates = httpx.create_ssl_context()


@pytest.fixture(autouse=True)
def _certificates_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading them takes longer than most of these tests."""
    monkeypatch.setattr(httpx, "create_ssl_context", lambda *_: _certificates)


@pytest.fixture
def stub() -> Iterator[RawService]:
    server = RawService()
    yield server
    server.close()


@pytest.fixture
def journal(stub: RawService) -> RecordingStore:
    return RecordingStore(stub.diary)


@pytest.fixture(params=[SyncDriver, AsyncDriver], ids=lambda kind: kind.name)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    made: Driver = request.param()
    yield made
    made.close()


@pytest.fixture
def connect(driver: Driver, stub: RawService) -> Callable[..., Any]:
    """Make quick clients of the stub that store nothing unless a test says so."""

    def make(**options: Any) -> Any:
        return driver.client(KEY, **{"base_url": stub.url, "library": False} | options)

    return make


@pytest.fixture
def client(connect: Callable[..., Any], journal: RecordingStore) -> Any:
    return connect(library=journal, timeout=5)

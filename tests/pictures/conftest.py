from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.client.driving import AsyncDriver, Driver, SyncDriver
from tests.client.recording import RecordingStore
from tests.support.raw_service import RawService

KEY = "lk-0123456789-nobody-may-see-this"


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
    def make(**options: Any) -> Any:
        return driver.client(KEY, **{"base_url": stub.url, "library": False} | options)

    return make


@pytest.fixture(autouse=True)
def _no_cloud_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the person's credentials, and keep every look for others on this machine."""
    import os

    for name in list(os.environ):
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_")):
            monkeypatch.delenv(name)
    nowhere = "http://127.0.0.1:9"
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", nowhere)
    monkeypatch.setenv("AZURE_IDENTITY_ENDPOINT", nowhere)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "no-such-file")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "no-such-file")

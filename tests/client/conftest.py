from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from legnext_widgets.client.session import downloads, poller, session, submit

from . import matrix
from .driving import AsyncDriver, Driver, SyncDriver
from .recording import RecordingJournal
from .stub import Stub

KEY = "lk-0123456789-nobody-may-see-this"

_certificates = httpx.create_ssl_context()


@pytest.fixture(autouse=True)
def _no_time_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between tries and polls are short; how long they are is tested where it is decided."""
    monkeypatch.setattr(httpx, "create_ssl_context", lambda *_: _certificates)
    for module in (submit, session, downloads):
        monkeypatch.setattr(module, "_wait", lambda state: 0.01)
    monkeypatch.setattr(poller, "FIRST", 0.02)
    monkeypatch.setattr(poller, "next_delay", lambda *_, **__: 0.02)
    monkeypatch.setattr(poller, "after_trouble", lambda *_: 0.02)
    monkeypatch.setattr(poller, "POLLS_PER_SECOND", 500.0)


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()


@pytest.fixture
def journal(stub: Stub) -> RecordingJournal:
    return RecordingJournal(stub.diary)


@pytest.fixture(params=[SyncDriver, AsyncDriver], ids=lambda kind: kind.name)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    made: Driver = request.param()
    yield made
    made.close()


@pytest.fixture
def client(driver: Driver, stub: Stub, journal: RecordingJournal) -> Any:
    return driver.client(KEY, base_url=stub.url, library=journal, timeout=5)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for title, lines in matrix.tables():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import legnext_widgets as lw
from tests.widgets.scripted_service import ScriptedService

KEY = "key-that-nobody-may-see-4711"


class Browser:
    """What a front end does: it sends messages and sees those that come."""

    def __init__(self, widget: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.widget = widget
        self.received: list[tuple[dict[str, Any], list[bytes]]] = []
        self.updates: list[dict[str, Any]] = []
        monkeypatch.setattr(widget, "send", self._receive)
        widget.observe(lambda change: self.updates.append(change.new), "_live")

    def _receive(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self.received.append((content, list(buffers or [])))

    def say(self, **content: Any) -> None:
        self.widget._handle_custom_msg(content, [])

    def heard(self, kind: str) -> list[dict[str, Any]]:
        return [content for content, _ in self.received if content["type"] == kind]


@pytest.fixture
def service() -> ScriptedService:
    return ScriptedService()


@pytest.fixture
def client(service: ScriptedService) -> Iterator[lw.Client]:
    with lw.Client(KEY, http_client=service.http_client(), library=False) as client:
        yield client


@pytest.fixture
def studio(client: lw.Client) -> Iterator[lw.VideoStudio]:
    studio = lw.VideoStudio(client, image_url="https://example.com/sea.jpg", prompt="waves")
    yield studio
    studio.close()


@pytest.fixture
def browser(studio: lw.VideoStudio, monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(studio, monkeypatch)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from tests.widgets.browser import Browser
from tests.widgets.scripted_service import ScriptedService

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "key-that-must-stay-secret-4711"


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
def browser(studio: Any) -> Browser:
    return Browser(studio)

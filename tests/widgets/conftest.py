from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from tests.support.service import Service
from tests.widgets.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = Service.key


@pytest.fixture
def service() -> Iterator[Service]:
    """A service whose jobs move when a test says so."""
    with Service(manual=True) as service:
        yield service


@pytest.fixture
def client(service: Service) -> Iterator[lw.Client]:
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

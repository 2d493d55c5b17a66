"""The API key among the secrets of Colab, by a stand-in for its module."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.auth import Secret, find_key

if TYPE_CHECKING:
    from collections.abc import Callable


def colab_with(get: Callable[[str], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads a stand-in of Colab's module, of the same shape."""
    google, colab = types.ModuleType("google"), types.ModuleType("google.colab")
    userdata = types.ModuleType("google.colab.userdata")
    vars(userdata)["get"], vars(colab)["userdata"] = get, userdata
    vars(google)["colab"] = colab
    for module in (google, colab, userdata):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    for name in ("LEGNEXT_API_KEY", "LEGNEXT_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_the_key_is_found_among_the_secrets_of_colab(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def get(name: str) -> str:
        asked.append(name)
        return " from-colab "

    colab_with(get, monkeypatch)

    assert find_key().reveal() == "from-colab"
    assert asked == ["LEGNEXT_API_KEY"]


def test_a_key_that_is_given_or_in_the_environment_comes_before_the_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    colab_with(lambda _: "from-colab", monkeypatch)
    assert find_key(Secret("given")).reveal() == "given"
    monkeypatch.setenv("LEGNEXT_API_KEY", "from-environment")
    assert find_key().reveal() == "from-environment"


@pytest.mark.parametrize("name", ["SecretNotFoundError", "NotebookAccessError", "TimeoutException"])
def test_a_secret_that_is_missing_or_not_opened_is_a_missing_key(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def get(_: str) -> str:
        raise type(name, (Exception,), {})("what Colab says")

    colab_with(get, monkeypatch)

    with pytest.raises(lw.MissingAPIKeyError):
        find_key()


def test_students_find_their_gateway_among_the_secrets_of_colab(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secrets = {"LEGNEXT_API_KEY": "lgw_token", "LEGNEXT_BASE_URL": " https://class.example/api/v1 "}
    colab_with(secrets.__getitem__, monkeypatch)
    with lw.Client(library=False) as client:
        assert client.config.base_url == "https://class.example"
    monkeypatch.setenv("LEGNEXT_BASE_URL", "https://other.example")
    with lw.Client(library=False) as client:
        assert client.config.base_url == "https://other.example"
    with lw.Client(library=False, base_url="https://given.example") as client:
        assert client.config.base_url == "https://given.example"


@pytest.mark.parametrize("address", [None, "https://api.legnext.ai", "http://API.legnext.ai:80/"])
def test_a_token_of_a_class_never_goes_to_the_service(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    monkeypatch.delenv("LEGNEXT_BASE_URL", raising=False)
    sent: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(401)

    http = httpx.AsyncClient(transport=httpx.MockTransport(note))
    with pytest.raises(ValueError, match=r"LEGNEXT_BASE_URL.*Nothing was sent") as caught:
        lw.Client("lgw_token", base_url=address, http_client=http, library=False)
    assert "lgw_token" not in str(caught.value)
    assert sent == []

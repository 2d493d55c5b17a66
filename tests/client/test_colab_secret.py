"""The API key among the secrets of Colab, by a stand-in for its module."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING

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
    monkeypatch.delenv("LEGNEXT_API_KEY", raising=False)


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

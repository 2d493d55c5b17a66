"""The user interface shows the words of each language, in a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.ui.plain_page import JS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.plain_page import PlainPage

SCENES = {"en": "account", "es": "spanish", "zh-CN": "chinese"}


@pytest.mark.parametrize("language", SCENES)
def test_the_page_shows_the_words_of(open_page: Callable[..., PlainPage], language: str) -> None:
    path = JS / "src" / "ui" / "i18n" / f"{language}.json"
    words: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    plain = open_page(1280)
    plain.show(SCENES[language])
    text = plain.page.locator(".legnext-widgets").inner_text()

    assert words["generate"]["label"] in text
    assert words["queue"]["title"] in text
    assert words["status"]["processing"] in text
    assert words["gallery"]["title"] in text
    assert "{" not in text

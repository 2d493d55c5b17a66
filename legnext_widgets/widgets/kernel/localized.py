"""Sentences for the browser: the English, and by what it is known in other languages. Pure."""

from __future__ import annotations

from typing import Any

from legnext_widgets.client.errors import InvalidInputError, LegnextError
from legnext_widgets.client.messages import Message

LONGEST_TEXT = 300
"""Characters of a text in what the browser is told: a change must stay a small message."""


def short(text: str) -> str:
    """A text, cut where it would make a message large."""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def told(text: str) -> dict[str, Any]:
    """A sentence for the browser; one that is not this package's own is shown as it came."""
    if not isinstance(text, Message):
        return {"text": short(text), "code": None, "values": {}}
    values = {
        name: short(value) if isinstance(value, str) else value
        for name, value in text.params.items()
    }
    # What is cut is what stands in a sentence, not the sentence: its end says what to do.
    return {"text": str(Message(text.key, **values)), "code": text.key, "values": values}


def told_of(error: BaseException) -> dict[str, Any]:
    """What an error says, for the browser.

    Of bad inputs the first problem's code is told, with the field that it is about.
    """
    if isinstance(error, LegnextError):
        return told(error.localizable)
    if isinstance(error, InvalidInputError):
        first = error.problems[0]
        return {**told(str(error)), "code": first.code, "field": first.field}
    return told(error.args[0] if error.args and isinstance(error.args[0], str) else str(error))

"""Make messages for the browser: the English text, and what other languages need. Pure.

The key and the values of a `Message` travel with its text, so that the front end can translate it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.errors import InvalidInputError, LegnextError
from legnext_widgets.client.messages import Message

if TYPE_CHECKING:
    from .job_values import LocalizedMessage

MAX_TEXT = 300
"""Characters of a text in a message to the browser, which must stay small."""


def shorten(text: str) -> str:
    """Cut a text that would make a message large."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def localize(text: str) -> LocalizedMessage:
    """Return a text as a message for the browser.

    Args:
        text: A `Message` of this package, or a text of the service, which is shown as it came.
    """
    if not isinstance(text, Message):
        return {"text": shorten(text), "code": None, "values": {}, "field": None}
    short = _shortened(text)
    return {
        "text": str(short),
        "code": short.key,
        "values": {
            name: localize(value) if isinstance(value, Message) else value
            for name, value in short.params.items()
        },
        "field": None,
    }


def _shortened(message: Message) -> Message:
    """Cut the values of a message and not its text: its end says what to do."""
    values = {
        name: _shortened(value)
        if isinstance(value, Message)
        else shorten(value)
        if isinstance(value, str)
        else value
        for name, value in message.params.items()
    }
    return Message(message.key, **values)


def localize_error(error: BaseException) -> LocalizedMessage:
    """Return the message of an error for the browser.

    Of several problems with the inputs, the first gives the code and the field.
    """
    if isinstance(error, LegnextError):
        message = localize(error.localizable)
        if message["code"] == "not_started" and isinstance(error.__cause__, InvalidInputError):
            message["values"]["reason"] = localize_error(error.__cause__)
        return message
    if isinstance(error, InvalidInputError):
        first = error.problems[0]
        return {**localize(str(error)), "code": first.code, "field": first.field}
    return localize(error.args[0] if error.args and isinstance(error.args[0], str) else str(error))

"""Advise what to do about an error, in one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEXT: Mapping[int, str] = {
    401: "next_key",
    402: "next_credits",
    403: "next_forbidden",
    404: "next_not_found",
    429: "next_wait",
}
"""What to do about an error, by the service's code; any other code is about the request."""

_NEXT_IN_A_CLASS: Mapping[int, str] = {
    **_NEXT,
    401: "next_teacher",
    402: "next_teacher",
    403: "next_change",
}
"""The same for a student: key, points and account are the teacher's."""

OF_A_CLASS: Mapping[str, bool] = {"gateway": True}
"""The `detail` of an error that the gateway of a class gives, instead of the service."""


def next_step_of_code(code: int | None, *, in_class: bool = False) -> Message:
    """Advise by the code of the service, such as that of a failed job.

    Args:
        code: The code.
        in_class: Whether a gateway of a class gave it.
    """
    known = _NEXT_IN_A_CLASS if in_class else _NEXT
    return Message(known.get(code or 0, "next_wait" if code and code >= 500 else "next_change"))


def sentence(text: str) -> str:
    """End a text with a full stop, unless it ends like a sentence."""
    return text if text.endswith((".", "!", "?", "…", "。")) else f"{text}."


def is_of_class(detail: object) -> bool:
    """Whether the `detail` of an error says that a gateway of a class gave it."""
    return isinstance(detail, dict) and detail.get("gateway") is True

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


def next_step_of_code(code: int | None) -> Message:
    """Advise by the code of the service, such as that of a failed job."""
    return Message(_NEXT.get(code or 0, "next_wait" if code and code >= 500 else "next_change"))

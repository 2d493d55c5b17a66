"""Brings the front end's code to the pages that show a widget.

A page asks for it, and is answered. But kernels may read no message while a cell runs, and a widget
must not stay blank until it ends: so the code is also sent unasked, at once with the first widget
of a process, and a few times later unless a page has asked by then. A page keeps the code; with
later widgets its mere name tells that a kernel is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from . import bundle

if TYPE_CHECKING:
    from collections.abc import Callable

UNASKED_AFTER = (0.5, 2.0, 8.0)
"""Seconds after a widget was made at which its code is sent unless a page has asked by then."""

_sent_before: set[str] = set()
"""Digests of code that was sent with a widget. Whoever missed it asks, so it may be wrong."""


class Post(Protocol):
    """Has something called where a widget publishes from; see `Publisher.post`."""

    def __call__(self, message: Callable[[], object], *, after: float = ...) -> None:
        """Calls `message`, `after` seconds from now."""


class Delivery:
    """Answers the pages of one widget, and sends unasked what none could ask for.

    Args:
        send: Sends a message to all pages.
        post: Where to send from.
    """

    def __init__(self, send: Callable[[dict[str, Any]], object], post: Post) -> None:
        self._send = send
        self._post = post
        self._asked = False

    def begin(self) -> None:
        """Sends unasked, now and later; call it once the widget is known to the pages."""
        digest = bundle.code().digest
        message = delivered([*_sent_before])
        _sent_before.add(digest)
        self._post(lambda: self._send(message))
        self._send_unasked(0.0, UNASKED_AFTER)

    def answer(self, question: dict[str, Any]) -> None:
        """Answers a page, which says what it has in order not to get that again."""
        self._asked = True
        has = question.get("has")
        message = delivered(has if isinstance(has, list) else [])
        self._post(lambda: self._send(message))

    def _send_unasked(self, before: float, times: tuple[float, ...]) -> None:
        if not times:
            return
        now, *later = times

        def send() -> None:
            if not self._asked:
                self._send(delivered([]))
                self._send_unasked(now, tuple(later))

        self._post(send, after=now - before)


def delivered(known: list[Any]) -> dict[str, Any]:
    """The message that brings the code, or only its name where that is known."""
    code = bundle.code()
    text = {} if code.digest in known else {"js": code.js, "css": code.css}
    return {"type": "front_end", "digest": code.digest, **text}

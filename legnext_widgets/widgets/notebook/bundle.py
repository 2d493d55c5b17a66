"""The built front end, and its delivery to the pages that show a widget.

Only a small loader is part of a widget's state, and so of every notebook that saves it. The loader
asks the kernel for the code. Many kernels read no message while a cell runs, and a widget must not
stay blank until it ends: so the code is also sent unasked, a moment after the first widget of a
process was made and a few times later, unless a page has asked by then. A page keeps the code;
later widgets send only its digest.

The texts of each language travel beside the code, to the pages that show them: a page names its
language when it asks, and code that is sent unasked brings all of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from legnext_widgets.widgets.kernel.protocol.comm_messages import FrontEndMessage
    from legnext_widgets.widgets.kernel.protocol.comm_requests import FrontEndRequest

STATIC = Path(__file__).resolve().parents[2] / "static"
LOADER = STATIC / "loader.js"
MODULE = STATIC / "widget.js"
STYLES = STATIC / "widget.css"
CATALOGS = STATIC / "catalogs"

UNASKED_AFTER = (0.5, 2.0, 8.0)
"""Seconds after a widget was made at which its code is sent unless a page has asked by then."""

ON_ITS_WAY = 5.0
"""Seconds for which code that was sent counts as on its way to a page that asks. One that it did
not reach asks again at once, by its digest."""

_ANNOUNCED: set[str] = set()
"""Digests of code that was sent in this process, or soon will be. A page that missed it asks."""


class Code(NamedTuple):
    """The front end as a page runs it.

    Attributes:
        digest: Identifies this code, so that a page loads it once for all widgets.
        js: Its module.
        css: Its styles.
        samples: Thumbnails of the sandbox's example pictures, as `data:` links: a page shows them
            at once, before the sandbox answers.
        catalogs: Its texts by language, such as `es`.
    """

    digest: str
    js: str
    css: str
    samples: tuple[str, ...]
    catalogs: Mapping[str, object]


@cache
def code() -> Code:
    """The front end's code, read once: it belongs to the Python code that is loaded."""
    from legnext_widgets.sandbox.media.scenes import SCENES, thumbnail_of

    js, css = MODULE.read_text(encoding="utf-8"), STYLES.read_text(encoding="utf-8")
    samples = tuple(
        "data:image/jpeg;base64," + base64.b64encode(thumbnail_of(scene).read_bytes()).decode()
        for scene in SCENES
    )
    files = sorted(CATALOGS.glob("*.json"))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in files}
    parts = (js, css, *samples, *texts, *texts.values())
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    catalogs = {language: json.loads(text) for language, text in texts.items()}
    return Code(digest[:32], js, css, samples, catalogs)


def require_built() -> None:
    """Check that the front end was built, which it is not in a fresh checkout of the sources.

    Raises:
        RuntimeError: It is not there.
    """
    if not all(built.exists() for built in (LOADER, MODULE, STYLES, CATALOGS)):
        raise RuntimeError(
            "The widget's front end is not built. In a checkout of the sources run `./dev build`; "
            "an installed package has it."
        )


class Post(Protocol):
    """Runs work where a widget publishes; see `WorkQueue.post`."""

    def __call__(self, work: Callable[[], object], *, after: float = ...) -> None:
        """Call `work`, `after` seconds from now."""


class Delivery:
    """Sends the code to the pages of one widget.

    Args:
        send: Sends a message to all pages.
        post: Runs it where the widget publishes.
        answer: Sends the answer to a request, in the handler of the request if it can; None for
            where the widget publishes.
        announced: Digests of code that was sent with an earlier widget.
        clock: Gives the time in seconds.
    """

    def __init__(
        self,
        send: Callable[[FrontEndMessage], object],
        post: Post,
        answer: Callable[[FrontEndMessage], object] | None = None,
        *,
        announced: set[str] = _ANNOUNCED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._post = post
        self._answer = answer or (lambda message: post(lambda: send(message)))
        self._announced = announced
        self._clock = clock
        self._asked = False
        self._sent_at = float("-inf")

    def start(self) -> None:
        """Begin to send unasked; call it once the pages know the widget."""
        digest = code().digest
        if digest in self._announced:
            self._post(lambda: self._send(front_end_message([digest])))
        self._announced.add(digest)
        self._send_unasked(0.0, UNASKED_AFTER)

    def answer(self, request: FrontEndRequest) -> None:
        """Answer a page, with the code unless it has that already or soon will."""
        self._asked = True
        digest = code().digest
        has = list(request.get("has", []))
        on_its_way = self._clock() - self._sent_at < ON_ITS_WAY
        if on_its_way and request.get("want") != digest:
            has.append(digest)
        if digest not in has:
            self._sent_at = self._clock()
        self._answer(front_end_message(has, request.get("language")))

    def _send_unasked(self, before: float, times: tuple[float, ...]) -> None:
        if not times:
            return
        now, *later = times

        def send() -> None:
            if not self._asked:
                self._sent_at = self._clock()  # first: a page may ask while it is being sent
                self._send(front_end_message([]))
                self._send_unasked(now, tuple(later))

        self._post(send, after=now - before)


def front_end_message(known: Collection[str], language: str | None = None) -> FrontEndMessage:
    """Make the message that brings the code, or only its digest to a page that has it.

    Args:
        known: Digests of the code that the page has.
        language: What the page shows, or English without a translation; None brings all.
    """
    front_end = code()
    if front_end.digest in known:
        return {"type": "front_end", "digest": front_end.digest}
    return {
        "type": "front_end",
        "digest": front_end.digest,
        "js": front_end.js if language else _with_english(front_end),
        "css": front_end.css,
        "samples": list(front_end.samples),
        "catalogs": _catalogs(front_end, language),
    }


def _catalogs(front_end: Code, language: str | None) -> dict[str, object]:
    catalogs = dict(front_end.catalogs)
    if language is None:
        return catalogs
    name = language if language in catalogs else "en"
    return {name: catalogs[name]}


def _with_english(front_end: Code) -> str:
    """Put English before the module, for loaders of version 0.1: they hand over no texts."""
    texts = json.dumps(front_end.catalogs["en"])
    return f'globalThis[Symbol.for("legnext-widgets:texts")]={{en:{texts}}};{front_end.js}'

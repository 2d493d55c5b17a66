"""What the package plugs into the client: its default memory and its embedded sandbox.

The client imports neither, nor the gallery in which a library shows itself;
`legnext_widgets/__init__.py` sets these when it is imported. This module loads nothing, so that it
costs nothing then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future

    import httpx

    from .journal import Journal


class EmbeddedService(Protocol):
    """A simulated service inside this process."""

    @property
    def base_url(self) -> str:
        """Its origin."""

    @property
    def speed(self) -> float:
        """How many times faster than real its clock runs."""

    @property
    def note(self) -> str | None:
        """What a person should know about how it works here."""

    @property
    def examples(self) -> list[dict[str, str]]:
        """Pictures of its own to try, each with `title` and `url`."""

    def http_client(self) -> httpx.AsyncClient | None:
        """What reaches it, or None when an ordinary client does."""

    def close(self) -> None:
        """Ends it."""


def _nothing_plugged_in(*_: Any, **__: Any) -> Any:
    raise RuntimeError("import legnext_widgets first: it plugs the parts together")


def _nothing_else_turns(_: Future[Any]) -> None:
    """A blocking wait just waits."""


open_default_journal: Callable[[], Journal | None] = _nothing_plugged_in
start_sandbox: Callable[..., EmbeddedService] = _nothing_plugged_in
show_gallery: Callable[[object], Any] = _nothing_plugged_in
let_loop_turn: Callable[[Future[Any]], None] = _nothing_else_turns
"""Called by a blocking wait: where widgets publish from the main loop, it turns that meanwhile."""

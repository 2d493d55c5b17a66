"""What a client uses when it is given nothing: the default library and the embedded sandbox.

The client's layer knows neither the library, nor the sandbox, nor the widgets. Their imports stand
here alone, inside functions, so that the client loads them only when they are used.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.auth import Secret

from .config import ClientConfig, look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from legnext_widgets.client.session.store import JobStore

_CLIENT_OPTIONS = ("timeout", "max_concurrent", "budget_points", "library")


def open_default_library() -> JobStore:
    """Open the library in its default folder."""
    from legnext_widgets.library import Library

    return Library()


def gallery_bundle(items: object) -> Any:
    """Give the MIME bundle of a gallery of `items`, for objects that show themselves as one."""
    from legnext_widgets.widgets.gallery import VideoGallery

    return VideoGallery(items)._repr_mimebundle_()


class EmbeddedSandbox:
    """A sandbox for one client: on a loopback socket where possible, else inside the process.

    Args:
        **options: Arguments of `legnext_widgets.sandbox.Sandbox`.
    """

    def __init__(self, **options: Any) -> None:
        from legnext_widgets.sandbox import Sandbox

        self.sandbox = Sandbox(**options)
        self.speed: float = self.sandbox.speed
        self._on_a_socket = self.sandbox.can_serve
        if self._on_a_socket:
            self.sandbox.start()

    @property
    def base_url(self) -> str:
        """Its origin."""
        return str(self.sandbox.base_url)

    @property
    def note(self) -> str | None:
        """A sentence about how it works here, or None."""
        return self.sandbox.note

    @property
    def examples(self) -> list[dict[str, str]]:
        """Example pictures, each with `title` and `url`."""
        return [{"title": title, "url": url} for title, url in self.sandbox.examples]

    def http_client(self) -> httpx.AsyncClient | None:
        """Give the HTTP client that reaches it, or None when an ordinary one does."""
        if self._on_a_socket:
            return None
        import httpx

        return httpx.AsyncClient(transport=self.sandbox.transport())

    def close(self) -> None:
        """End it."""
        self.sandbox.close()


def embedded_config(
    *, speed: float, options: Mapping[str, Any]
) -> tuple[EmbeddedSandbox, ClientConfig]:
    """Start an embedded sandbox and give the configuration of a client of it.

    Its jobs live no longer than this process, so they are remembered only where `library` is given;
    with `owns_library` the library is closed with the client.
    """
    owns_library = bool(options.get("owns_library"))
    options = {name: value for name, value in options.items() if name != "owns_library"}
    for_client = {name: value for name, value in options.items() if name in _CLIENT_OPTIONS}
    for_sandbox = {name: value for name, value in options.items() if name not in _CLIENT_OPTIONS}
    embedded = EmbeddedSandbox(speed=speed, **for_sandbox)
    defaults = {"timeout": 30.0, "max_concurrent": 6, "budget_points": None, "library": None}
    try:
        config = look_up(
            **(defaults | for_client),
            api_key=Secret("sandbox"),
            base_url=embedded.base_url,
            http_client=embedded.http_client(),
            open_default_journal=lambda: None,
            sandbox=True,
            speed=embedded.speed,
        )
    except BaseException:
        embedded.close()
        raise
    return embedded, replace(config, owns_journal=owns_library)
